"""Writing one visit under the lock of its diary: only what is impossible is refused, deviations are compared later."""

from copy import copy
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Activity
from contracting.contracts.models import Worker
from kernel.access import Actor
from kernel.errors import Conflict, DomainError, Problem
from kernel.validation import require_valid
from reporting.care.models import Decision
from reporting.delivery.files.reasons import ROW_REASONS
from reporting.delivery.models import FrozenMonth, RemovedVisit, Visit
from reporting.delivery.rules import HAPPENED, Instants, TimesRefused, resolve_visit

# Checked against the ledger already, kept by foreign keys, or empty where a command acts.
_NOT_VALIDATED = ("id", "decision", "worker", "activities", "entered_by", "changed_by")


@dataclass(frozen=True)
class VisitContent:
    """What is said of a visit: local day and wall-clock times (an end before the start is on the next day)."""

    day: date
    start: time
    end: time
    worker_id: UUID
    state: str = Visit.State.DONE
    activities: tuple[str, ...] = ()
    note: str = ""


def write_new(
    ledger: "Ledger",
    visit_id: UUID,
    decision: Decision,
    content: VisitContent,
    stored: Visit | None,
    *,
    actor: Actor,
    source: str = Visit.Source.GRID,
) -> tuple[Visit, dict[str, Any]]:
    """Check and insert, under the lock of the diary; gives the visit and what the audit line holds (empty: nothing)."""
    when = ledger.check(decision, content)
    if stored is not None:
        if stored.decision_id == decision.pk and _says(stored, content, when):
            return stored, {}
        raise _changed_meanwhile(stored)
    ledger.require_open(decision, content.day)
    visit = Visit(id=visit_id, decision=decision, source=source)
    _fill(visit, content, when)
    visit.entered_by = visit.changed_by = actor.user_id
    _save(visit, insert=True)
    return visit, {"new": _summary(visit)}


def write_change(
    ledger: "Ledger",
    decision: Decision,
    stored: Visit | None,
    version: int,
    content: VisitContent,
    *,
    actor: Actor,
) -> tuple[Visit, dict[str, Any]]:
    """Check and update, under the lock of the diary."""
    when = ledger.check(decision, content)
    if stored is None:
        raise _changed_meanwhile(None)
    if _says(stored, content, when):
        return stored, {}
    if stored.version != version:
        raise _changed_meanwhile(stored)
    ledger.require_open(decision, stored.date, content.day)
    visit = copy(stored)
    _fill(visit, content, when)
    visit.version += 1
    visit.changed_at = timezone.now()
    visit.changed_by = actor.user_id
    _save(visit, insert=False)
    return visit, {"old": _summary(stored), "new": _summary(visit)}


def write_removal(ledger: "Ledger", decision: Decision, stored: Visit | None, version: int) -> dict[str, Any]:
    """Check and delete, under the lock of the diary; the id stays known as that of a removed visit."""
    if stored is None:
        return {}
    if stored.version != version:
        raise _changed_meanwhile(stored)
    ledger.require_open(decision, stored.date)
    old = _summary(stored)
    Visit.objects.filter(pk=stored.pk).delete()
    RemovedVisit.objects.create(pk=stored.pk, decision_id=stored.decision_id)
    return {"old": old}


def removed_meanwhile() -> "VisitConflict":
    """The refusal of an entry that somebody has removed since it was saved."""
    return _changed_meanwhile(None)


def refused(code: str, field: str, value: str, **details: str) -> DomainError:
    """A refusal in the words that a row of a file would get."""
    message = format_lazy(ROW_REASONS[code], value=value, column=field, **details)
    return DomainError(code, message, field=field, value=value)


class Ledger:
    """What a contract's diary allows, read once for all writes of a transaction, under its lock."""

    def __init__(self, contract_id: UUID, organisation_id: UUID) -> None:
        self._contract_id = contract_id
        self._organisation_id = organisation_id
        self._activities: dict[UUID, set[str]] = {}

    @cached_property
    def _workers(self) -> dict[UUID, date | None]:
        """The organisation's workers with the last day of those whose work ended."""
        return dict(
            Worker.objects.filter(organisation_id=self._organisation_id).values_list("pk", "ended_on")
        )

    @cached_property
    def _frozen(self) -> dict[date, list[UUID]]:
        return dict(
            FrozenMonth.objects.filter(contract_id=self._contract_id).values_list("month", "open_decisions")
        )

    def _known_activities(self, service_id: UUID) -> set[str]:
        if service_id not in self._activities:
            codes = Activity.objects.filter(service_id=service_id).values_list("code", flat=True)
            self._activities[service_id] = set(codes)
        return self._activities[service_id]

    def require_open(self, decision: Decision, *days: date) -> None:
        """Refuse where a day lies in a month that was handed in."""
        for month in sorted({day.replace(day=1) for day in days}):
            if month in self._frozen and decision.pk not in self._frozen[month]:
                shown = f"{month:%m.%Y}"
                raise refused("month_closed", "date", shown, month=shown)

    def check(self, decision: Decision, content: VisitContent) -> Instants:
        """The instants of the visit; raises DomainError with everything that is wrong with what was typed."""
        try:
            when = resolve_visit(content.day, content.start, content.end)
        except TimesRefused as fault:
            at = f"{fault.at:%H:%M}"
            raise refused(fault.code, fault.field, at, day=content.day.isoformat(), time=at) from fault
        problems = self._problems(decision, content, when)
        if problems:
            first = problems[0]
            raise DomainError(first.code, first.message, field=first.field, problems=problems)
        return when

    def _problems(self, decision: Decision, content: VisitContent, when: Instants) -> list[Problem]:
        problems = []
        if content.worker_id not in self._workers:
            sentence = _(
                "This worker does not belong to the organisation of the contract. Choose one from the list."
            )
            problems.append(Problem("unknown_worker", sentence, "worker", str(content.worker_id)))
        elif (last := self._workers[content.worker_id]) and content.day > last:
            sentence = _("The last day of work of this worker was %(day)s. Choose another worker or day.")
            problems.append(
                Problem("worker_gone", sentence % {"day": f"{last:%d.%m.%Y}"}, "worker", f"{last}")
            )
        known = self._known_activities(decision.service_id) if content.activities else set()
        for code in sorted(set(content.activities) - known):
            sentence = format_lazy(
                ROW_REASONS["unknown_activity"], activity=code[:40], known=", ".join(sorted(known))
            )
            problems.append(Problem("unknown_activity", sentence, "activities", code[:40]))
        if content.state not in Visit.State.values:
            sentence = _("Choose a state from the list.")
            problems.append(Problem("unknown_state", sentence, "state", content.state[:40]))
        elif content.state in HAPPENED and when.starts_at > timezone.now():
            sentence = _(
                "The visit begins in the future, and only what has begun can be logged. Enter it when it begins."
            )
            problems.append(Problem("not_begun", sentence, "start", f"{content.day} {content.start:%H:%M}"))
        return problems


def _fill(visit: Visit, content: VisitContent, when: Instants) -> None:
    visit.starts_at, visit.ends_at = when.starts_at, when.ends_at
    if visit.worker_id != content.worker_id:
        visit.worker_id = content.worker_id
    visit.state = content.state
    visit.activities = _activities(content)
    visit.note = _note_of(content)


def _says(visit: Visit, content: VisitContent, when: Instants) -> bool:
    return (
        visit.starts_at == when.starts_at
        and visit.ends_at == when.ends_at
        and visit.worker_id == content.worker_id
        and visit.state == content.state
        and list(visit.activities) == _activities(content)
        and visit.note == _note_of(content)
    )


def _activities(content: VisitContent) -> list[str]:
    return sorted(set(content.activities))


def _note_of(content: VisitContent) -> str:
    return " ".join(content.note.split())


def _save(visit: Visit, *, insert: bool) -> None:
    require_valid(visit, exclude=_NOT_VALIDATED)
    try:
        with transaction.atomic():
            visit.save(force_insert=insert, force_update=not insert)
    except IntegrityError as error:
        raise DomainError(
            "already_there",
            _("This visit is in the diary already: the same worker, start and end."),
            field="start",
        ) from error
    if not insert:
        visit.refresh_from_db(fields=["date", "start", "minutes"])


def _changed_meanwhile(stored: Visit | None) -> "VisitConflict":
    if stored is None:
        sentence = _("Somebody else removed this entry meanwhile. Keep yours, or leave it removed.")
    else:
        sentence = _("Somebody else entered something here meanwhile. Compare both, and keep one.")
    return VisitConflict(sentence, [] if stored is None else [stored])


class VisitConflict(Conflict):
    """Somebody was faster; `visits` are what stands there now."""

    def __init__(self, message: Any, visits: list[Visit]) -> None:
        super().__init__("changed_meanwhile", message, current={"visits": [_summary(v) for v in visits]})
        self.visits = visits


def _summary(visit: Visit) -> dict[str, Any]:
    """What the audit line keeps of a visit: never the note."""
    return {
        "visit": visit.pk,
        "decision": visit.decision_id,
        "worker": visit.worker_id,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "state": visit.state,
        "activities": list(visit.activities),
        "version": visit.version,
    }
