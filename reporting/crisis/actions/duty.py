"""Verbs on the duty roster, the team's meetings and debriefings."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import local_date, resolve_wall_time
from kernel.validation import require_valid
from reporting.crisis.locking import lock_roster
from reporting.crisis.models import Debriefing, Duty, TeamMeeting
from reporting.crisis.people import interventionists
from reporting.crisis.queries.duty import of_centre
from reporting.crisis.rules import moved_week
from reporting.crisis.rules.contact import FIRST_POSSIBLE
from ui.formatting import format_date_text, format_instant_text

_LONGEST = timedelta(hours=24)
_WEEK = timedelta(days=7)
_FURTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True)
class DutyEntry:
    """A duty as it is entered, in the centre of the organisation, or of the unit where it is None."""

    organisation_id: UUID | None
    user_id: UUID
    starts_at: datetime
    ends_at: datetime


def add_duty(entry: DutyEntry, *, actor: Actor) -> Duty:
    """Put somebody on duty.

    Raises DomainError where they are on duty already, in whichever centre, and for a day before the act or years ahead.
    """
    names = dict(interventionists(entry.organisation_id))
    if entry.user_id not in names:
        raise DomainError(
            "not_an_interventionist",
            _("This person does not work as an interventionist here. Choose one of the list."),
            field="user_id",
        )
    if not timedelta() < entry.ends_at - entry.starts_at <= _LONGEST:
        raise DomainError(
            "duty_length", _("A duty lasts at most 24 hours: correct one of the times."), field="end"
        )
    _require_near(local_date(entry.starts_at))
    with transaction.atomic():
        lock_roster()
        duty = Duty(
            organisation_id=entry.organisation_id,
            user_id=entry.user_id,
            name=names[entry.user_id],
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
        )
        _require_free([duty])
        _save_all([duty])
        record(
            "add_duty",
            actor=actor,
            subject_type="crisis_roster",
            subject_id=duty.pk,
            payload={"user": duty.user_id, "starts_at": duty.starts_at, "ends_at": duty.ends_at},
        )
    return duty


def _require_near(day: date) -> None:
    """Refuse what only a mistyped year can mean."""
    earliest, latest = FIRST_POSSIBLE, timezone.localdate() + _FURTHEST
    if not earliest <= day <= latest:
        raise DomainError(
            "duty_far_away",
            _("%(day)s is too far away: duties are entered from %(earliest)s to %(latest)s. Correct the day.")
            % {
                "day": format_date_text(day),
                "earliest": format_date_text(earliest),
                "latest": format_date_text(latest),
            },
            field="day",
        )


def _require_free(duties: list[Duty]) -> None:
    """Refuse what overlaps a duty of the same person, naming the first few."""
    first, last = min(one.starts_at for one in duties), max(one.ends_at for one in duties)
    people = {one.user_id for one in duties}
    stored = list(Duty.objects.filter(user_id__in=people, starts_at__lt=last, ends_at__gt=first))
    clashes = [
        other
        for one in duties
        for other in stored
        if other.user_id == one.user_id and other.starts_at < one.ends_at and other.ends_at > one.starts_at
    ]
    if clashes:
        raise _on_duty_already(", ".join(_told(one) for one in clashes[:3]))


def _told(duty: Duty) -> str:
    return f"{duty.name}, {format_instant_text(duty.starts_at)}"


def _on_duty_already(told: str) -> DomainError:
    return DomainError(
        "on_duty_already",
        _("On duty at this time already: %(told)s. Remove that duty first, or choose another time.")
        % {"told": told},
        field="user_id",
    )


def _save_all(duties: list[Duty]) -> None:
    try:
        with transaction.atomic():
            Duty.objects.bulk_create(duties)
    except IntegrityError as error:
        # Somebody put one of them on duty a moment ago.
        raise _on_duty_already(", ".join(_told(one) for one in duties[:1])) from error


def remove_duty(duty: Duty, *, actor: Actor) -> None:
    """Take a duty off the roster; one that is over stays, it is what happened."""
    with transaction.atomic():
        locked: Duty = Duty.objects.select_for_update().get(pk=duty.pk)
        if locked.ends_at <= timezone.now():
            raise DomainError("duty_is_over", _("This duty is over and stays in the roster."))
        record(
            "remove_duty",
            actor=actor,
            subject_type="crisis_roster",
            subject_id=locked.pk,
            payload={"user": locked.user_id, "starts_at": locked.starts_at, "ends_at": locked.ends_at},
        )
        locked.delete()


def copy_week(organisation_id: UUID | None, monday: date, weeks: int, *, actor: Actor) -> int:
    """Copy the duties that begin in the week of this Monday to so many weeks after it, by the clock on the wall.

    Duties that are there already are left alone; where one overlaps another duty of the person nothing is copied.
    Returns how many were added.
    """
    start, end = resolve_wall_time(monday, time.min), resolve_wall_time(monday + _WEEK, time.min)
    here = of_centre(organisation_id)
    source = list(Duty.objects.filter(here, starts_at__gte=start, starts_at__lt=end))
    if not source:
        raise DomainError(
            "empty_week",
            _("In the week of %(day)s nobody is on duty: choose a week that is planned.")
            % {"day": format_date_text(monday)},
            field="week",
        )
    with transaction.atomic():
        lock_roster()
        wanted = [
            Duty(
                organisation_id=organisation_id,
                user_id=one.user_id,
                name=one.name,
                starts_at=moved_week(one.starts_at, 7 * number),
                ends_at=moved_week(one.ends_at, 7 * number),
            )
            for number in range(1, weeks + 1)
            for one in source
        ]
        latest = max(one.ends_at for one in wanted)
        there = set(
            Duty.objects.filter(here, starts_at__gte=end, starts_at__lt=latest).values_list(
                "user_id", "starts_at", "ends_at"
            )
        )
        new = [one for one in wanted if (one.user_id, one.starts_at, one.ends_at) not in there]
        if new:
            _require_free(new)
            _save_all(new)
            record(
                "copy_duty_week",
                actor=actor,
                subject_type="crisis_roster",
                subject_id=new[0].pk,
                payload={"from": monday, "weeks": weeks, "duties": len(new)},
            )
    return len(new)


@dataclass(frozen=True)
class MeetingEntry:
    """A meeting of a team as it is entered: names of those who took part, how many cases were discussed."""

    organisation_id: UUID | None
    held_at: datetime
    minutes: int
    cases: int
    participants: tuple[str, ...]


def record_meeting(entry: MeetingEntry, *, actor: Actor) -> TeamMeeting:
    """Enter a meeting that was held. Raises DomainError with the field that is wrong."""
    if entry.held_at > timezone.now():
        raise DomainError(
            "meeting_in_future", _("The meeting has not been held yet: enter it afterwards."), field="day"
        )
    if len(entry.participants) < 2:
        raise DomainError(
            "meeting_of_one", _("A meeting needs at least two people: choose who took part."), field="people"
        )
    with transaction.atomic():
        meeting = TeamMeeting(
            organisation_id=entry.organisation_id,
            held_at=entry.held_at,
            minutes=entry.minutes,
            cases=entry.cases,
            participants=list(entry.participants),
        )
        require_valid(meeting)
        meeting.save()
        record(
            "record_team_meeting",
            actor=actor,
            subject_type="crisis_meeting",
            subject_id=meeting.pk,
            payload={
                "held_at": meeting.held_at,
                "minutes": meeting.minutes,
                "people": len(entry.participants),
            },
        )
    return meeting


def hold_debriefing(task: Debriefing, *, held_on: date, actor: Actor) -> Debriefing:
    """Note that the debriefing was held. Raises DomainError where it was before, or the day is wrong."""
    with transaction.atomic():
        locked: Debriefing = Debriefing.objects.select_for_update().get(pk=task.pk)
        if locked.held_on is not None:
            raise DomainError(
                "debriefing_held",
                _("The debriefing was held on %(day)s already.") % {"day": format_date_text(locked.held_on)},
            )
        locked.held_on = held_on
        if held_on < locked.intervention_on:
            raise DomainError(
                "before_intervention",
                _("The debriefing cannot be held before the intervention."),
                field="held_on",
                value=held_on,
            )
        locked.save(update_fields=["held_on"])
        payload: dict[str, Any] = {"intervention_on": locked.intervention_on, "held_on": held_on}
        record(
            "hold_debriefing",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.case_id,
            payload=payload,
        )
    return locked
