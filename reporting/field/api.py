"""What the phone page asks and sends: its shift, a batch of entries, a choice about an entry that waits."""

from typing import Any, cast
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import record_reading
from kernel.access import Access
from kernel.api_errors import as_body
from kernel.doors import tenant_door
from kernel.errors import DomainError, Problem
from kernel.outage import OUTAGES
from reporting.delivery.limits import entry_limits
from reporting.field.actions import observe, settle_entry, take_visit
from reporting.field.models import PhoneEntry
from reporting.field.permissions import USE_PHONE
from reporting.field.serializers import (
    UNREADABLE,
    ChoiceSerializer,
    ObservationEntrySerializer,
    PhoneBatchSerializer,
    VisitEntrySerializer,
    choice_of,
    sent_observation,
    sent_visit,
)
from reporting.field.shell import page_version
from reporting.field.shift import entry_json, read_shift, shift_json
from reporting.field.texts import STUMBLED, phone_texts

log = structlog.get_logger(__name__)

_OTHER_USER = _("Somebody else is signed in now. Sign in as yourself to send what you entered.")
_KINDS: dict[str, Any] = {"visit": VisitEntrySerializer, "observation": ObservationEntrySerializer}


def _access(request: Request) -> Access:
    """What the tenancy middleware has set on the request; the framework passes it on."""
    access: Access = cast(Any, request).access
    return access


@tenant_door(USE_PHONE, outlasts_idle=True)
@extend_schema(responses=OpenApiTypes.OBJECT)
@api_view(["GET"])
def shift_data(request: Request) -> Response:
    """The carer's visits of today and tomorrow, what waits, the sentences of the page, and the server's clock."""
    access = _access(request)
    get_token(request._request)
    shift = read_shift(access, timezone.localdate())
    record_reading("field:shift", actor=access.actor, subject_type="person", subject_ids=shift.person_ids)
    return Response(
        {
            **shift_json(shift),
            "user": access.actor.user_id,
            "server_now": _milliseconds(),
            "today": timezone.localdate(),
            "longest": entry_limits().long_visit_minutes,
            "tolerance": settings.FIELD_CLOCK_TOLERANCE_SECONDS,
            "version": page_version(request),
            "texts": phone_texts(),
        }
    )


@tenant_door(USE_PHONE, outlasts_idle=True)
@extend_schema(request=PhoneBatchSerializer, responses=OpenApiTypes.OBJECT)
@api_view(["POST"])
def sync(request: Request) -> Response:
    """Take what a phone has kept: an outcome for each entry, in the order sent; sending it again is safe.

    Each entry is judged by itself: what the server cannot take of one leaves the others taken.

    200 with `{"results": [{id, outcome, kept, said, version?, entry?}], "server_now"}`. `outcome` is a state of an
    entry, `taken` for an observation, or `failed` where the server has kept nothing and the phone must: then `kept` is
    false. `version` is that of the visit as the entry left it.
    """
    access = _access(request)
    batch = PhoneBatchSerializer(data=request.data)
    if not batch.is_valid():
        return _refuse("invalid", str(UNREADABLE))
    if batch.validated_data["user"] != access.actor.user_id:
        return _refuse("other_user", str(_OTHER_USER), status=401)
    offset = round((_milliseconds() - batch.validated_data["phone_now"]) / 1000)
    results = [_take(given, offset, access) for given in batch.validated_data["entries"]]
    return Response({"results": results, "server_now": _milliseconds()})


@tenant_door(USE_PHONE, outlasts_idle=True)
@require_POST
@extend_schema(request=ChoiceSerializer, responses=OpenApiTypes.OBJECT)
@api_view(["POST"])
def settle_own(request: Request, pk: UUID) -> Response:
    """What the carer chose for her entry; 200 with `{"entry"}`, as it is now."""
    access = _access(request)
    entry = get_object_or_404(
        PhoneEntry.objects.of_user(access).visible_to(access).select_related("decision__person"), pk=pk
    )
    choice = ChoiceSerializer(data=request.data)
    if not choice.is_valid():
        return _refuse(
            "invalid", str(_("Day, start and end must be a day of the calendar and times like 08:00."))
        )
    if choice.validated_data["user"] != access.actor.user_id:
        return _refuse("other_user", str(_OTHER_USER), status=401)
    try:
        settled = settle_entry(entry, choice_of(choice.validated_data), access=access, actor=access.actor)
    except DomainError as error:
        return Response(as_body(error), status=error.status)
    return Response({"entry": entry_json(settled)})


def _take(given: dict[str, Any], offset: int, access: Access) -> dict[str, Any]:
    """What became of one entry: whatever is wrong with it is its own answer and holds up no other."""
    try:
        # Without the savepoint a statement that the database refuses would take the others of the batch along.
        with transaction.atomic():
            return _judge(given, offset, access)
    except DomainError as error:
        return _failed(given, error.code, str(error))
    except OUTAGES:
        # Nothing is wrong with the entry: the phone waits with all of them.
        raise
    except Exception:
        # The line tells the class and the lines of the program, never the message (kernel.logs).
        log.exception("phone_entry_failed")
        return _failed(given, "unexpected", str(STUMBLED))


def _judge(given: dict[str, Any], offset: int, access: Access) -> dict[str, Any]:
    shape = _KINDS.get(str(given.get("kind")))
    checked = shape(data=given) if shape else None
    if checked is None or not checked.is_valid():
        return _failed(given, "unreadable", str(UNREADABLE))
    values = checked.validated_data
    if given["kind"] == "observation":
        observe(sent_observation(values, offset), access=access, actor=access.actor)
        return {"id": values["id"], "outcome": "taken", "kept": True, "said": ""}
    outcome = take_visit(sent_visit(values, offset), access=access, actor=access.actor)
    entry = outcome.entry
    return {
        "id": values["id"],
        "outcome": entry.state,
        "kept": True,
        "said": entry.said,
        "version": entry.left_version,
        "entry": entry_json(entry) if entry.is_open else None,
    }


def _failed(given: dict[str, Any], code: str, said: str) -> dict[str, Any]:
    return {"id": given.get("id"), "outcome": "failed", "kept": False, "code": code, "said": said}


def _milliseconds() -> int:
    return int(timezone.now().timestamp() * 1000)


def _refuse(code: str, said: str, status: int = 422) -> Response:
    return Response(as_body(DomainError(code, said, problems=[Problem(code, said)])), status=status)
