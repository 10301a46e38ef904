"""Saving what was typed into the grid: operations in order, each whole or refused, sent again without harm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract, Worker
from kernel.access import Access, Actor
from kernel.errors import DomainError
from reporting.care.locking import anonymised, hold_persons_of
from reporting.care.models import Decision
from reporting.delivery.actions.visits import (
    Ledger,
    VisitConflict,
    VisitContent,
    removed_meanwhile,
    write_change,
    write_new,
    write_removal,
)
from reporting.delivery.locking import lock_diary
from reporting.delivery.models import RemovedVisit, Visit
from reporting.delivery.permissions import may_enter_for

Kind = Literal["record", "change", "remove"]


@dataclass(frozen=True)
class Operation:
    """One thing typed. `visit_id` is made by the browser; `version` is the one it saw (change, remove).

    `seen` are the visits that stood in the cell when a new one was typed: where another stands there by now, the
    later of two people is told and sees both. None asks for no such check. `source` says where a new one comes from.
    """

    id: UUID
    kind: Kind
    visit_id: UUID
    decision_id: UUID
    version: int = 0
    content: VisitContent | None = None
    seen: frozenset[UUID] | None = None
    source: str = Visit.Source.GRID


@dataclass
class Outcome:
    """What became of an operation: `visit` as it stands (None: removed), or the refusal; `current` in a conflict."""

    operation: Operation
    visit: Visit | None = None
    error: DomainError | None = None
    current: list[Visit] = field(default_factory=list)


def save_cells(
    contract: Contract, operations: Sequence[Operation], *, access: Access, actor: Actor
) -> list[Outcome]:
    """Do the operations in order in one transaction; one that is refused leaves the others as they are.

    Sending them again after a lost answer gives the same outcomes and writes nothing twice; what somebody removed
    meanwhile stays removed, and the sender is told.
    """
    with transaction.atomic():
        gone = hold_persons_of({operation.decision_id for operation in operations})
        lock_diary(contract.pk)
        batch = _Batch(contract, operations, gone, access, actor)
        outcomes = [batch.apply(operation) for operation in operations]
        if batch.written:
            record(
                "save_diary_cells",
                actor=actor,
                subject_type="contract",
                subject_id=contract.pk,
                payload={"visits": batch.written},
            )
    return outcomes


class _Batch:
    """The state of the cells that the operations name, kept up to date while they are applied."""

    def __init__(
        self,
        contract: Contract,
        operations: Sequence[Operation],
        gone: dict[UUID, str],
        access: Access,
        actor: Actor,
    ) -> None:
        self._gone = gone
        self._ledger = Ledger(contract.pk, contract.organisation_id)
        self._access = access
        self._actor = actor
        self.written: list[dict[str, Any]] = []
        decisions = {operation.decision_id for operation in operations}
        self._decisions: dict[UUID, Decision] = {
            decision.pk: decision
            for decision in Decision.objects.filter(contract=contract, pk__in=decisions)
            .visible_to(access)
            .select_related("contract")
        }
        self._visits = self._stored(operations)
        self._workers: dict[UUID, Worker] = Worker.objects.in_bulk(
            {operation.content.worker_id for operation in operations if operation.content is not None}
        )
        recorded = [operation.visit_id for operation in operations if operation.kind == "record"]
        self._removed: set[UUID] = set(
            RemovedVisit.objects.filter(pk__in=recorded).values_list("pk", flat=True)
        )
        self._visible_ids: set[UUID] = set(
            Visit.objects.visible_to(access).filter(pk__in=self._visits).values_list("pk", flat=True)
        )

    def _stored(self, operations: Sequence[Operation]) -> dict[UUID, Visit]:
        """The visits named by id, and those that stand in the cells."""
        days = {operation.content.day for operation in operations if operation.content is not None}
        named = Visit.objects.filter(pk__in=[operation.visit_id for operation in operations])
        cells = Visit.objects.filter(decision_id__in=self._decisions, date__in=days)
        return {visit.pk: visit for visit in (named | cells).select_related("worker")}

    def apply(self, operation: Operation) -> Outcome:
        """One operation in a savepoint of its own."""
        try:
            with transaction.atomic():
                visit, payload = self._write(operation)
        except VisitConflict as conflict:
            return Outcome(operation, error=conflict, current=conflict.visits)
        except DomainError as error:
            return Outcome(operation, error=error)
        if payload:
            self.written.append({"verb": operation.kind, "visit": operation.visit_id, **payload})
        if visit is None:
            if self._visits.pop(operation.visit_id, None) is not None:
                self._removed.add(operation.visit_id)
        else:
            self._visits[visit.pk] = visit
            self._visible_ids.add(visit.pk)
        return Outcome(operation, visit)

    def _write(self, operation: Operation) -> tuple[Visit | None, dict[str, Any]]:
        decision = self._decisions.get(operation.decision_id)
        if decision is None:
            raise DomainError(
                "unknown_decision",
                _("This decision does not belong to the contract of this diary. Reload the page."),
                field="decision",
            )
        if decision.person_id in self._gone:
            raise anonymised(self._gone[decision.person_id])
        stored = self._visits.get(operation.visit_id)
        self._require_own(operation, stored)
        if operation.kind == "remove":
            return None, write_removal(self._ledger, decision, stored, operation.version)
        if operation.content is None:
            raise DomainError("missing_content", _("The entry is empty. Type it again."), field="content")
        if operation.kind == "change":
            return write_change(
                self._ledger, decision, stored, operation.version, operation.content, actor=self._actor
            )
        if stored is None:
            if operation.visit_id in self._removed:
                raise removed_meanwhile()
            self._require_seen(operation, operation.content.day)
        return write_new(
            self._ledger,
            operation.visit_id,
            decision,
            operation.content,
            stored,
            actor=self._actor,
            source=operation.source,
        )

    def _require_own(self, operation: Operation, stored: Visit | None) -> None:
        """Carers write their own visits only; a visit of another decision or organisation is no visit of this one."""
        if stored is not None and stored.decision_id != operation.decision_id:
            raise DomainError("unknown_visit", _("This visit belongs to another decision. Reload the page."))
        workers = [] if stored is None else [stored.worker]
        if operation.content is not None and operation.content.worker_id in self._workers:
            workers.append(self._workers[operation.content.worker_id])
        for worker in workers:
            verdict = may_enter_for(self._access, worker)
            if not verdict:
                raise DomainError("not_yours", verdict.reason, field="worker")

    def _require_seen(self, operation: Operation, day: date) -> None:
        if operation.seen is None:
            return
        unseen = [
            visit
            for visit in self._visits.values()
            if visit.decision_id == operation.decision_id
            and visit.date == day
            and visit.pk in self._visible_ids
            and visit.pk not in operation.seen
        ]
        if unseen:
            raise VisitConflict(
                _("Somebody else entered something here meanwhile. Compare both, and keep one."),
                sorted(unseen, key=lambda visit: visit.starts_at),
            )
