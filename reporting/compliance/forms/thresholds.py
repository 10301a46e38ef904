"""Shapes of input: the thresholds of the comparison."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_DAY_MINUTES = 1440


def _minutes(label: Any, help_text: Any, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=_DAY_MINUTES)


class ThresholdsForm(forms.Form):
    """The thresholds of one tenant; the field names are those of ComparisonSettings."""

    over_tolerance_minutes = _minutes(
        _("Tolerance above the decision"), _("H1: more than this above the decision must be explained.")
    )
    under_threshold_percent = forms.IntegerField(
        label=_("Threshold of fulfilment"),
        help_text=_("H2: less than this share of the hours granted is noted."),
        min_value=0,
        max_value=100,
    )
    overlap_tolerance_minutes = _minutes(
        _("Tolerated overlap of a worker's visits"),
        _(
            "O1 only: visits of one worker that overlap longer must be explained. "
            "For visits of one person (O2) there is no tolerance."
        ),
    )
    slot_tolerance_minutes = _minutes(
        _("Tolerance of the start of a planned visit"),
        _("D3, D4: a visit that starts this much earlier or later still answers the plan."),
    )
    late_entry_days = forms.IntegerField(
        label=_("Days within which a visit is entered"),
        help_text=_("T1: visits entered later are noted."),
        min_value=0,
        max_value=366,
    )
    short_visit_minutes = _minutes(_("Shortest usual visit"), _("T2: shorter visits are noted."))
    long_visit_minutes = _minutes(_("Longest usual visit"), _("T2: longer visits are noted."), least=1)
    close_working_day = forms.IntegerField(
        label=_("Working day by which a month is handed in"),
        help_text=_("Counted in the month that follows."),
        min_value=1,
        max_value=20,
    )
    grace_working_days = forms.IntegerField(
        label=_("Working days of grace"),
        help_text=_("A month handed in within so many working days after that day does not count as late."),
        min_value=0,
        max_value=10,
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        shortest, longest = cleaned.get("short_visit_minutes"), cleaned.get("long_visit_minutes")
        if shortest is not None and longest is not None and longest < shortest:
            self.add_error(
                "long_visit_minutes",
                _(
                    "The longest usual visit (%(long)s min) is shorter than the shortest (%(short)s min): correct one."
                )
                % {"long": longest, "short": shortest},
            )
        return cleaned
