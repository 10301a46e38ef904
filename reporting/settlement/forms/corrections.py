"""The form of a correction of an accepted visit."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.periods import Month
from reporting.settlement.actions import Correction
from reporting.settlement.models import Adjustment
from ui.durations import DurationField
from ui.months import MonthField

LESS, MORE = "less", "more"


class CorrectionForm(forms.Form):
    """By how much, which way, why, and in which month."""

    direction = forms.ChoiceField(
        label=_("The visit was accepted with"),
        choices=[(LESS, _("too much: count less")), (MORE, _("too little: count more"))],
        initial=LESS,
        widget=forms.RadioSelect,
    )
    minutes = DurationField(label=_("By how much"), max_minutes=24 * 60)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *Adjustment.Reason.choices])
    words = forms.CharField(label=_("In words"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    carried_in = MonthField(
        label=_("Month that carries the correction"),
        help_text=_("Months of the contract that are not accepted yet."),
    )

    def __init__(self, *args: Any, months: Iterable[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["carried_in"]
        field.offer(months)

    def correction(self, visit: UUID) -> Correction:
        """The correction of a visit as it was entered."""
        typed = self.cleaned_data
        sign = -1 if typed["direction"] == LESS else 1
        return Correction(
            visit, sign * typed["minutes"], typed["reason"], typed["words"], typed["carried_in"]
        )
