"""The form of a correction of an accepted visit."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract, Worker
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.settlement.actions import Correction, LateVisit
from reporting.settlement.models import Adjustment
from ui.days import DayField
from ui.durations import DurationField
from ui.months import MonthField
from ui.times import TimeField

LESS, MORE = "less", "more"
_REASONS = [(value, label) for value, label in Adjustment.Reason.choices if value != Adjustment.Reason.LATE]


class CorrectionForm(forms.Form):
    """By how much, which way, why, and in which month."""

    direction = forms.ChoiceField(
        label=_("The visit was accepted with"),
        choices=[(LESS, _("too much: count less")), (MORE, _("too little: count more"))],
        initial=LESS,
        widget=forms.RadioSelect,
    )
    minutes = DurationField(label=_("By how much"), max_minutes=24 * 60)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *_REASONS])
    words = forms.CharField(label=_("In words"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    carried_in = MonthField(
        label=_("Month that carries the correction"),
        help_text=_(
            "Months of the contract that are not accepted yet; once all are, the month after its last one."
        ),
    )

    justification = forms.CharField(
        label=_("Why it is paid all the same"),
        max_length=250,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Only where more is counted than the decision grants, minutes come back that were refused, something was "
            "done that is not granted, or the worker is not qualified or not named."
        ),
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
            visit,
            sign * typed["minutes"],
            typed["reason"],
            typed["words"],
            typed["carried_in"],
            typed["justification"],
        )


class _DecisionChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.number)


class LateVisitForm(forms.Form):
    """A visit of an accepted month that nobody had entered."""

    decision: Any = _DecisionChoice(label=_("Decision"), queryset=None, empty_label=_("choose"))
    worker: Any = forms.ModelChoiceField(label=_("Worker"), queryset=None, empty_label=_("choose"))
    date = DayField(label=_("Day of the visit"), past=True)
    start = TimeField(label=_("Start"))
    minutes = DurationField(label=_("How long"), max_minutes=24 * 60)
    activities = forms.MultipleChoiceField(
        label=_("What was done"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What the decision does not grant needs a justification, as in the diary."),
    )
    words = forms.CharField(
        label=_("Why it is added only now"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    carried_in = CorrectionForm.base_fields["carried_in"]
    justification = CorrectionForm.base_fields["justification"]

    def __init__(
        self, *args: Any, contract: Contract, month: Month, months: Iterable[Month], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        held = Decision.objects.filter(
            contract=contract, valid_from__lte=month.last, ends_before__gt=month.first
        )
        fields["decision"].queryset = held.select_related("person").order_by("number")
        known = Activity.objects.filter(service=contract.service_id).order_by("position", "code")
        fields["activities"].choices = known.values_list("code", "name")
        fields["worker"].queryset = Worker.objects.filter(organisation_id=contract.organisation_id)
        fields["carried_in"].offer(months)

    def late_visit(self) -> LateVisit:
        """The visit as it was entered."""
        typed = self.cleaned_data
        return LateVisit(**{**typed, "activities": tuple(typed["activities"])})
