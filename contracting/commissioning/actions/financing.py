"""Verbs on step 4: sources of money and costs of a cycle."""

from collections.abc import Sequence

from django.db import transaction

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.rows import Line, write_rows
from contracting.commissioning.actions.steps import require_open_step
from contracting.commissioning.models import CostLine, Cycle, FundingSource
from contracting.commissioning.rules.financing import line_amount
from kernel.access import Actor

SOURCE_FIELDS = ("year", "kind", "name", "amount")
COST_FIELDS = ("year", "kind", "name", "unit", "unit_cost", "quantity")


def edit_sources(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the sources of money by year. Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.FINANCING)
        change = write_rows(cycle, FundingSource, SOURCE_FIELDS, lines, seen=seen)
        if change:
            record("edit_sources", actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=change)


def edit_costs(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the costs by year; each amount is the cost of a unit times the quantity, half up to the grosz.

    Raises DomainError, Conflict.
    """
    with transaction.atomic():
        require_open_step(cycle, steps.FINANCING)
        priced = [{**line, "amount": line_amount(line["unit_cost"], line["quantity"])} for line in lines]
        change = write_rows(cycle, CostLine, (*COST_FIELDS, "amount"), priced, seen=seen)
        if change:
            record("edit_costs", actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=change)
