"""What the clock starts for calls: closing those whose deadline has passed, and mails that were left waiting."""

from celery import shared_task
from django.utils import timezone

from contracting.tenders import tasks
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.models import Amendment, Call, FormalCheck, OfferPartner, Opening, Question
from kernel.background import hand_over
from tenants.everywhere import in_every_tenant


@shared_task(name="tenders.close_due_calls")
def close_due_calls() -> int:
    """Close, in every tenant, the calls whose deadline has passed; returns how many were due."""

    def close() -> int:
        due = list(
            Call.objects.filter(
                state=Call.State.PUBLISHED, closed_at__isnull=True, deadline__lte=timezone.now()
            )
        )
        for call in due:
            close_if_due(call)
        return len(due)

    return in_every_tenant(close)


@shared_task(name="tenders.send_waiting_notices")
def send_waiting_notices() -> int:
    """Hand over again what was not sent, because the queue or the mail server was away; returns how many."""

    def send() -> int:
        before = timezone.now() - tasks.PATIENCE
        calls = Call.objects.filter(end_notified_at__isnull=True)
        waiting = {
            tasks.notify_amendment: Amendment.objects.filter(
                notified_at__isnull=True, published_at__lt=before
            ),
            tasks.notify_annulment: calls.filter(annulled_at__lt=before),
            tasks.notify_answer: Question.objects.filter(notified_at__isnull=True, answered_at__lt=before),
            tasks.notify_correction: FormalCheck.objects.filter(
                result=FormalCheck.Result.CORRECTION,
                correction_until__gt=timezone.now(),
                notified_at__isnull=True,
                checked_at__lt=before,
            ),
            tasks.notify_joint_offer: OfferPartner.objects.of_draft().filter(
                state=OfferPartner.State.ASKED,
                offer__call__deadline__gt=timezone.now(),
                notified_at__isnull=True,
                asked_at__lt=before,
            ),
            tasks.notify_opening: Opening.objects.filter(notified_at__isnull=True, opened_at__lt=before),
            tasks.notify_results: calls.filter(decided_at__lt=before),
        }
        return sum(
            hand_over(task, pk) for task, rows in waiting.items() for pk in rows.values_list("pk", flat=True)
        )

    return in_every_tenant(send)
