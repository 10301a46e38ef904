"""Advice: appointments of a month, and bringing many at once."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.advice.files import COLUMNS
from reporting.advice.models import Appointment
from reporting.exchange import importing
from reporting.exchange import serializers as shapes
from reporting.exchange.actions import Held, bring_advice
from reporting.exchange.api.base import ApiView, caller_of
from reporting.exchange.api.batches import read_loose_batch
from reporting.exchange.api.documented import pages_of, reading, writing
from reporting.exchange.api.once import answered_once
from reporting.exchange.api.reading import ListView
from reporting.exchange.models import Scope
from reporting.exchange.queries.feed import read_advice_changes
from reporting.exchange.rules import write_cursor

_READ, _WRITE = Scope.ADVICE_READ.value, Scope.ADVICE_WRITE.value
_EXAMPLE = OpenApiExample(
    "advice",
    value={
        "advice": [
            {
                "date": "2026-10-05",
                "time": "16:30",
                "adviser": "W001",
                "type": "legal",
                "minutes": 60,
                "place": "office",
                "person": "K-17",
            }
        ],
    },
    request_only=True,
)


class AdviceView(ListView):
    """Advice given by the organisation; of persons and topics nothing is given out."""

    scopes: ClassVar[dict[str, str]] = {"GET": _READ, "POST": _WRITE}
    shape = shapes.AdviceOut
    asks = shapes.VisitsIn

    def rows(self, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
        access, month = caller_of(request).access, Month.of(asked["month"])
        rows: QuerySet[Any] = Appointment.objects.visible_to(access).between(month.first, month.last)
        if "contract" in asked:
            own = Contract.objects.visible_to(access)
            rows = rows.filter(contract=importing.contract_of(asked["contract"], own))
        return rows.select_related("contract", "adviser")

    @reading(_("Advice of a month"), pages_of(shapes.AdviceOut), scope=_READ, asks=shapes.VisitsIn)
    def get(self, request: Request) -> Response:
        return self.answer(request)

    @writing(
        _("Bring advice, all or none"),
        shapes.AdviceBatchIn,
        shapes.BatchOut,
        scope=_WRITE,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        return answered_once(request, lambda call: _bring(request, call))


class AdviceChangesView(ApiView):
    """Advice in the order in which it changed; ask again with `next` to go on where the last answer ended."""

    scopes: ClassVar[dict[str, str]] = {"GET": _READ}

    @reading(_("Changes of advice"), shapes.AdviceChangesOut, scope=_READ, asks=shapes.PageIn)
    def get(self, request: Request) -> Response:
        asked = shapes.checked(shapes.PageIn(data=request.query_params))
        changes = read_advice_changes(caller_of(request).access, asked.get("cursor"), asked["limit"])
        following = request.query_params.get("cursor")
        if changes.items:
            following = write_cursor(changes.items[-1].changed_at, changes.items[-1].pk)
        return Response({**shapes.AdviceChangesOut(changes).data, "next": following})


def _bring(request: Request, call: Held | None) -> dict[str, Any]:
    caller = caller_of(request)
    contract, given = read_loose_batch(request, "advice")
    rows = importing.shape_rows(given, COLUMNS, numbers={"minutes"})
    return bring_advice(contract, rows, token=caller.token, call=call, actor=caller.actor)
