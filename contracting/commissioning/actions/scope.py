"""Verbs on step 2: the items of the scope, the terms of delivery, the indicators of quality."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.rows import Line, write_rows
from contracting.commissioning.actions.steps import require_open_step
from contracting.commissioning.models import Cycle, QualityIndicator, ScopeItem
from contracting.commissioning.rules.scope import Availability, wrong_hours
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

SCOPE_FIELDS = ("activity", "need", "performer", "mode", "times_week", "minutes_each", "persons", "note")
INDICATOR_FIELDS = ("name", "unit", "direction", "target", "method", "measure")
_TERMS = ("places", "support_network", "availability")


def edit_scope(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the items of the scope. Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.SCOPE)
        for number, line in enumerate(lines, start=1):
            _refuse_foreign(number, cycle, line)
        change = write_rows(cycle, ScopeItem, SCOPE_FIELDS, lines, seen=seen)
        if change:
            _note("edit_scope", cycle, change, actor)


def _refuse_foreign(number: int, cycle: Cycle, line: Line) -> None:
    if line["activity"].service_id != cycle.service_id:
        raise DomainError(
            "foreign_activity",
            _("Row %(number)s: the activity belongs to another service.") % {"number": number},
        )
    if line["need"] is not None and line["need"].cycle_id != cycle.pk:
        raise DomainError(
            "foreign_need", _("Row %(number)s: the need belongs to another cycle.") % {"number": number}
        )


def edit_indicators(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the indicators of quality; their results come in step 7. Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.SCOPE)
        change = write_rows(cycle, QualityIndicator, INDICATOR_FIELDS, lines, seen=seen)
        if change:
            _note("edit_indicators", cycle, change, actor)


def _terms(cycle: Cycle) -> dict[str, Any]:
    return {name: getattr(cycle, name) for name in _TERMS}


def terms_stamp(cycle: Cycle) -> str:
    """The stamp of the terms of delivery as they stand."""
    return stamp_of(_terms(cycle))


def edit_terms(
    cycle: Cycle,
    *,
    places: str,
    support_network: str,
    hours: Sequence[Availability],
    seen: str | None = None,
    actor: Actor,
) -> Cycle:
    """Say where and when the service is there, and who helps outside its hours (S-022).

    Raises Conflict, DomainError `hours_backwards`, `hours_overlap`, `invalid`.
    """
    wrong = wrong_hours(hours)
    if wrong is not None:
        fault, number = wrong
        raise DomainError(
            f"hours_{fault}",
            {
                "backwards": _("Row %(number)s: the end must come after the begin. Midnight is 00:00."),
                "overlap": _(
                    "Row %(number)s: these hours overlap with those of a row above on the same weekday."
                ),
            }[fault]
            % {"number": number},
        )
    with transaction.atomic():
        require_open_step(cycle, steps.SCOPE)
        locked: Cycle = Cycle.objects.get(pk=cycle.pk)
        require_unchanged(seen, terms_stamp(locked))
        before = _terms(locked)
        locked.places, locked.support_network = places, support_network
        locked.availability = [one.as_json() for one in hours]
        require_valid(locked)
        locked.save(update_fields=_TERMS)
        if _terms(locked) != before:
            _note("edit_terms", cycle, {"before": before, "after": _terms(locked)}, actor)
    return locked


def _note(verb: str, cycle: Cycle, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=payload)
