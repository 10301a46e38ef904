"""What the grid asks and sends while somebody types: the month as JSON, “can I log this?”, entries to be saved."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from audit.actions import record_reading
from contracting.contracts.models import Contract, Worker
from kernel.access import Access
from kernel.api_errors import as_body
from kernel.doors import tenant_door
from kernel.errors import DomainError, Problem
from reporting.care.models import Decision
from reporting.delivery.actions import Operation, Outcome, save_cells
from reporting.delivery.answers import Question, can_log
from reporting.delivery.choices import read_choice
from reporting.delivery.grid import read_grid
from reporting.delivery.permissions import EDIT_DIARY, READ_DIARY
from reporting.delivery.serializers import (
    BatchSerializer,
    OperationSerializer,
    QuestionSerializer,
    grid_json,
    operation_of,
    outcome_json,
    problems_in,
)
from reporting.delivery.texts import grid_texts

_OTHER_USER = _("Somebody else is signed in now. Sign in as yourself to save what you typed.")


def _access(request: Request) -> Access:
    """What the tenancy middleware has set on the request; the framework passes it on."""
    access: Access = cast(Any, request).access
    return access


@tenant_door(READ_DIARY)
@extend_schema(responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
def month_data(request: Request) -> Response:
    """The rows and visits of the page of the grid whose address carries the same query."""
    access = _access(request)
    choice = read_choice(request.query_params, access)
    if choice.contract is None:
        raise Http404
    grid = read_grid(choice.contract, choice.month, choice.rows, access, choice.page)
    record_reading(
        "delivery:grid_data",
        actor=access.actor,
        subject_type="person",
        subject_ids={row.decision.person_id for row in grid.rows if row.is_named},
    )
    return Response({**grid_json(grid, editable=access.may(EDIT_DIARY)), "texts": grid_texts()})


@tenant_door(READ_DIARY)
@extend_schema(request=QuestionSerializer, responses=OpenApiTypes.OBJECT)
@api_view(["POST"])
def ask(request: Request) -> Response:
    """Whether an entry can be logged, and everything to be said of it. Saves nothing."""
    access = _access(request)
    question = QuestionSerializer(data=request.data)
    if not question.is_valid():
        return _refuse("invalid", problems_in(question.errors, request.data))
    asked = question.validated_data
    decision = get_object_or_404(
        Decision.objects.visible_to(access).select_related("person", "service", "contract"),
        pk=asked["decision"],
    )
    worker = None
    if asked["worker"] is not None:
        worker = get_object_or_404(
            Worker.objects.visible_to(access).filter(organisation_id=decision.contract.organisation_id),
            pk=asked["worker"],
        )
    answer = can_log(
        Question(
            decision=decision,
            worker=worker,
            day=asked["date"],
            start=asked["start"],
            end=asked["end"],
            state=asked["state"],
            activities=frozenset(asked["activities"]),
            visit_id=asked["visit"],
        ),
        access,
    )
    record_reading("delivery:can_log", actor=access.actor, subject_type="person", subject_ids=answer.persons)
    return Response(answer.as_json())


@tenant_door(EDIT_DIARY)
@extend_schema(request=BatchSerializer, responses=OpenApiTypes.OBJECT)
@api_view(["POST"])
def save(request: Request) -> Response:
    """Save what was typed: an outcome for each operation, in the order sent; sending it again is safe.

    200 with `{"results": [{operation, status, visit, errors?, current?}], "saved_at"}`; 422 where the batch itself
    cannot be read.
    """
    access = _access(request)
    batch = BatchSerializer(data=request.data)
    if not batch.is_valid():
        return _refuse("invalid", problems_in(batch.errors, request.data))
    if batch.validated_data["user"] not in (None, access.actor.user_id):
        # Somebody else has signed in meanwhile: what one person typed is never saved under another's name.
        return _refuse("other_user", [Problem("other_user", _OTHER_USER)], status=401)
    contract = get_object_or_404(Contract.objects.visible_to(access), pk=batch.validated_data["contract"])
    results: list[dict[str, Any] | None] = []
    operations: list[Operation] = []
    for given in batch.validated_data["operations"]:
        shape = OperationSerializer(data=given)
        if shape.is_valid():
            operations.append(operation_of(shape.validated_data))
            results.append(None)
        else:
            errors = [problem.as_json() for problem in problems_in(shape.errors, given)]
            results.append({"operation": given.get("id"), "status": 422, "visit": None, "errors": errors})
    outcomes = save_cells(contract, operations, access=access, actor=access.actor) if operations else []
    names = _names_of_changers(outcomes)
    done = iter([outcome_json(outcome, names) for outcome in outcomes])
    return Response(
        {
            "results": [next(done) if result is None else result for result in results],
            "saved_at": f"{timezone.localtime():%H:%M}",
        }
    )


def _names_of_changers(outcomes: list[Outcome]) -> dict[UUID, str]:
    """Who made the entries that stood in the way; only a conflict asks."""
    ids = {visit.changed_by for outcome in outcomes for visit in outcome.current if visit.changed_by}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name")) if ids else {}


def _refuse(code: str, problems: list[Problem], status: int = 422) -> Response:
    return Response(as_body(DomainError(code, problems[0].message, problems=problems)), status=status)
