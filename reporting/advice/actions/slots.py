"""Hours of advisers and the slots made of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Worker
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import NonexistentTime, is_public_holiday, resolve_wall_time
from kernel.validation import require_valid
from reporting.advice.actions.offers import end_passed_offers, offer_slot
from reporting.advice.models import Availability, Request, Slot
from reporting.advice.terms import current_terms

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hours:
    """Hours of an adviser on a weekday."""

    adviser: Worker
    kind: str
    weekday: int
    start: time
    end: time
    slot_minutes: int
    place: str
    where: str
    signs: bool
    valid_from: date
    valid_to: date | None


def enter_availability(hours: Hours, *, actor: Actor) -> Availability:
    """Enter hours of an adviser and make their slots; hours that overlap others of the adviser are refused."""
    entered = Availability(**vars(hours))
    with transaction.atomic():
        require_valid(entered, exclude=["adviser"])
        if (datetime.combine(date.min, entered.end) - datetime.combine(date.min, entered.start)) < timedelta(
            minutes=entered.slot_minutes
        ):
            raise DomainError(
                "no_slot_fits",
                _("Not one slot of this length fits into the hours. Shorten the slot or lengthen the hours."),
                field="slot_minutes",
            )
        # One who enters hours of an adviser at a time, so that two cannot overlap unseen.
        Worker.objects.select_for_update(of=("self",)).get(pk=entered.adviser_id)
        if _overlapping(entered).exists():
            raise DomainError(
                "hours_overlap",
                _(
                    "The adviser has hours at this time already. Correct the times, or end the other hours first."
                ),
                field="start",
            )
        entered.save(force_insert=True)
        made = make_slots([entered], timezone.localdate())
        record(
            "enter_availability",
            actor=actor,
            subject_type="availability",
            subject_id=entered.pk,
            payload={"adviser": entered.adviser_id, "weekday": entered.weekday, "slots": made},
        )
    return entered


def end_availability(availability: Availability, last_day: date, *, actor: Actor) -> Availability:
    """Give hours their last day; slots after it disappear, appointments already booked stay."""
    with transaction.atomic():
        locked: Availability = Availability.objects.select_for_update(of=("self",)).get(pk=availability.pk)
        locked.valid_to = max(last_day, locked.valid_from)
        locked.save(update_fields=["valid_to"])
        gone = Slot.objects.filter(availability=locked, date__gt=last_day)
        # Slots before requests, as `offers` promises.
        list(gone.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        Request.objects.filter(offered_slot_id__in=gone.order_by().values("pk")).update(
            offered_slot_id=None, offered_at=None
        )
        gone.delete()
        record(
            "end_availability",
            actor=actor,
            subject_type="availability",
            subject_id=locked.pk,
            payload={"last_day": locked.valid_to},
        )
    return locked


def make_slots(hours: Iterable[Availability], today: date) -> int:
    """Make the slots of the weeks ahead that are not there yet; returns how many. Doing it again makes none twice."""
    last = today + timedelta(weeks=current_terms().weeks_ahead)
    wanted = [slot for each in hours for slot in _slots_of(each, today, last)]
    there = set(
        Slot.objects.order_by()
        .filter(adviser_id__in={slot.adviser_id for slot in wanted}, date__gte=today)
        .values_list("adviser_id", "starts_at")
    )
    new = [slot for slot in wanted if (slot.adviser_id, slot.starts_at) not in there]
    Slot.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    return len(new)


def make_all_slots(today: date) -> int:
    """The slots of all hours that hold; returns how many were made. Offers of slots that have passed end."""
    end_passed_offers(actor=Actor.system("advice"))
    holding = Availability.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    return make_slots(holding.filter(adviser__active=True), today)


def close_slot(slot: Slot, *, actor: Actor) -> Slot:
    """Take a slot out, for a leave or a meeting; whoever it was offered to waits on."""
    with transaction.atomic():
        closed = _set_closed(slot, True, "close_slot", actor)
        Request.objects.filter(offered_slot_id=slot.pk).update(offered_slot_id=None, offered_at=None)
    return closed


def open_slot(slot: Slot, *, actor: Actor) -> Slot:
    """Let a closed slot be booked again, and offer it to whoever waits."""
    with transaction.atomic():
        opened = _set_closed(slot, False, "open_slot", actor)
        offer_slot(opened, actor=actor)
    return opened


def _set_closed(slot: Slot, closed: bool, verb: str, actor: Actor) -> Slot:
    locked: Slot = Slot.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    if locked.closed != closed:
        locked.closed = closed
        locked.save(update_fields=["closed"])
        record(verb, actor=actor, subject_type="slot", subject_id=locked.pk)
    return locked


def _overlapping(hours: Availability) -> Any:
    others = Availability.objects.filter(
        adviser_id=hours.adviser_id, weekday=hours.weekday, start__lt=hours.end, end__gt=hours.start
    ).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=hours.valid_from))
    return others.filter(valid_from__lte=hours.valid_to) if hours.valid_to else others


def _slots_of(hours: Availability, first: date, last: date) -> Iterator[Slot]:
    """Slots on working days of the hours; public holidays and times that the clocks skip have none."""
    day = max(first, hours.valid_from)
    until = min(last, hours.valid_to) if hours.valid_to else last
    while day <= until:
        if day.isoweekday() == hours.weekday and not is_public_holiday(day):
            at = datetime.combine(day, hours.start)
            while at + timedelta(minutes=hours.slot_minutes) <= datetime.combine(day, hours.end):
                try:
                    starts_at = resolve_wall_time(day, at.time())
                except NonexistentTime:
                    at += timedelta(minutes=hours.slot_minutes)
                    continue
                yield Slot(
                    availability=hours,
                    adviser_id=hours.adviser_id,
                    kind=hours.kind,
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=hours.slot_minutes),
                    place=hours.place,
                    where=hours.where,
                    signs=hours.signs,
                )
                at += timedelta(minutes=hours.slot_minutes)
        day += _ONE_DAY
