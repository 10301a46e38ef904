"""What a provider's system may read: whose token it is, reference data, visits and their changes, months."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import record_reading
from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract, Worker
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import Visit
from reporting.exchange import importing
from reporting.exchange import serializers as shapes
from reporting.exchange.api.base import ApiView, caller_of
from reporting.exchange.api.documented import pages_of, reading
from reporting.exchange.models import Scope
from reporting.exchange.queries.feed import read_changes, read_decision_changes
from reporting.exchange.rules import EPOCH, write_cursor

_READ = Scope.VISITS_READ.value


class TokenView(ApiView):
    """Which token is shown, what it opens and until when."""

    @reading(_("The token itself"), shapes.TokenOut)
    def get(self, request: Request) -> Response:
        return Response(shapes.TokenOut(caller_of(request).token).data)


class ListView(ApiView):
    """A list in pages ordered by id; `page` names it in the record of readings."""

    scopes: ClassVar[dict[str, str]] = {"GET": _READ}
    shape: Any = None
    asks: Any = shapes.PageIn
    page = ""

    def rows(self, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
        """What the caller may see of it."""
        raise NotImplementedError

    def subjects(self, rows: Iterable[Any]) -> tuple[str, set[UUID]]:
        """Whose personal data a page shows: their kind and ids; of contracts and activities nobody's."""
        return "", set()

    def answer(self, request: Request) -> Response:
        asked = shapes.checked(self.asks(data=request.query_params))
        rows = self.rows(request, asked).order_by("pk")
        if "cursor" in asked:
            rows = rows.filter(pk__gt=asked["cursor"][1])
        found = list(rows[: asked["limit"] + 1])
        shown = found[: asked["limit"]]
        kind, ids = self.subjects(shown)
        record_reading(self.page, actor=caller_of(request).actor, subject_type=kind, subject_ids=ids)
        return Response(
            {
                "items": self.shape(shown, many=True).data,
                "next": write_cursor(EPOCH, shown[-1].pk) if len(found) > len(shown) else None,
            }
        )


class ContractsView(ListView):
    shape = shapes.ContractOut

    def rows(self, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = Contract.objects.visible_to(caller_of(request).access)
        return rows.select_related("service")

    @reading(_("Contracts"), pages_of(shapes.ContractOut), scope=_READ, asks=shapes.PageIn)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class ActivitiesView(ListView):
    shape = shapes.ActivityOut

    def rows(self, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
        own = Contract.objects.visible_to(caller_of(request).access).order_by()
        rows: QuerySet[Any] = Activity.objects.filter(service__in=own.values("service"))
        return rows.select_related("service")

    @reading(_("Activities of the services"), pages_of(shapes.ActivityOut), scope=_READ, asks=shapes.PageIn)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class WorkersView(ListView):
    shape = shapes.WorkerOut
    page = "exchange:workers"

    def rows(self, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = Worker.objects.visible_to(caller_of(request).access)
        return rows

    def subjects(self, rows: Iterable[Any]) -> tuple[str, set[UUID]]:
        return "worker", {worker.pk for worker in rows}

    @reading(_("Workers"), pages_of(shapes.WorkerOut), scope=_READ, asks=shapes.PageIn)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class DecisionsView(ListView):
    shape = shapes.DecisionOut
    page = "exchange:decisions"

    def rows(self, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
        rows: QuerySet[Any] = Decision.objects.visible_to(caller_of(request).access)
        return rows.select_related("contract", "person").prefetch_related("suspensions")

    def subjects(self, rows: Iterable[Any]) -> tuple[str, set[UUID]]:
        return "person", {decision.person_id for decision in rows}

    @reading(_("Decisions"), pages_of(shapes.DecisionOut), scope=_READ, asks=shapes.PageIn)
    def get(self, request: Request) -> Response:
        return self.answer(request)


def list_visits(view: ListView, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
    """The visits of a month, of one contract where that is named."""
    access, month = caller_of(request).access, Month.of(asked["month"])
    rows: QuerySet[Any] = Visit.objects.visible_to(access).beginning_in(month.first, month.last)
    if "contract" in asked:
        own = Contract.objects.visible_to(access)
        rows = rows.filter(decision__contract=importing.contract_of(asked["contract"], own))
    return rows.select_related("decision__contract", "worker")


class ChangesView(ApiView):
    """Visits in the order in which they changed; ask again with `next` to go on where the last answer ended."""

    scopes: ClassVar[dict[str, str]] = {"GET": _READ}

    @reading(_("Changes of visits"), shapes.ChangesOut, scope=_READ, asks=shapes.PageIn)
    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        asked = shapes.checked(shapes.PageIn(data=request.query_params))
        changes = read_changes(caller.access, asked.get("cursor"), asked["limit"])
        persons = {change.visit.decision.person_id for change in changes.items if change.visit is not None}
        record_reading("exchange:changes", actor=caller.actor, subject_type="person", subject_ids=persons)
        following = request.query_params.get("cursor")
        if changes.items:
            last = changes.items[-1]
            following = write_cursor(last.changed_at, last.pk)
        return Response({**shapes.ChangesOut(changes).data, "next": following})


class DecisionChangesView(ApiView):
    """Decisions of the own contracts in the order in which they were issued or changed."""

    scopes: ClassVar[dict[str, str]] = {"GET": _READ}

    @reading(_("Changes of decisions"), shapes.DecisionChangesOut, scope=_READ, asks=shapes.PageIn)
    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        asked = shapes.checked(shapes.PageIn(data=request.query_params))
        changes = read_decision_changes(caller.access, asked.get("cursor"), asked["limit"])
        persons = {change.decision.person_id for change in changes.items}
        record_reading(
            "exchange:decision_changes", actor=caller.actor, subject_type="person", subject_ids=persons
        )
        following = request.query_params.get("cursor")
        if changes.items:
            following = write_cursor(changes.items[-1].changed_at, changes.items[-1].decision_id)
        return Response({**shapes.DecisionChangesOut(changes).data, "next": following})


class MonthsView(ApiView):
    """Where the month of each contract stands; a month of which nothing was said yet is open."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.MONTHS_READ.value}

    @reading(_("State of a month"), shapes.MonthsOut, scope=Scope.MONTHS_READ.value, asks=shapes.MonthIn)
    def get(self, request: Request) -> Response:
        asked = shapes.checked(shapes.MonthIn(data=request.query_params))
        month = Month.of(asked["month"])
        contracts = list(
            Contract.objects.visible_to(caller_of(request).access)
            .filter(valid_from__lte=month.last, valid_to__gte=month.first)
            .order_by("number")
        )
        stored = {
            row.contract_id: row
            for row in ContractMonth.objects.filter(contract__in=contracts, month=month.first).defer(
                "snapshot"
            )
        }
        rows = []
        for contract in contracts:
            row = stored.get(contract.pk) or ContractMonth(contract=contract, month=month.first)
            row.contract = contract
            rows.append(row)
        return Response({"items": shapes.MonthOut(rows, many=True).data})
