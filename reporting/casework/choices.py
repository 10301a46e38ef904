"""What a programme, a training or a result can belong to, as a choice."""

from typing import Any

from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle, Service
from contracting.contracts.models import Contract
from kernel.polish import in_order
from reporting.casework.models import NONE
from ui.formatting import format_date_short


def belonging_choices(kept: str = "") -> list[tuple[str, Any]]:
    """Contracts and cycles, the newest first, and services; three queries.

    An abandoned cycle is offered only to a row that belongs to it already (`kept`).
    """
    contracts = Contract.objects.select_related("organisation", "service").order_by("-valid_from", "number")
    cycles = Cycle.objects.select_related("service").order_by("-period_from", "title")
    services = Service.objects.order_by(in_order("name"))
    return [
        ("", _("choose")),
        (NONE, _("to none of them: it is the unit's own work")),
        (_("Contracts"), [(f"contract:{one.pk}", _contract(one)) for one in contracts]),
        (
            _("Cycles"),
            [
                (f"cycle:{one.pk}", _cycle(one))
                for one in cycles
                if one.state != Cycle.State.ABANDONED or kept == f"cycle:{one.pk}"
            ],
        ),
        (_("Services"), [(f"service:{one.pk}", str(one)) for one in services]),
    ]


def _contract(one: Contract) -> str:
    days = f"{format_date_short(one.valid_from)}–{format_date_short(one.valid_to)}"
    return f"{one.number} · {one.organisation} · {one.service} · {days}"


def _cycle(one: Cycle) -> str:
    return f"{one.title} · {one.service}"
