"""One visit: read with its version, corrected or removed where it still is that version."""

import re
from typing import ClassVar
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import record_reading
from kernel.errors import DomainError, Problem
from reporting.delivery.files import check_diary
from reporting.delivery.models import Visit
from reporting.exchange import importing
from reporting.exchange import serializers as shapes
from reporting.exchange.actions import correct_visit, is_removed, remove_visit
from reporting.exchange.api.base import ApiView, caller_of
from reporting.exchange.api.documented import changing, reading
from reporting.exchange.api.once import answered_once
from reporting.exchange.models import Scope

_READ, _WRITE = Scope.VISITS_READ.value, Scope.VISITS_WRITE.value
_VERSION = re.compile(r'"([0-9]{1,9})"')
_EXAMPLE = OpenApiExample("correction", value={"start": "08:15", "end": "10:00"}, request_only=True)


class VersionMissing(DomainError):
    """A change that does not say which version it changes."""

    status = 428


class VisitView(ApiView):
    """A visit of the organisation; `If-Match` of a change names the version that was read."""

    scopes: ClassVar[dict[str, str]] = {"GET": _READ, "PATCH": _WRITE, "DELETE": _WRITE}

    @reading(_("One visit"), shapes.VisitOut, scope=_READ, operation="api_v1_visit_retrieve")
    def get(self, request: Request, pk: UUID) -> Response:
        visit = _find(request, pk)
        if visit is None:
            raise Http404
        caller = caller_of(request)
        subjects = {visit.decision.person_id}
        record_reading("exchange:visit", actor=caller.actor, subject_type="person", subject_ids=subjects)
        return Response(shapes.VisitOut(visit).data, headers={"ETag": f'"{visit.version}"'})

    @changing(
        _("Correct a visit"), shapes.CorrectionIn, shapes.CorrectedOut, scope=_WRITE, examples=[_EXAMPLE]
    )
    def patch(self, request: Request, pk: UUID) -> Response:
        visit, caller, version = _find(request, pk), caller_of(request), _version(request)
        if visit is None:
            raise Http404
        diary = check_diary(importing.corrected_table(visit, request.data))
        return answered_once(
            request, lambda call: correct_visit(visit, diary, version, caller=caller, call=call)
        )

    @changing(_("Remove a visit"), None, shapes.CorrectedOut, scope=_WRITE, examples=[])
    def delete(self, request: Request, pk: UUID) -> Response:
        visit, caller, version = _find(request, pk), caller_of(request), _version(request)
        if visit is None and not is_removed(pk, caller.access):
            raise Http404
        return answered_once(request, lambda call: remove_visit(visit, pk, version, caller=caller, call=call))


def _find(request: Request, pk: UUID) -> Visit | None:
    found: Visit | None = (
        Visit.objects.visible_to(caller_of(request).access)
        .select_related("decision__contract", "worker")
        .filter(pk=pk)
        .first()
    )
    return found


def _version(request: Request) -> int:
    """The version that the call names. Raises VersionMissing, DomainError where it is none of ours."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise VersionMissing(
            "version_missing",
            _('Name the version that you have read in the header If-Match, like If-Match: "3".'),
            field="If-Match",
        )
    understood = _VERSION.fullmatch(given)
    if understood is None:
        sentence = _('If-Match takes one version in quotation marks, as ETag and version give it: "3".')
        problem = Problem("invalid_parameter", sentence, "If-Match", given[:80])
        raise DomainError("invalid_parameters", sentence, problems=[problem])
    return int(understood[1])
