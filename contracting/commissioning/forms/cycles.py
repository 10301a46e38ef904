"""Shapes of input: the frame of a cycle, the plan of a step, the notes of its gates."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning import steps
from contracting.commissioning.models import Cycle, Need, Service, StandardVersion
from contracting.commissioning.people import unit_people
from contracting.commissioning.ticks import TICK_LABELS
from ui.days import DayField

# No law limits a cycle, its contracts five years at most; what is longer is a slip of the hand.
LONGEST_YEARS = 10


def refuse_backward(cleaned: dict[str, Any], first: str, last: str) -> None:
    """Raise ValidationError at `last` where it lies before `first`."""
    one, other = cleaned.get(first), cleaned.get(last)
    if one and other and other < one:
        raise ValidationError(
            {
                last: ValidationError(
                    _("The end (%(last)s) comes before the beginning (%(first)s): correct one of the dates."),
                    params={"first": f"{one:%d.%m.%Y}", "last": f"{other:%d.%m.%Y}"},
                )
            }
        )


class CycleFilter(forms.Form):
    """What narrows the list of cycles."""

    STATES = [
        ("", pgettext_lazy("cycles", "running")),
        ("closed", pgettext_lazy("cycles", "closed")),
        ("abandoned", pgettext_lazy("cycles", "abandoned")),
        ("all", pgettext_lazy("cycles", "all")),
    ]

    service: Any = forms.ModelChoiceField(
        label=_("Service"), queryset=None, required=False, empty_label=_("all")
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.order_by("name")  # type: ignore[attr-defined]


class _StandardChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(
            _("%(service)s, version %(version)s") % {"service": obj.service.name, "version": obj.version}
        )


class CycleTermsForm(forms.Form):
    """What may change in a cycle: title, period, standard, goal."""

    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        help_text=_("What is organised and for when, for example “Care services 2027–2028”."),
    )
    period_from = DayField(label=_("Service delivered from"))
    period_to = DayField(label=_("Service delivered to"))
    standard: Any = _StandardChoice(
        label=_("Version of the standard"),
        queryset=None,
        required=False,
        empty_label=_("none yet"),
        help_text=_("Published versions only; needed by the time the scope is passed."),
    )
    strategy_goal = forms.CharField(
        label=_("Goal of the strategy or line of the yearly plan"), max_length=300, required=False
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, service: Service | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        versions = StandardVersion.objects.filter(state=StandardVersion.State.PUBLISHED)
        if service is not None:
            versions = versions.filter(service=service)
        self.fields["standard"].queryset = versions.select_related("service").order_by(  # type: ignore[attr-defined]
            "service__name", "-version"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_backward(cleaned, "period_from", "period_to")
        _refuse_endless(cleaned)
        return cleaned


def _refuse_endless(cleaned: dict[str, Any]) -> None:
    first, last = cleaned.get("period_from"), cleaned.get("period_to")
    if not first or not last or last < first:
        return
    # Counted from the first of the month, for a cycle that begins on 29 February.
    latest = date(first.year + LONGEST_YEARS, first.month, 1) + timedelta(days=first.day - 2)
    if last > latest:
        raise ValidationError(
            {
                "period_to": ValidationError(
                    _(
                        "A cycle lasts at most %(years)s years: %(last)s is too late for the beginning %(first)s. "
                        "Choose %(latest)s or an earlier day."
                    ),
                    params={
                        "years": LONGEST_YEARS,
                        "first": f"{first:%d.%m.%Y}",
                        "last": f"{last:%d.%m.%Y}",
                        "latest": f"{latest:%d.%m.%Y}",
                    },
                )
            }
        )


class CycleForm(CycleTermsForm):
    """A new cycle of a service, perhaps after an earlier one."""

    service: Any = forms.ModelChoiceField(label=_("Service"), queryset=None)
    predecessor: Any = forms.ModelChoiceField(
        label=_("Earlier cycle"),
        queryset=None,
        required=False,
        empty_label=_("none"),
        help_text=_(
            "Its lessons, indicators and unmet needs come over: at once where it is closed, else when it is closed."
        ),
    )
    field_order = ("service", "title", "period_from", "period_to", "standard", "predecessor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service: Any = self.fields["service"]
        predecessor: Any = self.fields["predecessor"]
        service.queryset = Service.objects.order_by("name")
        predecessor.queryset = Cycle.objects.filter(successor__isnull=True).exclude(
            state=Cycle.State.ABANDONED
        )


class StepPlanForm(forms.Form):
    """Owner, dates and ticks of a step."""

    owner_id = forms.TypedChoiceField(label=_("Owner"), required=False, empty_value=None)
    starts_on = DayField(label=_("Begins on"), required=False)
    due_on = DayField(label=_("Due on"), required=False)
    ticks = forms.MultipleChoiceField(
        label=_("Done by hand"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("These remind; they do not shut the gate."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner_id"]
        people = unit_people()
        by_key = {str(key): key for key, _name in people}
        owner.choices = [("", _("nobody yet")), *((str(key), name) for key, name in people)]
        owner.coerce = by_key.__getitem__
        ticks: Any = self.fields["ticks"]
        ticks.choices = [(code, TICK_LABELS[code]) for code in steps.TICKS[kind]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_backward(cleaned, "starts_on", "due_on")
        return cleaned


class GateForm(forms.Form):
    """The decision note with which a step is passed."""

    note = forms.CharField(
        label=_("Decision note"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What was decided, on what grounds. It stays in the history of the step."),
    )


class ReasonForm(forms.Form):
    """The reason with which a step is opened again or a cycle abandoned."""

    reason = forms.CharField(label=_("Reason"), max_length=3000, widget=forms.Textarea(attrs={"rows": 3}))


class _NeedChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.group})"


class ClosingForm(GateForm):
    """Lessons, the last decision note, and the cycle that follows."""

    lessons = forms.CharField(
        label=_("Lessons for the next cycle"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What to keep, what to change, what was missing. One thought a line."),
    )
    open_next = forms.BooleanField(label=_("Begin the next cycle now"), required=False, initial=True)
    title = forms.CharField(label=_("Title of the next cycle"), max_length=160, required=False)
    period_from = DayField(label=_("Service delivered from"), required=False)
    period_to = DayField(label=_("Service delivered to"), required=False)
    unmet: Any = _NeedChoices(
        label=_("Unmet needs that go on"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ticked where the scope planned less than the need lacks; you decide."),
    )
    field_order = ("lessons", "note", "unmet", "open_next", "title", "period_from", "period_to")

    def __init__(self, *args: Any, cycle: Cycle, successor: Cycle | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unmet"].queryset = Need.objects.filter(cycle=cycle).select_related("group")  # type: ignore[attr-defined]
        if successor is not None:
            for name in ("open_next", "title", "period_from", "period_to"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("open_next"):
            missing = _("The next cycle needs this: fill it in, or do not begin the next cycle now.")
            for name in ("title", "period_from", "period_to"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, missing)
        refuse_backward(cleaned, "period_from", "period_to")
        return cleaned
