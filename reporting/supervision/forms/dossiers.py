"""Shapes of input of the monthly dossier: the provider's report, a recommendation, conclusions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.periods import Month
from reporting.care.models import Decision
from reporting.supervision.forms.inspections import long_text
from reporting.supervision.models import DecisionAdvice, Dossier
from ui.durations import DurationField
from ui.months import MonthField

_NO_NAMES = _("Do not write names of persons here.")


class MonthForm(forms.Form):
    """Which month of the dossiers is looked at."""

    month: Any = MonthField(label=_("Month"), required=False)

    def __init__(self, *args: Any, months: list[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].offer(months)  # type: ignore[attr-defined]


class ProblemsForm(forms.Form):
    """What the provider met in the month, and what it did about it."""

    problems = long_text(
        _("Problems met"),
        most=5000,
        help_text=_("Where there were none, say so. Do not write names of persons here."),
    )
    measures = long_text(_("What was done"), most=5000, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class AdviceForm(forms.Form):
    """Keep, raise or lower the amount of a decision, and why."""

    verdict = forms.ChoiceField(
        label=_("Recommendation on the amount"),
        choices=DecisionAdvice.Verdict.choices,
        widget=forms.RadioSelect,
        initial="keep",
    )
    proposed_minutes = DurationField(label=_("Proposed amount"), required=False)
    reason = long_text(_("Reason"), rows=3, most=1000, help_text=_NO_NAMES)

    _PERIODS = {
        Decision.AmountPer.MONTH: _("Per month, as the decision grants. Empty where the amount is kept."),
        Decision.AmountPer.WEEK: _("Per week, as the decision grants. Empty where the amount is kept."),
        Decision.AmountPer.PLAN: _(
            "Per month; the decision grants by its plan of visits. Empty where the amount is kept."
        ),
    }

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposed_minutes"].help_text = str(
            self._PERIODS[Decision.AmountPer(decision.amount_per)]
        )


class ServiceForm(forms.Form):
    """What is to become of the service, and why."""

    verdict = forms.ChoiceField(
        label=_("Recommendation on the service"), choices=Dossier.Verdict.choices, widget=forms.RadioSelect
    )
    reason = long_text(_("Reason"), rows=3, most=1000, help_text=_NO_NAMES)


class DoneForm(forms.Form):
    """What was done about a service."""

    said = long_text(_("What was done"), rows=3, most=1000, help_text=_NO_NAMES)


class ConclusionForm(forms.Form):
    """The unit's conclusions of the month."""

    conclusions = long_text(_("Conclusions"), rows=6, most=5000, help_text=_NO_NAMES)
