"""Verbs on the tenant's own values of limits of the law."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.law import CODES, UNIT_OF, Unit
from contracting.commissioning.models import LegalLimit
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.money import to_grosz
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

_FIELDS = ("code", "value", "unit", "valid_from", "valid_to", "article", "source", "verified")
_IN_PARTS = {Unit.PLN, Unit.EUR, Unit.PERCENT}


@dataclass(frozen=True)
class LimitTerms:
    """A value of a limit as somebody writes it, with the period in which it holds and where it was read."""

    value: Decimal
    valid_from: date
    valid_to: date | None
    article: str
    source: str
    verified: bool


def _as_values(row: LegalLimit) -> dict[str, Any]:
    return {field: getattr(row, field) for field in _FIELDS}


def limit_stamp(row: LegalLimit) -> str:
    """The stamp of the tenant's own value as it stands."""
    return stamp_of(_as_values(row))


def enter_limit(code: str, terms: LimitTerms, *, actor: Actor) -> LegalLimit:
    """A value of the tenant's own for a limit that the product knows, over the one that comes with it.

    Raises DomainError `unknown_limit`, or with the fields that are wrong.
    """
    if code not in CODES:
        raise DomainError("unknown_limit", _("There is no limit with the code “%(code)s”.") % {"code": code})
    row = LegalLimit(code=code, unit=str(UNIT_OF[code]))
    with transaction.atomic():
        _write(row, terms)
        _note("enter_limit", row, {"after": _as_values(row)}, actor)
    return row


def change_limit(row: LegalLimit, terms: LimitTerms, *, seen: str | None = None, actor: Actor) -> LegalLimit:
    """Change a value of the tenant's own. Raises Conflict, and DomainError with the fields that are wrong."""
    with transaction.atomic():
        locked: LegalLimit = LegalLimit.objects.select_for_update().get(pk=row.pk)
        require_unchanged(seen, limit_stamp(locked))
        before = _as_values(locked)
        _write(locked, terms)
        after = _as_values(locked)
        if after != before:
            _note("change_limit", locked, {"before": before, "after": after}, actor)
    return locked


def remove_limit(row: LegalLimit, *, actor: Actor) -> None:
    """Take a value of the tenant's own away; what comes with the product holds again. Gone already is no error."""
    with transaction.atomic():
        locked = LegalLimit.objects.select_for_update().filter(pk=row.pk).first()
        if locked is None:
            return
        _note("remove_limit", locked, {"before": _as_values(locked)}, actor)
        locked.delete()


def _write(row: LegalLimit, terms: LimitTerms) -> None:
    if terms.value <= 0:
        raise DomainError("limit_not_positive", _("A limit is above 0."), field="value", value=terms.value)
    if Unit(row.unit) not in _IN_PARTS and terms.value != terms.value.to_integral_value():
        raise DomainError(
            "limit_not_whole",
            _("This limit counts whole things: write a whole number."),
            field="value",
            value=terms.value,
        )
    row.value, row.valid_from, row.valid_to = to_grosz(terms.value), terms.valid_from, terms.valid_to
    row.article, row.source, row.verified = terms.article, terms.source, terms.verified
    require_valid(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise DomainError(
            "limit_twice",
            _("This limit has a value valid from this day already."),
            field="valid_from",
            value=terms.valid_from,
        ) from error


def _note(verb: str, row: LegalLimit, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type="legal_limit", subject_id=row.pk, payload=payload)
