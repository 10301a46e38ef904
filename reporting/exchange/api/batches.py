"""The body of a bulk call: a contract and a list that is not too long."""

from typing import Any, cast

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from contracting.contracts.models import Contract
from kernel.errors import DomainError
from reporting.exchange import importing
from reporting.exchange.api.base import TooLarge, caller_of


def read_batch(request: Request, name: str) -> tuple[Contract, list[Any]]:
    """The contract and the rows under `name`. Raises DomainError, TooLarge above the limit of rows."""
    rows = _rows(request.data, name)
    contracts = Contract.objects.visible_to(caller_of(request).access)
    return importing.contract_of(_body(request).get("contract"), contracts), rows


def read_loose_batch(request: Request, name: str) -> tuple[Contract | None, list[Any]]:
    """The same where the contract may be missing."""
    rows = _rows(request.data, name)
    if _body(request).get("contract") is None:
        return None, rows
    return read_batch(request, name)


def _body(request: Request) -> dict[str, Any]:
    return cast(dict[str, Any], request.data)


def _rows(body: Any, name: str) -> list[Any]:
    rows = body.get(name) if isinstance(body, dict) else None
    if not isinstance(rows, list) or not rows:
        raise DomainError(
            "wrong_body",
            format_lazy(_("Send an object with a list “{name}” of at least one row."), name=name),
            field=name,
        )
    if len(rows) > settings.EXCHANGE_ROWS_MAX:
        raise TooLarge(
            "too_many_rows",
            format_lazy(
                _("The call brings {count} rows and may bring at most {limit}. Send them in several calls."),
                count=len(rows),
                limit=settings.EXCHANGE_ROWS_MAX,
            ),
            field=name,
            value=len(rows),
        )
    return rows
