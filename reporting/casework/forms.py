"""Shapes of input: loads of a month, a day's time, programmes, forms of work with groups, rows of registers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.periods import Month, NonexistentTime, local_datetime, resolve_wall_time
from reporting.casework.actions import LoadOfWorker
from reporting.casework.choices import belonging_choices
from reporting.casework.models import DAY_MINUTES, GroupForm, Result, StaffMeeting, Team, TimeEntry
from reporting.casework.queries import WorkerLoad
from ui.amounts import AmountField
from ui.days import DayField
from ui.durations import DurationField
from ui.months import MonthField
from ui.times import TimeField

_MOST = 9999
_HOW_LONG = _("For example “1 h 30 min”, “1:30” or “90 min”.")


def _count(
    label: Any, *, required: bool = True, most: int = 1_000_000, help_text: Any = ""
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=required, help_text=help_text
    )


class MonthChoice(forms.Form):
    """Which month a page shows."""

    month = MonthField(label=_("Month"))

    def __init__(self, chosen: Month, offered: Sequence[Month]) -> None:
        super().__init__(initial={"month": str(chosen)})
        month: Any = self.fields["month"]
        month.offer(offered)


@dataclass(frozen=True)
class LoadRow:
    """A worker of the form with the three fields."""

    load: WorkerLoad
    environments: forms.BoundField
    blue: forms.BoundField
    reason: forms.BoundField


class LoadsForm(forms.Form):
    """The loads of all social workers in a month; an empty number means that none is kept."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, loads: Sequence[WorkerLoad], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.loads = loads
        for load in loads:
            key, said = str(load.worker_id), {"name": load.name}
            self.fields[f"environments_{key}"] = _count(
                format_lazy(_("{name}: households in care"), **said), required=False, most=_MOST
            )
            self.fields[f"blue_{key}"] = _count(
                format_lazy(_("{name}: of these with a blue card"), **said), required=False, most=_MOST
            )
            self.fields[f"reason_{key}"] = forms.CharField(
                label=format_lazy(_("{name}: reason above the limit"), **said), required=False, max_length=300
            )
            if load.kept is not None:
                self.initial[f"environments_{key}"] = load.kept.environments
                self.initial[f"blue_{key}"] = load.kept.with_blue_card or None
                self.initial[f"reason_{key}"] = load.kept.reason

    def rows(self) -> Iterator[LoadRow]:
        for load in self.loads:
            key = str(load.worker_id)
            yield LoadRow(load, self[f"environments_{key}"], self[f"blue_{key}"], self[f"reason_{key}"])

    def kept(self) -> list[LoadOfWorker]:
        """What is to be kept of each worker."""
        told = self.cleaned_data
        return [
            LoadOfWorker(
                load.worker_id,
                load.name,
                told.get(f"environments_{load.worker_id}"),
                told.get(f"blue_{load.worker_id}") or 0,
                told.get(f"reason_{load.worker_id}", ""),
            )
            for load in self.loads
        ]


class DayForm(forms.Form):
    """The time of one day by class of activity; empty means none. `seen` is the stamp of what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, minutes: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for activity, label in TimeEntry.Activity.choices:
            self.fields[activity] = DurationField(
                label=str(label).capitalize(), required=False, min_minutes=1, max_minutes=DAY_MINUTES
            )
            self.initial[activity] = minutes.get(activity)

    def spent(self) -> dict[str, int]:
        """Minutes by class of activity."""
        return {
            name: self.cleaned_data[name] for name in TimeEntry.Activity.values if self.cleaned_data.get(name)
        }


class _Seen(forms.Form):
    """A row that others may change at the same time; `seen` is the stamp of what the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """What is saved, by field of the row; call it once the form is valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class _Belonging(_Seen):
    """A row that belongs to a contract, a cycle or a service, or to none of them; the question must be answered."""

    belongs = forms.ChoiceField(
        label=_("Belongs to"),
        help_text=_(
            "The contract, cycle or service of which it came. Its page shows it then, and the evaluation counts it."
        ),
        error_messages={"required": _("Choose what it belongs to, or that it belongs to none of them.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        belongs: Any = self.fields["belongs"]
        belongs.choices = belonging_choices(self.initial.get("belongs", ""))


class ProgrammeForm(_Belonging):
    """A programme and the flow of its persons."""

    field_order = ("seen", "title", "belongs")
    title = forms.CharField(label=_("Title"), max_length=200)
    valid_from = DayField(label=pgettext_lazy("programme", "From"), nearby=20)
    valid_to = DayField(label=pgettext_lazy("programme", "To"), nearby=20)
    planned = _count(_("Persons planned"), required=False)
    started = _count(_("Started"), help_text=_("Each person counts once, whatever forms they take part in."))
    finished = _count(_("Finished"))
    dropped = _count(_("Dropped out"))
    continuing = _count(_("Go on"))
    women = _count(_("Women among those who finished"), required=False)
    men = _count(_("Men among those who finished"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, help_text=_("Do not write names of persons here.")
    )


class GroupFormForm(_Seen):
    """A form of work with a group."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=GroupForm.Kind.choices)
    meetings = _count(_("Meetings"), most=30_000)
    minutes = DurationField(label=_("Hours in all"), help_text=_HOW_LONG)
    participants = _count(
        _("Participants"),
        help_text=_("One person may take part in several forms: their sum is not the persons."),
    )


class StaffMeetingForm(_Seen):
    """A supervision or consultation; what was said is not kept."""

    held_on = DayField(label=_("Day"), past=True)
    kind = forms.ChoiceField(label=_("Kind"), choices=StaffMeeting.Kind.choices)
    minutes = DurationField(label=_("Length"), help_text=_HOW_LONG, max_minutes=DAY_MINUTES)
    participants = forms.IntegerField(label=_("Participants"), min_value=1, max_value=1000)
    led_by = forms.CharField(label=_("Led by"), required=False, max_length=150)


class TrainingForm(_Belonging):
    """A training."""

    field_order = ("seen", "title", "belongs")
    title = forms.CharField(label=_("Title"), max_length=200)
    provider = forms.CharField(label=_("Led by"), required=False, max_length=200)
    starts_on = DayField(label=pgettext_lazy("training", "From"))
    ends_on = DayField(label=pgettext_lazy("training", "To"))
    minutes = DurationField(label=_("Hours in all"), help_text=_HOW_LONG)
    staff = _count(_("Workers"))
    residents = _count(_("Residents"))


class ResultForm(_Belonging):
    """An event, a publication or a contribution in kind."""

    field_order = ("seen", "kind", "title", "belongs")
    kind = forms.ChoiceField(label=_("Kind"), choices=Result.Kind.choices)
    title = forms.CharField(label=_("What it was"), max_length=200)
    happened_on = DayField(label=_("Day"))
    quantity = _count(
        _("How many"),
        required=False,
        help_text=_("Participants of an event, copies of a publication, hours or pieces."),
    )
    partner = forms.CharField(
        label=_("Partner"), required=False, max_length=200, help_text=_("Needed for a contribution in kind.")
    )
    value = AmountField(label=_("Estimated value"), required=False)


class TeamForm(_Seen):
    """A team and how often it is to meet."""

    name = forms.CharField(label=_("Name"), max_length=120)
    meetings = forms.IntegerField(label=_("Meetings, at least"), min_value=1, max_value=31)
    period = forms.ChoiceField(label=_("In each"), choices=Team.Period.choices, initial=Team.Period.MONTH)
    valid_from = DayField(label=_("Meets from"))
    valid_to = DayField(label=_("Meets until"), required=False)


class TeamMeetingForm(_Seen):
    """A meeting of a team that was held."""

    day = DayField(label=_("Day"), past=True)
    time = TimeField(label=_("Start"))
    minutes = DurationField(label=_("Length"), help_text=_HOW_LONG, max_minutes=DAY_MINUTES)
    participants = forms.IntegerField(label=_("Participants"), min_value=2, max_value=1000)

    @staticmethod
    def shown(row: Any) -> dict[str, Any]:
        """What the form shows of a meeting that is in the register."""
        at = local_datetime(row.held_at)
        return {"day": at.date(), "time": at.time(), "minutes": row.minutes, "participants": row.participants}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, at = cleaned.get("day"), cleaned.get("time")
        if day is not None and at is not None:
            try:
                cleaned["held_at"] = resolve_wall_time(day, at)
            except NonexistentTime:
                self.add_error("time", _("The clocks were put forward, and this time did not exist."))
            else:
                if cleaned["held_at"] > timezone.now():
                    self.add_error("time", _("The meeting has not been held yet: enter it afterwards."))
        return cleaned

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("held_at", "minutes", "participants")}


class IntakeForm(_Seen):
    """A plan of intake in even steps."""

    first = MonthField(label=_("From the month"))
    start = _count(_("Families in that month"), most=100_000)
    step = _count(
        _("More families in each further month"), most=100_000, help_text=_("Until the target is reached.")
    )
    target = _count(_("Target"), most=100_000)

    def __init__(self, *args: Any, offered: Sequence[Month], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first: Any = self.fields["first"]
        first.offer(offered)


class PostsForm(forms.Form):
    """For how many families posts are reckoned."""

    families = _count(_("Families"), required=False, most=100_000)
    blue = forms.BooleanField(label=_("With the blue-card procedure beside it"), required=False)
    workers = forms.DecimalField(
        label=_("Posts of social workers"),
        required=False,
        min_value=0,
        max_value=1000,
        decimal_places=2,
        localize=True,
    )
    benefits = forms.DecimalField(
        label=_("Posts of benefits workers"),
        required=False,
        min_value=0,
        max_value=1000,
        decimal_places=2,
        localize=True,
    )
