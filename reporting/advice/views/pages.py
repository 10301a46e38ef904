"""What several pages of advice share: finding an appointment, noting who was read about."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from audit.actions import record_reading
from kernel.doors import Request
from reporting.advice.models import Appointment
from reporting.advice.models.wording import AdvisedPerson


def find_appointment(request: Request, pk: UUID) -> Appointment:
    """The appointment that the person may see; 404 otherwise."""
    visible: Any = Appointment.objects.visible_to(request.access)
    found: Appointment = get_object_or_404(
        visible.select_related("person", "adviser__organisation", "contract", "topic", "request"), pk=pk
    )
    return found


def note_reading(request: Request, page: str, rows: Iterable[AdvisedPerson]) -> None:
    """Record which registered persons a page has shown to whom."""
    persons = {row.person_id for row in rows if row.person_id is not None}
    record_reading(page, actor=request.access.actor, subject_type="person", subject_ids=persons)
