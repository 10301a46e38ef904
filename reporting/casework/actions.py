"""Verbs of the unit's own work: keep loads, a day's time, rows of programmes, teams and registers, the intake plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.periods import Month
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.casework.locking import lock_saving
from reporting.casework.models import DAY_MINUTES, Belonging, Caseload, IntakePlan, TimeEntry
from reporting.casework.queries import load_limits, time_of_day
from reporting.casework.rules import intake
from ui.formatting import format_date_short, format_minutes_text

Kept = TypeVar("Kept", bound=models.Model)


@dataclass(frozen=True)
class LoadOfWorker:
    """What is to be kept of a worker; `environments` None takes the row away."""

    worker_id: UUID
    name: str
    environments: int | None
    with_blue_card: int = 0
    reason: str = ""


def loads_stamp(month: Month) -> str:
    """Changes with whatever is kept for the month."""
    rows = Caseload.objects.filter(month=month.first).order_by("worker_id")
    return stamp_of(list(rows.values_list("worker_id", "environments", "with_blue_card", "reason")))


def keep_loads(
    month: Month, loads: Sequence[LoadOfWorker], *, seen: str | None = None, actor: Actor
) -> list[Caseload]:
    """Keep the loads of a month, all or none.

    Raises DomainError with a problem for each worker whose load lies above the limit without a reason (S-069) or has
    more blue cards than environments; for a month to come; Conflict where somebody changed them meanwhile.
    """
    if month > Month.of(timezone.localdate()):
        raise DomainError("month_to_come", _("Loads are kept for months that have begun."), field="month")
    limits = load_limits(month.last)
    with transaction.atomic():
        # A month of which nothing is kept yet has no row to wait for.
        lock_saving(f"loads:{month}")
        before = {row.worker_id: row for row in Caseload.objects.filter(month=month.first)}
        require_unchanged(seen, loads_stamp(month))
        if wrong := [
            problem for load in loads if (problem := _wrong(load, limits.for_load(load.with_blue_card)))
        ]:
            raise DomainError("wrong_loads", _("Nothing was saved: correct what is marked."), problems=wrong)
        kept = []
        for load in loads:
            if load.environments is None:
                Caseload.objects.filter(worker_id=load.worker_id, month=month.first).delete()
                continue
            row = before.get(load.worker_id) or Caseload(worker_id=load.worker_id, month=month.first)
            row.worker_name, row.environments = load.name[:150], load.environments
            row.with_blue_card, row.reason = load.with_blue_card, load.reason.strip()
            row.limit, row.changed_at = limits.for_load(load.with_blue_card), timezone.now()
            row.save()
            kept.append(row)
        record(
            "keep_loads",
            actor=actor,
            subject_type="caseload",
            subject_id=month.first,
            payload={"month": month.first, "workers": len(kept)},
        )
    return kept


def _wrong(load: LoadOfWorker, limit: int) -> Problem | None:
    if load.environments is None:
        return None
    if load.with_blue_card > load.environments:
        message = format_lazy(
            _("{name}: more blue cards than households; correct one of the numbers."), name=load.name
        )
        return Problem("blue_cards", message, f"blue_{load.worker_id}", str(load.with_blue_card))
    if load.environments > limit and not load.reason.strip():
        message = format_lazy(
            _("{name} has {count} households, the limit is {limit}: write why, or give some to others."),
            name=load.name,
            count=load.environments,
            limit=limit,
        )
        return Problem("above_limit", message, f"reason_{load.worker_id}", str(load.environments))
    return None


def day_stamp(day: date, worker_id: UUID, organisation_id: UUID | None = None) -> str:
    """Changes with whatever is kept of the person's day in the organisation, or in the unit."""
    return stamp_of(time_of_day(worker_id, day, organisation_id))


def keep_day(
    day: date,
    minutes: Mapping[str, int],
    *,
    worker_id: UUID,
    organisation_id: UUID | None = None,
    seen: str | None = None,
    actor: Actor,
) -> int:
    """Keep the time card of a day: minutes by class of activity, classes left out are removed; returns their sum.

    `organisation_id` is the one the person works for, None in the unit.

    Raises DomainError for a day to come and for more than 24 hours, counted over all cards that the person keeps;
    Conflict where this card was changed meanwhile.
    """
    if day > timezone.localdate():
        raise DomainError("day_to_come", _("The day has not come yet: choose today or earlier."), field="day")
    total = sum(minutes.values())
    with transaction.atomic():
        # A day of which nothing is kept yet has no row to wait for, and cards of other organisations count.
        lock_saving(f"day:{worker_id}:{day}")
        require_unchanged(seen, day_stamp(day, worker_id, organisation_id))
        cards = TimeEntry.objects.filter(worker_id=worker_id, day=day)
        own = cards.filter(organisation_id=organisation_id)
        elsewhere = cards.exclude(pk__in=own.values("pk")).aggregate(sum=models.Sum("minutes"))["sum"] or 0
        _require_one_day(total + elsewhere)
        own.exclude(activity__in=minutes).delete()
        TimeEntry.objects.bulk_create(
            [
                TimeEntry(
                    organisation_id=organisation_id,
                    worker_id=worker_id,
                    worker_name=actor.label[:150],
                    day=day,
                    activity=activity,
                    minutes=spent,
                )
                for activity, spent in minutes.items()
            ],
            update_conflicts=True,
            unique_fields=["worker_id", "day", "activity", "organisation"],
            update_fields=["minutes", "worker_name"],
        )
        record(
            "keep_time_card",
            actor=actor,
            subject_type="time_card",
            subject_id=worker_id,
            payload={"day": day, "minutes": total},
        )
    return total


def _require_one_day(together: int) -> None:
    if together > DAY_MINUTES:
        raise DomainError(
            "too_much",
            format_lazy(
                _("The day has {total} altogether, and no day has more than 24 h: correct the hours."),
                total=format_minutes_text(together),
            ),
        )


def row_stamp(row: models.Model) -> str:
    """Changes with whatever is kept of a row."""
    return stamp_of({field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields})


def save_row(row: Kept, values: Mapping[str, Any], *, seen: str | None = None, actor: Actor) -> Kept:
    """Save a programme, a form of it, a team, a meeting or a row of a register with these values.

    Raises DomainError `invalid`, `outside_period` where it has no day in common with the contract or cycle it belongs
    to, Conflict where somebody changed the row meanwhile.
    """
    with transaction.atomic():
        before: dict[str, Any] | None = None
        if not row._state.adding:
            row = _locked(row, seen)
            before = _recorded(row)
        for name, value in values.items():
            setattr(row, name, value)
        require_valid(row)
        if isinstance(row, Belonging):
            _require_common_day(row)
        row.save(force_insert=before is None)
        after = _recorded(row)
        told = {"after": after} if before is None else {"before": before, "after": after}
        _note("add_entry" if before is None else "change_entry", row, told, actor)
    return row


def _require_common_day(row: Belonging) -> None:
    """Outside the period of what it belongs to no page and no evaluation would count it."""
    starts, ends = (getattr(row, name) for name in row.DAYS)
    if row.contract is not None:
        first, last = row.contract.valid_from, row.contract.valid_to
        sentence = _(
            "The contract %(name)s is valid from %(first)s to %(last)s, and none of these days is entered here: "
            "correct the dates, or choose what it belongs to."
        )
    elif row.cycle is not None:
        first, last = row.cycle.period_from, row.cycle.period_to
        sentence = _(
            "The cycle “%(name)s” runs from %(first)s to %(last)s, and none of these days is entered here: "
            "correct the dates, or choose what it belongs to."
        )
    else:
        return
    if starts > last or ends < first:
        told = {
            "name": row.contract or row.cycle,
            "first": format_date_short(first),
            "last": format_date_short(last),
        }
        raise DomainError("outside_period", sentence % told, field="belongs", value=row.belongs)


def remove_row(row: models.Model, *, seen: str | None = None, actor: Actor) -> None:
    """Take a row out of its register; the record keeps what stood there, except for names and notes.

    Raises Conflict where somebody changed the row meanwhile.
    """
    with transaction.atomic():
        stored = _locked(row, seen)
        _note("remove_entry", stored, {"before": _recorded(stored)}, actor)
        stored.delete()


def _locked(row: Kept, seen: str | None) -> Kept:
    stored = type(row)._default_manager.select_for_update().get(pk=row.pk)
    require_unchanged(seen, row_stamp(stored))
    return stored


def _recorded(row: Any) -> dict[str, Any]:
    """What may stand in the record of actions; the model says it."""
    return {name: getattr(row, name) for name in row.RECORDED}


def _note(verb: str, row: models.Model, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type=row._meta.model_name or "", subject_id=row.pk, payload=payload)


def intake_stamp() -> str:
    """Changes with the plan of intake."""
    return stamp_of(list(IntakePlan.objects.order_by("month").values_list("month", "families")))


def plan_intake(
    first: Month, *, start: int, step: int, target: int, seen: str | None = None, actor: Actor
) -> list[IntakePlan]:
    """Plan the intake of families from a month on: so many in it, so many more in each further one, up to the target.

    What was planned for earlier months stays. Raises DomainError where the target is not reached in five years, or
    lies below the start; Conflict where somebody changed the plan meanwhile.
    """
    if start > target:
        raise DomainError(
            "target_below_start",
            _("The target lies below the number of the first month: correct one of them."),
            field="target",
        )
    try:
        planned = intake(first, start, step, target)
    except ValueError as error:
        raise DomainError(
            "target_too_far",
            _("In steps this small the target is not reached within five years: add more families a month."),
            field="step",
        ) from error
    with transaction.atomic():
        # One plan: whoever changes it waits for the one before them, also where no month is planned yet.
        lock_saving("intake")
        stored = list(IntakePlan.objects.order_by("month"))
        require_unchanged(seen, intake_stamp())
        before = [[row.month, row.families] for row in stored]
        IntakePlan.objects.filter(month__gte=first.first).delete()
        made: list[IntakePlan] = IntakePlan.objects.bulk_create(
            IntakePlan(month=month.first, families=families) for month, families in planned
        )
        record(
            "plan_intake",
            actor=actor,
            subject_type="intake_plan",
            subject_id=first.first,
            payload={"before": before, "after": [[row.month, row.families] for row in made]},
        )
    return made
