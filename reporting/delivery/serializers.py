"""The shape of what the grid sends and receives; nothing is saved here."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from kernel.errors import Conflict, Problem
from reporting.delivery.actions import Operation, Outcome, VisitContent
from reporting.delivery.files.cells import FIRST_YEAR, LAST_YEAR
from reporting.delivery.grid import Grid, Row
from reporting.delivery.models import Visit

MOST_OPERATIONS = 200


class DiaryDate(serializers.DateField):
    """A day that a diary can be about."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise serializers.ValidationError("year")
        return day


class ContentSerializer(serializers.Serializer[Any]):
    """What is said of a visit, by the wall clock."""

    date = DiaryDate()
    start = serializers.TimeField(input_formats=["%H:%M"])
    end = serializers.TimeField(input_formats=["%H:%M"])
    worker = serializers.UUIDField()
    state = serializers.ChoiceField(choices=Visit.State.values, default=Visit.State.DONE)
    activities = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=50
    )
    note = serializers.CharField(max_length=500, allow_blank=True, default="")


class OperationSerializer(serializers.Serializer[Any]):
    """One thing typed into the grid; `visit` is an id made by the browser."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["record", "change", "remove"])
    visit = serializers.UUIDField()
    decision = serializers.UUIDField()
    version = serializers.IntegerField(default=0, min_value=0, max_value=2**31 - 1)
    seen = serializers.ListField(child=serializers.UUIDField(), default=None, allow_null=True, max_length=200)
    content = ContentSerializer(default=None, allow_null=True)


class BatchSerializer(serializers.Serializer[Any]):
    """Operations in the order typed; each is looked at by itself, so that one wrong entry holds up no other."""

    contract = serializers.UUIDField()
    user = serializers.UUIDField(default=None, allow_null=True)
    operations = serializers.ListField(
        child=serializers.DictField(), allow_empty=False, max_length=MOST_OPERATIONS
    )


class QuestionSerializer(serializers.Serializer[Any]):
    """An entry about which the grid asks before it is saved."""

    decision = serializers.UUIDField()
    visit = serializers.UUIDField(default=None, allow_null=True)
    worker = serializers.UUIDField(default=None, allow_null=True)
    date = DiaryDate()
    start = serializers.TimeField(input_formats=["%H:%M"])
    end = serializers.TimeField(input_formats=["%H:%M"])
    state = serializers.ChoiceField(choices=Visit.State.values, default=Visit.State.DONE)
    activities = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, max_length=50
    )


def content_of(values: dict[str, Any]) -> VisitContent:
    """What the action takes, from checked values."""
    return VisitContent(
        day=values["date"],
        start=values["start"],
        end=values["end"],
        worker_id=values["worker"],
        state=values["state"],
        activities=tuple(values["activities"]),
        note=values["note"],
    )


def operation_of(values: dict[str, Any]) -> Operation:
    """What the action takes, from checked values."""
    return Operation(
        id=values["id"],
        kind=values["kind"],
        visit_id=values["visit"],
        decision_id=values["decision"],
        version=values["version"],
        content=None if values["content"] is None else content_of(values["content"]),
        seen=None if values["seen"] is None else frozenset(values["seen"]),
    )


_SENTENCES = {
    "date": _("“{value}” is not a day of the calendar. Correct the date."),
    "start": _("“{value}” is not a time of the day. Write hours and minutes, like 08:00."),
    "end": _("“{value}” is not a time of the day. Write hours and minutes, like 10:00."),
    "worker": _("The entry names no worker. Choose who was there."),
    "state": _("“{value}” is not a state of a visit. Choose one from the list."),
    "note": _("The note is longer than 500 characters. Shorten it."),
    "activities": _("The activities cannot be understood. Choose them from the list."),
}


def problems_in(errors: Any, given: Any) -> list[Problem]:
    """The errors of a serializer, one problem for each field, with the value as it was sent."""
    found: list[Problem] = []
    for field, messages in errors.items():
        value = given.get(field) if isinstance(given, dict) else None
        shown = None if value is None else str(value)[:80]
        if field in _SENTENCES:
            found.append(Problem("invalid", format_lazy(_SENTENCES[field], value=shown or ""), field, shown))
        elif isinstance(messages, dict):
            found += problems_in(messages, value)
        else:
            found.append(Problem("invalid", " ".join(str(message) for message in messages), field, shown))
    return found


def visit_json(visit: Visit) -> dict[str, Any]:
    """A visit as the grid keeps it: local day and times, minutes of elapsed time."""
    return {
        "id": visit.pk,
        "decision": visit.decision_id,
        "date": visit.date,
        "start": f"{visit.start:%H:%M}",
        "end": f"{timezone.localtime(visit.ends_at):%H:%M}",
        "minutes": visit.minutes,
        "worker": visit.worker_id,
        "worker_name": str(visit.worker),
        "state": visit.state,
        "activities": visit.activities,
        "note": visit.note,
        "version": visit.version,
    }


def outcome_json(outcome: Outcome, names: Mapping[UUID, str]) -> dict[str, Any]:
    """`{"operation", "status": 200 | 409 | 422, "visit"}`, with `errors`, and `current` in a conflict."""
    body: dict[str, Any] = {"operation": outcome.operation.id, "status": 200, "visit": None}
    if outcome.visit is not None:
        body["visit"] = visit_json(outcome.visit)
    if outcome.error is not None:
        body["status"] = outcome.error.status
        body["errors"] = [problem.as_json() for problem in outcome.error.problems]
    if body["status"] == Conflict.status:
        body["current"] = [
            {
                **visit_json(visit),
                "changed_by": names.get(visit.changed_by, "") if visit.changed_by else "",
                "changed_at": f"{timezone.localtime(visit.changed_at):%d.%m.%Y, %H:%M}",
            }
            for visit in outcome.current
        ]
    return body


def grid_json(grid: Grid, *, editable: bool) -> dict[str, Any]:
    """Everything the page needs to let somebody type: rows, visits of the month and of the week before it."""
    return {
        "month": str(grid.month),
        "today": timezone.localdate(),
        "now": f"{timezone.localtime():%H:%M}",
        "editable": editable,
        "longest_usual": grid.longest_usual,
        "own_worker": None if grid.own_worker is None else grid.own_worker.pk,
        "chosen_worker": None if grid.worker is None else grid.worker.pk,
        "workers": [
            {"id": worker.pk, "name": str(worker), "code": worker.code, "last_day": worker.ended_on}
            for worker in grid.workers
        ],
        "activities": [{"code": activity.code, "name": activity.name} for activity in grid.activities],
        "rows": [_row_json(row, grid) for row in grid.rows],
        "visits": [visit_json(visit) for row in grid.rows for day in row.visits.values() for visit in day],
        "earlier": [visit_json(visit) for visit in grid.earlier],
    }


def _row_json(row: Row, grid: Grid) -> dict[str, Any]:
    return {
        "id": row.decision.pk,
        "number": row.decision.number,
        "person": row.name,
        "granted": row.granted,
        # Minutes of visits that this person may not see still count against the decision.
        "elsewhere": row.used - row.seen,
        "worker": row.usual_worker_id,
        "scope": sorted(row.terms.scope),
        "open": row.is_open,
        "off": sorted(row.off),
        "planned": {
            day.isoformat(): [[f"{slot.start:%H:%M}", f"{slot.end:%H:%M}", slot.minutes] for slot in slots]
            for day, slots in row.planned.items()
        },
    }
