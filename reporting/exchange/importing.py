"""Rows of a call as the table that a file with the same rows would give; what they say is the import's to check."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract
from kernel.errors import DomainError, Sentence
from reporting.delivery.files import COLUMNS, SourceTable
from reporting.delivery.models import Visit

_LIST_OF_CODES = _('Activities are a list of codes, like ["shopping", "hygiene"].')
_NO_TEXT = _("“{name}” is text in quotation marks.")
_NO_FIELD = _("There is no field “{name}”: use {known}.")


class WrongShape(DomainError):
    """Rows of a call are no objects of texts; `faults` are (row, column, sentence)."""

    def __init__(self, faults: list[tuple[int, str, Sentence]]) -> None:
        super().__init__(
            "wrong_shape", _("Some visits do not have the shape of a visit, and nothing was saved.")
        )
        self.faults = faults


def table_of(rows: list[Any]) -> SourceTable:
    """Visits of a call as the table that a file with the same visits would give, numbered from 1. Raises WrongShape."""
    shaped = shape_rows(rows, COLUMNS, lists={"activities"})
    return SourceTable(
        COLUMNS, [(at, [row[name] for name in COLUMNS]) for at, row in enumerate(shaped, start=1)]
    )


def corrected_table(visit: Visit, body: Any) -> SourceTable:
    """The visit with what the body says instead, as a file with this one row. Raises DomainError, WrongShape."""
    if not isinstance(body, dict) or not body:
        raise DomainError(
            "wrong_body", _("Send an object with at least one field of the visit that changes.")
        )
    [said] = shape_rows([body], [name for name in COLUMNS if name != "decision_number"], lists={"activities"})
    row = {
        "decision_number": visit.decision.number,
        "date": f"{visit.date}",
        "start": f"{visit.start:%H:%M}",
        "end": f"{timezone.localtime(visit.ends_at):%H:%M}",
        "worker": visit.worker.code,
        "activities": "|".join(visit.activities),
        "status": visit.state,
        "note": visit.note,
        **{name: text for name, text in said.items() if name in body},
    }
    return SourceTable(COLUMNS, [(1, [row[name] for name in COLUMNS])])


def shape_rows(
    rows: list[Any],
    columns: Sequence[str],
    *,
    lists: Collection[str] = (),
    numbers: Collection[str] = (),
) -> list[dict[str, str]]:
    """Rows as texts by column; what the texts say is for the check of the import.

    Raises WrongShape for what is no object of texts (lists of texts, whole numbers where named).
    """
    faults: list[tuple[int, str, Sentence]] = []
    shaped = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping) or not any(row.values()):
            faults.append((number, "", _("This is no object with fields, or it is empty.")))
            continue
        for name in row:
            if name not in columns:
                known = ", ".join(columns)
                faults.append((number, name[:40], format_lazy(_NO_FIELD, name=name[:40], known=known)))
        texts = {}
        for name in columns:
            texts[name] = text = _text_of(row.get(name), is_list=name in lists, is_number=name in numbers)
            if text is None:
                sentence = _LIST_OF_CODES if name in lists else format_lazy(_NO_TEXT, name=name)
                faults.append((number, name, sentence))
        shaped.append(texts)
    if faults:
        raise WrongShape(faults)
    return cast(list[dict[str, str]], shaped)


def _text_of(value: Any, *, is_list: bool, is_number: bool) -> str | None:
    """The value as the cell of a file; None where it is of another kind."""
    if value is None:
        return ""
    if is_list:
        fits = isinstance(value, list) and all(isinstance(code, str) for code in value)
        return "|".join(value) if fits else None
    if is_number and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else None


def contract_of(given: Any, contracts: Any) -> Contract:
    """The contract that a call names. Raises DomainError `unknown_contract`."""
    found: Contract | None = (
        contracts.filter(number=given).first() if isinstance(given, str) and "\x00" not in given else None
    )
    if found is None:
        raise DomainError(
            "unknown_contract",
            _("Your organisation has no contract of this number here. Take it from the list of contracts."),
            field="contract",
            value=str(given)[:80],
        )
    return found
