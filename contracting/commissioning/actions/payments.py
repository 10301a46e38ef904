"""Verbs on tables of what persons pay (L-53, L-54)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.models import PaymentTable, Service
from contracting.commissioning.rules.payments import Band, fault_of
from kernel.access import Actor
from kernel.errors import DomainError, Sentence
from kernel.money import to_grosz
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

_FIELDS = ("name", "source", "valid_from", "price_per_hour", "rounding", "small_uncollected", "bands")
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class TableTerms:
    """A table as somebody writes it: its words, from when it holds, the price of an hour (PLN), rounding, bands."""

    name: str
    source: str
    valid_from: date
    price_per_hour: Decimal
    rounding: str
    bands: Sequence[Band]
    small_uncollected: bool = False


def _as_values(table: PaymentTable) -> dict[str, Any]:
    return {"service": table.service_id, **{field: getattr(table, field) for field in _FIELDS}}


def table_stamp(table: PaymentTable) -> str:
    """The stamp of the table as it stands."""
    return stamp_of(_as_values(table))


def create_table(service: Service, terms: TableTerms, *, actor: Actor) -> PaymentTable:
    """A new version of what persons pay for a service. Raises DomainError with what is wrong."""
    table = PaymentTable(service=service)
    with transaction.atomic():
        _write(table, terms)
        _note("create_payment_table", table, {"after": _as_values(table)}, actor)
    return table


def change_table(
    table: PaymentTable, terms: TableTerms, *, seen: str | None = None, actor: Actor
) -> PaymentTable:
    """Correct a version; of one in force its name and source only.

    Raises Conflict, DomainError `table_in_force`, and others with what is wrong.
    """
    with transaction.atomic():
        locked: PaymentTable = PaymentTable.objects.select_for_update().get(pk=table.pk)
        require_unchanged(seen, table_stamp(locked))
        before, is_in_force = _as_values(locked), locked.valid_from <= timezone.localdate()
        _write(locked, terms)
        if is_in_force:
            _require_same_rates(before, _as_values(locked))
        after = _as_values(locked)
        if after != before:
            _note("change_payment_table", locked, {"before": before, "after": after}, actor)
    return locked


def _require_same_rates(before: dict[str, Any], after: dict[str, Any]) -> None:
    for field in ("valid_from", "price_per_hour", "rounding", "small_uncollected", "bands"):
        if before[field] != after[field]:
            raise DomainError(
                "table_in_force",
                _("The table is in force, and payments rest on it: enter a new version instead."),
                field=None if field == "bands" else field,
            )


def remove_table(table: PaymentTable, *, today: date, actor: Actor) -> None:
    """Remove a version that does not hold yet. Raises DomainError `table_in_force`; gone already is no error."""
    with transaction.atomic():
        locked = PaymentTable.objects.select_for_update().filter(pk=table.pk).first()
        if locked is None:
            return
        if locked.valid_from <= today:
            raise DomainError(
                "table_in_force",
                _("The table is in force, and payments rest on it: enter a new version instead."),
                value=locked.valid_from,
            )
        _note("remove_payment_table", locked, {"before": _as_values(locked)}, actor)
        locked.delete()


def _write(table: PaymentTable, terms: TableTerms) -> None:
    _require_bands(terms.bands)
    table.name, table.source, table.valid_from = terms.name, terms.source, terms.valid_from
    table.price_per_hour, table.rounding = to_grosz(terms.price_per_hour), terms.rounding
    table.small_uncollected = terms.small_uncollected
    table.bands = [band.as_json() for band in terms.bands]
    require_valid(table)
    try:
        with transaction.atomic():
            table.save()
    except IntegrityError as error:
        raise DomainError(
            "table_twice",
            _("The service has a table valid from this day already."),
            field="valid_from",
            value=terms.valid_from,
        ) from error


def _require_bands(bands: Sequence[Band]) -> None:
    found = fault_of(bands)
    if found is not None:
        fault, row = found
        raise DomainError(f"bands_{fault}", _FAULTS[fault] % {"row": row}, value=row)
    for row, band in enumerate(bands, start=1):
        if band.alone > _HUNDRED or band.family > _HUNDRED:
            raise DomainError(
                "percent_above_hundred",
                _("Row %(row)s: nobody pays more than 100 %% of the price.") % {"row": row},
                value=row,
            )


_FAULTS: dict[str, Sentence] = {
    "empty": _("A table needs at least one band of income."),
    "begins_above_zero": _("Row %(row)s: the first band begins at 0 %% of the criterion."),
    "gap": _("Row %(row)s: between this band and the one above is a gap; begin where that one ends."),
    "overlap": _("Row %(row)s: this band overlaps with the one above; begin where that one ends."),
    "not_open": _("Row %(row)s: leave the end of the last band empty, so that every income is covered."),
    "open_before_last": _("Row %(row)s: only the last band has no end."),
    "not_growing": _("Row %(row)s: a band ends above its begin."),
}


def _note(verb: str, table: PaymentTable, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type="payment_table", subject_id=table.pk, payload=payload)
