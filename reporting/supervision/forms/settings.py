"""Shape of input of the terms of supervision."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_MOST_CHECKS = 40
_LENGTH = 160


class SettingsForm(forms.Form):
    """Terms and limits, and the list of what documentation is checked for, one line each."""

    answer_days = forms.IntegerField(label=_("Days to answer a protocol"), min_value=1, max_value=90)
    breach_answer_days = forms.IntegerField(
        label=_("Days to answer a report of a breach"), min_value=1, max_value=90
    )
    task_days = forms.IntegerField(
        label=_("Days to act on a recommendation of a dossier"), min_value=1, max_value=180
    )
    document_checks = forms.CharField(
        label=_("What documentation is checked for"),
        widget=forms.Textarea(attrs={"rows": 10}),
        required=False,
        help_text=_("One line each. Samples drawn from now on are checked for these."),
    )
    survey_least = forms.IntegerField(
        label=_("Answers from which an organisation sees results of a survey"), min_value=5, max_value=100
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        help_text=_("The order or the contract from which these terms come."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_document_checks(self) -> list[str]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["document_checks"].splitlines()]
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

    def values(self) -> dict[str, Any]:
        """What was typed, without the stamp."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}
