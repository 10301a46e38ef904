"""The form of a card or plan: its fields follow its kind."""

from typing import Any

from django import forms

from reporting.crisis.rules import FIELDS, MOST_LETTERS
from reporting.crisis.words import FIELD_WORDS


class DocumentForm(forms.Form):
    """The fields of one kind of document; `seen` is the version that is being edited, 0 for a new document."""

    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = FIELDS[kind]
        for place, code in enumerate(self.codes):
            label, help_text = FIELD_WORDS[kind][code]
            self.fields[code] = forms.CharField(
                label=str(label),
                help_text=str(help_text),
                required=place == 0,
                max_length=MOST_LETTERS,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    @property
    def texts(self) -> list[forms.BoundField]:
        """The fields that are written, in the order of the card."""
        return [self[code] for code in self.codes]

    def entry(self) -> dict[str, str]:
        """What was written, by the code of the field; call it once the form is valid."""
        return {code: self.cleaned_data[code] for code in self.codes}
