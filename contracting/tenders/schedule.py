"""What the clock starts for calls: closing those whose deadline has passed, and mails that were left waiting."""

import structlog
from celery import shared_task
from django.db import connection
from django.utils import timezone

from contracting.tenders import tasks
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.models import Amendment, Call, FormalCheck, OfferPartner, Opening, Question
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant

log = structlog.get_logger(__name__)


@shared_task(name="tenders.close_due_calls")
def close_due_calls() -> int:
    """Close, in every tenant, the calls whose deadline has passed; returns how many were due.

    One connection walks all tenants, which is a query each, and is given up afterwards: it grows with every schema.
    """
    due = 0
    try:
        for tenant in _tenants():
            with tenant_scope(tenant):
                for call in Call.objects.filter(
                    state=Call.State.PUBLISHED, closed_at__isnull=True, deadline__lte=timezone.now()
                ):
                    close_if_due(call)
                    due += 1
    finally:
        _give_up_connection()
    return due


@shared_task(name="tenders.send_waiting_notices")
def send_waiting_notices() -> int:
    """Hand over again what was not sent, because the queue or the mail server was away; returns how many."""
    sent = 0
    try:
        for tenant in _tenants():
            with tenant_scope(tenant):
                before = timezone.now() - tasks.PATIENCE
                amendments = Amendment.objects.filter(notified_at__isnull=True, published_at__lt=before)
                answers = Question.objects.filter(notified_at__isnull=True, answered_at__lt=before)
                corrections = FormalCheck.objects.filter(
                    result=FormalCheck.Result.CORRECTION,
                    correction_until__gt=timezone.now(),
                    notified_at__isnull=True,
                    checked_at__lt=before,
                )
                invitations = OfferPartner.objects.of_draft().filter(
                    state=OfferPartner.State.ASKED,
                    offer__call__deadline__gt=timezone.now(),
                    notified_at__isnull=True,
                    asked_at__lt=before,
                )
                openings = Opening.objects.filter(notified_at__isnull=True, opened_at__lt=before)
                annulments = Call.objects.filter(end_notified_at__isnull=True, annulled_at__lt=before)
                results = Call.objects.filter(end_notified_at__isnull=True, decided_at__lt=before)
                waiting = [
                    *((tasks.notify_amendment, pk) for pk in amendments.values_list("pk", flat=True)),
                    *((tasks.notify_annulment, pk) for pk in annulments.values_list("pk", flat=True)),
                    *((tasks.notify_answer, pk) for pk in answers.values_list("pk", flat=True)),
                    *((tasks.notify_correction, pk) for pk in corrections.values_list("pk", flat=True)),
                    *((tasks.notify_joint_offer, pk) for pk in invitations.values_list("pk", flat=True)),
                    *((tasks.notify_opening, pk) for pk in openings.values_list("pk", flat=True)),
                    *((tasks.notify_results, pk) for pk in results.values_list("pk", flat=True)),
                ]
            for task, pk in waiting:
                task.apply_async(args=[str(pk)], headers={"_schema_name": tenant.schema_name})
            sent += len(waiting)
    finally:
        _give_up_connection()
    return sent


def _tenants() -> list[Tenant]:
    with public_scope():
        return list(Tenant.objects.order_by("pk"))


def _give_up_connection() -> None:
    if not connection.in_atomic_block:
        connection.close()
