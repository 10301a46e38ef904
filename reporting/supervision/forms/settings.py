"""Shape of input of the terms of supervision."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import StandardVersion

_MOST_CHECKS = 20
_LENGTH = 160
_TERMS = ("answer_days", "breach_answer_days", "task_days", "dossier_days", "survey_least")
_CRITERIA = "criteria_"
_SECTIONS = [*StandardVersion.Section.choices, ("", pgettext_lazy("criteria", "Outside the standard"))]
# Beside what the program reads from cards of advice and from crisis cases.
_SERVICES = [("advice_criteria", _("Cards of advice")), ("crisis_criteria", _("Documents of crisis cases"))]


class LinesField(forms.CharField):
    """Lines of text, each once; empty ones go."""

    def clean(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in str(super().clean(value)).splitlines()]
        kept = list(dict.fromkeys(line for line in lines if line))
        if len(kept) > _MOST_CHECKS:
            raise forms.ValidationError(
                _("%(count)s lines are too many: keep at most %(most)s."),
                params={"count": len(kept), "most": _MOST_CHECKS},
            )
        too_long = next((line for line in kept if len(line) > _LENGTH), None)
        if too_long:
            raise forms.ValidationError(
                _("The line “%(line)s…” is too long: write at most %(most)s characters."),
                params={"line": too_long[:30], "most": _LENGTH},
            )
        return kept


class SettingsForm(forms.Form):
    """Terms and limits, and what samples are checked for: lines for each section of the standard."""

    answer_days = forms.IntegerField(label=_("Days to answer a protocol"), min_value=1, max_value=90)
    breach_answer_days = forms.IntegerField(
        label=_("Days to answer a report of a breach"), min_value=1, max_value=90
    )
    task_days = forms.IntegerField(
        label=_("Days to act on a recommendation of a dossier"), min_value=1, max_value=180
    )
    dossier_days = forms.IntegerField(
        label=_("Days to begin the dossier of an accepted month"), min_value=1, max_value=180
    )
    survey_least = forms.IntegerField(
        label=_("Answers from which results of a survey are shown"), min_value=5, max_value=100
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        help_text=_("The order or the contract from which these terms come."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in [*((f"{_CRITERIA}{section}", label) for section, label in _SECTIONS), *_SERVICES]:
            self.fields[name] = LinesField(
                label=label, required=False, widget=forms.Textarea(attrs={"rows": 3})
            )

    @staticmethod
    def initial_of(criteria: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """What stands in the fields of the criteria."""
        return {
            f"{_CRITERIA}{section}": "\n".join(criteria.get(section, ())) for section, _label in _SECTIONS
        }

    @property
    def terms(self) -> list[forms.BoundField]:
        """The fields of terms and limits."""
        return [self[name] for name in _TERMS]

    @property
    def criteria(self) -> list[forms.BoundField]:
        """The fields of criteria, in the order of the standard."""
        return [self[f"{_CRITERIA}{section}"] for section, _label in _SECTIONS]

    @property
    def services(self) -> list[forms.BoundField]:
        """The lines for cards of advice and for crisis cases."""
        return [self[name] for name, _label in _SERVICES]

    def values(self) -> dict[str, Any]:
        """What was typed, without the stamp; criteria by section where there are any."""
        typed = self.cleaned_data
        criteria = {section: typed[f"{_CRITERIA}{section}"] for section, _label in _SECTIONS}
        return {
            **{name: typed[name] for name in (*_TERMS, *(name for name, _label in _SERVICES), "source")},
            "criteria": {section: lines for section, lines in criteria.items() if lines},
        }
