"""Verbs on step 1: groups, needs, counted resources, consultations, self-diagnosis."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.rows import Line, write_rows
from contracting.commissioning.actions.steps import lock_cycle, require_open_step
from contracting.commissioning.models import (
    Consultation,
    Cycle,
    CycleResource,
    Need,
    SelfAssessmentArea,
    TargetGroup,
)
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import stamp_of

GROUP_FIELDS = ("addressees", "description", "persons", "source", "year")
NEED_FIELDS = ("group", "name", "activity", "specialism", "persons", "minutes_month", "note")
RESOURCE_FIELDS = ("resource", "need", "minutes_month", "note")
CONSULTATION_FIELDS = ("held_on", "form", "participants", "conclusions")
AREA_FIELDS = ("section", "area", "level_now", "level_wanted", "measure", "owner_id", "due_on", "done_on")


def edit_groups(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the groups of the diagnosis. A group with needs cannot be removed. Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.NEEDS_DIAGNOSIS)
        change = write_rows(cycle, TargetGroup, GROUP_FIELDS, lines, seen=seen)
        if change:
            record("edit_groups", actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=change)


def edit_needs(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the needs of the groups. A need that the scope answers cannot be removed. Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.NEEDS_DIAGNOSIS)
        for number, line in enumerate(lines, start=1):
            _refuse_foreign(number, cycle, line)
        change = write_rows(cycle, Need, NEED_FIELDS, lines, seen=seen)
        if change:
            record("edit_needs", actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=change)


def _refuse_foreign(number: int, cycle: Cycle, line: Line) -> None:
    if line["group"].cycle_id != cycle.pk:
        raise DomainError(
            "foreign_group",
            _("Row %(number)s: the group belongs to another cycle.") % {"number": number},
        )
    if line["activity"] is not None and line["activity"].service_id != cycle.service_id:
        raise DomainError(
            "foreign_activity",
            _("Row %(number)s: the activity belongs to another service.") % {"number": number},
        )


def count_resources(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write which resources of the directory the cycle counts on. Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.NEEDS_DIAGNOSIS)
        for number, line in enumerate(lines, start=1):
            if line["need"] is not None and line["need"].cycle_id != cycle.pk:
                raise DomainError(
                    "foreign_need",
                    _("Row %(number)s: the need belongs to another cycle.") % {"number": number},
                )
        change = write_rows(cycle, CycleResource, RESOURCE_FIELDS, lines, seen=seen)
        if change:
            record("count_resources", actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=change)


def edit_consultations(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the consultations held. Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.NEEDS_DIAGNOSIS)
        change = write_rows(cycle, Consultation, CONSULTATION_FIELDS, lines, seen=seen)
        if change:
            record(
                "edit_consultations",
                actor=actor,
                subject_type="cycle",
                subject_id=cycle.pk,
                payload=_without_words(change),
            )


def _without_words(change: dict[str, Any]) -> dict[str, Any]:
    """The change with a stamp in place of the conclusions: people may have been named in them."""
    return {
        when: {pk: {**row, "conclusions": stamp_of(row["conclusions"])} for pk, row in rows.items()}
        for when, rows in change.items()
    }


def edit_assessment(cycle: Cycle, lines: Sequence[Line], *, seen: str | None = None, actor: Actor) -> None:
    """Write the self-diagnosis: levels by area, and the plan of adjustment.

    The plan is followed during the whole cycle, so it may be changed in any state of the step while the cycle runs.
    Raises DomainError, Conflict.
    """
    with transaction.atomic():
        lock_cycle(cycle.pk)
        change = write_rows(cycle, SelfAssessmentArea, AREA_FIELDS, lines, seen=seen)
        if change:
            record("edit_assessment", actor=actor, subject_type="cycle", subject_id=cycle.pk, payload=change)
