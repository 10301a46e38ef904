"""Rows of a cycle as a form: each stored row carries its id, and selects are filled once for all rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ui.rows import Rows

BLANK = ("", pgettext_lazy("verb", "choose"))


class ObjectChoice(forms.ChoiceField):
    """A choice among things the page has read already: gives the thing, asks no query for each row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._offered: dict[str, Any] = {}

    def offer(self, things: Iterable[tuple[Any, Any, str]]) -> None:
        """What may be chosen, as (key, thing, label)."""
        listed = list(things)
        self._offered = {str(key): thing for key, thing, _label in listed}
        self.choices = [BLANK, *((str(key), label) for key, _thing, label in listed)]

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self._offered[text] if text else None


class Blankable(forms.ChoiceField):
    """A choice whose first value is empty, so that a row nobody touched stays empty."""

    def __init__(self, *, choices: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(choices=[BLANK, *choices], **kwargs)


class Level(forms.TypedChoiceField):
    """A level of the self-diagnosis, a whole number from 0 to 4."""

    def __init__(self, *, labels: Iterable[tuple[int, Any]], **kwargs: Any) -> None:
        super().__init__(choices=[BLANK, *((str(k), v) for k, v in labels)], coerce=int, **kwargs)


class RowForm(forms.Form):
    """One row; `id` is that of the stored one. `offers` fills the ObjectChoice fields by their names."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, offers: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, things in (offers or {}).items():
            field: Any = self.fields[name]
            field.offer(things)


class StampForm(forms.Form):
    """The head of a form of rows: what the editor saw when they began."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class CycleRows(Rows):
    """Rows of a cycle; a stored row keeps its id and goes only where its mark says so."""

    def clean(self) -> None:
        ids = [row.cleaned_data["id"] for row in self.forms if row.is_valid() and row.cleaned_data.get("id")]
        if len(ids) != len(set(ids)):
            raise ValidationError(_("A stored row came twice. Load the page anew."))


def rows_of(form: type[RowForm], *, extra: int = 2) -> Any:
    """The formset of such rows, with a mark to remove each."""
    return forms.formset_factory(
        form, formset=CycleRows, extra=extra, max_num=300, absolute_max=300, can_delete=True
    )
