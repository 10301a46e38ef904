"""Verbs on the tenant's own values of limits of the law."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
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

    It acts from the next day at the earliest: calls published until then were published under what held then.
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
    """Change a value of the tenant's own; of one that acts already its end, article and source only.

    Raises Conflict, and DomainError `limit_in_force` or with the fields that are wrong.
    """
    with transaction.atomic():
        locked: LegalLimit = LegalLimit.objects.select_for_update().get(pk=row.pk)
        require_unchanged(seen, limit_stamp(locked))
        before = _as_values(locked)
        _require_past_kept(locked, terms)
        _write(locked, terms)
        after = _as_values(locked)
        if after != before:
            _note("change_limit", locked, {"before": before, "after": after}, actor)
    return locked


def remove_limit(row: LegalLimit, *, actor: Actor) -> None:
    """Take a value of the tenant's own away that does not act yet. Gone already is no error.

    Raises DomainError `limit_in_force`: what was done under a value rests on it.
    """
    with transaction.atomic():
        locked = LegalLimit.objects.select_for_update().filter(pk=row.pk).first()
        if locked is None:
            return
        if locked.acts_from <= timezone.localdate():
            raise DomainError(
                "limit_in_force",
                _("This value acts already, and calls rest on it: give it an end instead of removing it."),
                value=locked.valid_from,
            )
        _note("remove_limit", locked, {"before": _as_values(locked)}, actor)
        locked.delete()


def _require_past_kept(row: LegalLimit, terms: LimitTerms) -> None:
    """A value that acts stays as it is for the days that have come: only its end may move, and not into the past."""
    today = timezone.localdate()
    if row.acts_from > today:
        return
    for field in ("value", "valid_from"):
        if getattr(row, field) != getattr(terms, field):
            raise DomainError(
                "limit_in_force",
                _("This value acts already, and calls rest on it: give it an end and enter a new one."),
                field=field,
                value=getattr(terms, field),
            )
    ends = [end for end in (row.valid_to, terms.valid_to) if end is not None]
    if row.valid_to != terms.valid_to and any(end < today for end in ends):
        raise DomainError(
            "limit_end_past",
            _("The end of a value that acts moves among the days to come only: choose today or later."),
            field="valid_to",
            value=terms.valid_to,
        )


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
    today = timezone.localdate()
    if row._state.adding or row.acts_from > today:
        row.acts_from = max(terms.valid_from, today + timedelta(days=1))
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
