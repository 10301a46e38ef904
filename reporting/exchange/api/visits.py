"""Visits: those of a month, and bringing many at once."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from reporting.delivery.files import check_diary
from reporting.exchange import importing
from reporting.exchange import serializers as shapes
from reporting.exchange.actions import Held, bring_visits
from reporting.exchange.api.base import caller_of
from reporting.exchange.api.batches import read_batch
from reporting.exchange.api.documented import pages_of, reading, writing
from reporting.exchange.api.once import answered_once
from reporting.exchange.api.reading import ListView, list_visits
from reporting.exchange.models import Scope

_EXAMPLE = OpenApiExample(
    "visits",
    value={
        "contract": "U/1/2026",
        "visits": [
            {
                "decision_number": "D/001/2026",
                "date": "2026-10-05",
                "start": "08:00",
                "end": "10:00",
                "worker": "W001",
                "activities": ["shopping", "hygiene"],
                "status": "done",
                "note": "",
            }
        ],
    },
    request_only=True,
)


class VisitsView(ListView):
    """Visits of the organisation."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.VISITS_READ.value, "POST": Scope.VISITS_WRITE.value}
    shape = shapes.VisitOut
    asks = shapes.VisitsIn
    page = "exchange:visits"

    def rows(self, request: Request, asked: dict[str, Any]) -> QuerySet[Any]:
        return list_visits(self, request, asked)

    def subjects(self, rows: Any) -> tuple[str, set[Any]]:
        return "person", {visit.decision.person_id for visit in rows}

    @reading(
        _("Visits of a month"), pages_of(shapes.VisitOut), scope=Scope.VISITS_READ.value, asks=shapes.VisitsIn
    )
    def get(self, request: Request) -> Response:
        return self.answer(request)

    @writing(
        _("Bring visits, all or none"),
        shapes.BatchIn,
        shapes.BatchOut,
        scope=Scope.VISITS_WRITE.value,
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        return answered_once(request, lambda call: _bring(request, call))


def _bring(request: Request, call: Held | None) -> dict[str, Any]:
    caller = caller_of(request)
    contract, rows = read_batch(request, "visits")
    diary = check_diary(importing.table_of(rows))
    return bring_visits(contract, diary, token=caller.token, call=call, actor=caller.actor)
