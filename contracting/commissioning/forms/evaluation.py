"""Shapes of input of step 7: the result of each indicator."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import QualityIndicator


class ResultsForm(forms.Form):
    """For each indicator of the cycle its result and a note: fields `result-<id>` and `note-<id>`."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, indicators: list[QualityIndicator], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicators = indicators
        for one in indicators:
            self.fields[f"result-{one.pk}"] = forms.DecimalField(
                label=_("%(name)s: result [%(unit)s]") % {"name": one.name, "unit": one.unit},
                required=False,
                max_digits=12,
                decimal_places=2,
                localize=True,
                initial=one.result,
            )
            self.fields[f"note-{one.pk}"] = forms.CharField(
                label=_("%(name)s: note") % {"name": one.name},
                required=False,
                max_length=500,
                initial=one.result_note,
            )

    def lines(self) -> list[tuple[QualityIndicator, Any, Any]]:
        """(indicator, result, note), the latter as bound fields."""
        return [(one, self[f"result-{one.pk}"], self[f"note-{one.pk}"]) for one in self.indicators]

    def results(self) -> dict[str, Any]:
        """What was typed, by the indicator's id."""
        values = self.cleaned_data
        return {
            str(one.pk): (values[f"result-{one.pk}"], values[f"note-{one.pk}"]) for one in self.indicators
        }
