"""Shapes of input: decisions with their scope and weekly plan, revocations, suspensions, filters of the list."""

import contextlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models import Activity, Service
from contracting.contracts.models import Contract
from kernel.access import Access
from reporting.care.actions import DecisionEntry, clash_in_plan
from reporting.care.models import Decision, Suspension
from reporting.care.rules import Slot
from ui.days import DayField
from ui.durations import DurationField
from ui.rows import Rows
from ui.times import TimeField

# Around the clock; twice as much where two workers may be with the person at once.
MOST_MINUTES = {"month": 31 * 24 * 60, "week": 7 * 24 * 60}
_DAY_MINUTES = 24 * 60
WEEKDAYS = [
    (1, _("Mo")),
    (2, _("Tu")),
    (3, _("We")),
    (4, _("Th")),
    (5, _("Fr")),
    (6, _("Sa")),
    (7, _("Su")),
]


class DecisionFilter(forms.Form):
    """What narrows the list of decisions; nothing in it is personal, so it lives in the address."""

    STATES = [
        ("", _("all")),
        ("in_force", pgettext_lazy("decision", "in force")),
        ("suspended", pgettext_lazy("decision", "suspended")),
        ("upcoming", pgettext_lazy("decision", "to come")),
        ("over", pgettext_lazy("decision", "over")),
    ]

    number = forms.CharField(label=_("Number contains"), max_length=60, required=False)
    contract: Any = forms.ModelChoiceField(
        label=_("Contract"), queryset=None, required=False, empty_label=_("all")
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    day = DayField(label=_("on the day"), required=False)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contract: Any = self.fields["contract"]
        contract.queryset = Contract.objects.visible_to(access).order_by("number")


class _ContractChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} · {obj.organisation} · {obj.service}"


class _ActivityChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class DecisionForm(forms.Form):
    """A decision: its numbers and dates, amount and scope. The contract fixes the service."""

    AMOUNTS = [
        (Decision.AmountPer.MONTH, _("so much a month")),
        (Decision.AmountPer.WEEK, _("so much a week")),
        (Decision.AmountPer.PLAN, _("exactly the plan of visits below")),
    ]

    number = forms.CharField(
        label=_("Number"),
        max_length=60,
        help_text=_("As printed, for example D/014/2026."),
        error_messages={"required": _("Write the number of the decision, as printed.")},
    )
    contract: Any = _ContractChoice(
        label=_("Contract"),
        queryset=None,
        error_messages={"required": _("Choose the contract under which the service is delivered.")},
    )
    issued_on = DayField(label=_("Issued on"))
    valid_from = DayField(
        label=_("Valid from"),
        help_text=_(
            "Where care began in urgent mode, before the decision was issued: the first day of care."
        ),
    )
    valid_to = DayField(label=_("Valid to (inclusive)"))
    amount_per = forms.ChoiceField(
        label=_("How is the amount given?"),
        choices=AMOUNTS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the amount is given.")},
    )
    minutes = DurationField(
        label=_("Amount"),
        help_text=_("For example “20 h”, “20:30”, “1230 min” or “20,5”. Empty where the plan is the amount."),
        error_messages={
            "required": _("Write the amount, for example “20 h”, or choose the plan as the amount.")
        },
    )
    activities: Any = _ActivityChoice(
        label=_("Scope"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What may be done on a visit; anything else the comparison shows as S1."),
        error_messages={"required": _("Choose at least one activity: the decision must say its scope.")},
    )
    two_workers = forms.BooleanField(label=_("Two workers may be with the person at once"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        access: Access,
        service: Service | None = None,
        granted: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """`service` limits the contracts (amendments, corrections); `granted` are codes kept although retired."""
        super().__init__(*args, **kwargs)
        contracts = Contract.objects.visible_to(access).select_related("organisation", "service")
        if service is not None:
            contracts = contracts.filter(service=service)
        self.fields["contract"].queryset = contracts.order_by("number")  # type: ignore[attr-defined]
        self._granted = set(granted)
        self.fields["activities"].queryset = self._offered()  # type: ignore[attr-defined]

    def _offered(self) -> Any:
        """Activities of the chosen contract's service, else of the services that any contract is for."""
        contracts: Any = self.fields["contract"]
        chosen = self["contract"].value()
        services = contracts.queryset.order_by().values("service")
        if chosen:
            with contextlib.suppress(ValidationError):
                services = [contracts.clean(chosen).service_id]
        offered = Activity.objects.filter(service__in=services, offered=True)
        kept = Activity.objects.filter(service__in=services, code__in=self._granted)
        return (offered | kept).select_related("service").order_by("service__name", "position", "code")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            sentence = _(
                "The decision ends on %(last)s, before it begins on %(first)s: correct one of the dates."
            )
            dates = {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
            self.add_error("valid_to", ValidationError(sentence, params=dates))
        self._clean_amount(cleaned)
        return cleaned

    def _clean_amount(self, cleaned: dict[str, Any]) -> None:
        per, minutes = cleaned.get("amount_per"), cleaned.get("minutes")
        if per == Decision.AmountPer.PLAN:
            self.errors.pop("minutes", None)
            cleaned["minutes"] = None
        elif per and minutes and minutes > MOST_MINUTES[per] * (1 + bool(cleaned.get("two_workers"))):
            sentence = _("“%(value)s” is more than there are hours. Check the unit: “20 h” or “20 min”.")
            typed = self["minutes"].value()
            self.add_error("minutes", ValidationError(sentence, params={"value": typed}))

    def entry(self, slots: Sequence[Slot]) -> DecisionEntry:
        """What was typed, with the visits of the plan."""
        cleaned = self.cleaned_data
        return DecisionEntry(
            number=cleaned["number"],
            contract=cleaned["contract"],
            issued_on=cleaned["issued_on"],
            valid_from=cleaned["valid_from"],
            valid_to=cleaned["valid_to"],
            amount_per=cleaned["amount_per"],
            minutes=cleaned["minutes"],
            activities=tuple(dict.fromkeys(activity.code for activity in cleaned["activities"])),
            two_workers=cleaned["two_workers"],
            slots=tuple(slots),
        )


class CorrectDecisionForm(DecisionForm):
    """A correction of what was entered wrongly, with its reason for the audit."""

    REASONS = [
        ("typing", _("slip while entering")),
        ("rectified", _("the decision was rectified (obvious mistake)")),
        ("appeal", _("changed on appeal")),
    ]

    reason = forms.ChoiceField(
        label=_("Why is it corrected?"),
        choices=REASONS,
        widget=forms.RadioSelect,
        help_text=_("Kept with the old and the new terms."),
        error_messages={"required": _("Choose why the decision is corrected.")},
    )


class PlanRow(forms.Form):
    """Visits at one time on one or several weekdays."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("weekdays"),
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one weekday.")},
    )
    start = TimeField(label=_("start"))
    minutes = DurationField(
        label=_("duration"),
        max_minutes=_DAY_MINUTES,
        error_messages={"required": _("Write how long the visit lasts, for example “2 h”.")},
    )
    on_holidays = forms.BooleanField(label=_("on holidays too"), required=False)


class _PlanRows(Rows):
    def __init__(self, *args: Any, two_workers: bool = False, **kwargs: Any) -> None:
        """`two_workers` as the form of the decision says: whether two visits may be at once."""
        super().__init__(*args, **kwargs)
        self._two_workers = two_workers

    def clean(self) -> None:
        if any(self.errors):
            return
        for problem in clash_in_plan(self.slots(), two_workers=self._two_workers):
            raise ValidationError(str(problem.message), code=problem.code)

    def slots(self) -> list[Slot]:
        """The visits of all rows, one for each weekday ticked."""
        return [
            Slot(weekday, row["start"], row["minutes"], row["on_holidays"])
            for row in self.filled()
            for weekday in row["weekdays"]
        ]


PlanRows: Any = forms.formset_factory(
    PlanRow, formset=_PlanRows, extra=1, max_num=60, absolute_max=60, can_delete=True
)


def rows_of_plan(slots: Iterable[Any]) -> list[dict[str, Any]]:
    """The plan as rows of the form: visits alike on several weekdays stand in one row, on the same in two."""
    seen: Counter[tuple[Any, ...]] = Counter()
    rows: dict[tuple[Any, int, bool, int], list[int]] = {}
    for slot in slots:
        kind = slot.start, slot.minutes, slot.on_holidays
        rows.setdefault((*kind, seen[slot.weekday, *kind]), []).append(slot.weekday)
        seen[slot.weekday, *kind] += 1
    return [
        {"weekdays": weekdays, "start": start, "minutes": minutes, "on_holidays": on_holidays}
        for (start, minutes, on_holidays, _alike), weekdays in rows.items()
    ]


class RevokeForm(forms.Form):
    """From when a decision no longer holds, and why; the reason is a word of a list, never a story."""

    REASONS = [
        ("death", _("death of the person")),
        ("request", _("at the person's request")),
        ("moved", _("the person moved away")),
        ("residential", _("stay in a residential home")),
        ("no_need", _("the need has passed")),
        ("not_used", _("the service is not used")),
        ("other", _("other, as in the files")),
    ]

    first_day = DayField(label=_("Revoked from"), help_text=_("The first day on which it no longer holds."))
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )


class SuspensionForm(forms.Form):
    """Days, both inclusive, on which a decision rests."""

    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=Suspension.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            sentence = _(
                "The suspension ends on %(last)s, before it begins on %(first)s: correct one of the dates."
            )
            dates = {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
            self.add_error("last_day", ValidationError(sentence, params=dates))
        return cleaned
