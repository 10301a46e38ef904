"""Bringing visits and advice from a provider's system: as files are, with one more look at the token before the end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from contracting.contracts.models import Contract
from kernel.access import Actor
from reporting.advice.actions import record_advice_rows
from reporting.advice.files import AdviceRefusal
from reporting.delivery.actions.imports import RowsRefused, import_rows
from reporting.delivery.files import DiaryFile
from reporting.delivery.models import Visit
from reporting.exchange.actions.once import Held, finish_call
from reporting.exchange.gates import require_live
from reporting.exchange.models import Token


def bring_visits(
    contract: Contract, diary: DiaryFile, *, token: Token, call: Held | None, actor: Actor
) -> dict[str, Any]:
    """Save all rows or none; gives the answer, kept with the call in the same transaction.

    Raises RowsRefused with every refused row, NotRecognised where the token was revoked meanwhile.
    """
    with transaction.atomic():
        outcome = import_rows(contract, diary, source=Visit.Source.API, actor=actor)
        require_live(token)
        answer = {
            "rows": outcome.rows,
            "added": outcome.added,
            "present": outcome.present,
            "remarks": [remark.as_json() for remark in outcome.remarks],
        }
        if call is not None:
            finish_call(call, 200, answer)
    return answer


def bring_advice(
    contract: Contract | None,
    rows: Sequence[Mapping[str, str]],
    *,
    token: Token,
    call: Held | None,
    actor: Actor,
) -> dict[str, Any]:
    """The same for advice; the advisers are of the token's organisation, the contract may be missing."""
    with transaction.atomic():
        recorded = record_advice_rows(
            rows, organisation_ids=frozenset({token.organisation_id}), contract=contract, actor=actor
        )
        if recorded.refusals:
            raise RowsRefused([_from_one(refusal) for refusal in recorded.refusals])
        require_live(token)
        answer = {
            "rows": recorded.rows,
            "added": recorded.added,
            "present": recorded.present,
            "remarks": [_from_one(each).as_json() for each in recorded.remarks],
        }
        if call is not None:
            finish_call(call, 200, answer)
    return answer


def _from_one(refusal: AdviceRefusal) -> AdviceRefusal:
    """Rows of a call count from 1, those of a file from 2, under its header."""
    details = dict(refusal.details)
    if "rows" in details:
        details["rows"] = ", ".join(str(int(row) - 1) for row in details["rows"].split(", "))
    return replace(refusal, row_number=(refusal.row_number or 1) - 1 or None, details=details)
