"""Shapes of input: the sections of a draft of a standard, and the day of its publication."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import StandardVersion
from ui.days import DayField

HINTS = {
    "definition": _("What the service is and what it is not."),
    "goals": _("What should change for the person, and how one will know."),
    "addressees": _("For whom it is, and who decides that."),
    "places": _(
        "At home, at a point of advice, by telephone; access for people who move or hear with difficulty."
    ),
    "scope": _("Activities in their order, the tools used, the time each takes."),
    "conditions": _("Rooms, equipment, transport."),
    "staff_support": _("Supervision, training, protection of those who deliver."),
    "qualifications": _("What is required at the beginning and what is learnt on the way."),
    "monitoring": _("What is looked at each month, what at the end, and by whom."),
}


class StandardForm(forms.Form):
    """One field for each section; a draft may be saved with empty ones."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in StandardVersion.Section:
            self.fields[section.value] = forms.CharField(
                label=section.label,
                required=False,
                max_length=8000,
                widget=forms.Textarea(attrs={"rows": 4}),
                help_text=HINTS[section.value],
            )

    def sections(self) -> dict[str, str]:
        """What was typed, by section."""
        return {code: self.cleaned_data[code] for code in StandardVersion.Section.values}


class PublishForm(forms.Form):
    """From when the version is valid."""

    valid_from = DayField(label=pgettext_lazy("standard", "Valid from"))
