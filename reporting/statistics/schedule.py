"""What the background does for statistics: releases periods when figures or their day have come, mails notes."""

from datetime import date, timedelta

import structlog
from celery import shared_task
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from kernel.access import Actor
from kernel.background import hand_over
from kernel.tenancy import PUBLIC, public_scope
from reporting.statistics.actions.publishing import periods_to_publish, publish
from reporting.statistics.actions.reporting import make_scheduled
from reporting.statistics.models import MadeReport, NoteMessage, Release
from reporting.statistics.reports import write_report
from reporting.statistics.tasks import mail_note, mail_report

log = structlog.get_logger(__name__)

# Figures of several tenants come together at the end of a working day: so long the first of them waits for others.
PATIENCE_SECONDS = 60


@shared_task(name="statistics.publish_period")
def publish_period(kind: str, period: str) -> None:
    """Release what came of one period; without effect where nothing may join, or its day has not come."""
    with public_scope():
        released = publish(
            kind,
            date.fromisoformat(period),
            actor=Actor.system("push of figures"),
            trigger=Release.Trigger.PUSH,
        )
        if released is not None:
            hand_over(make_reports)


def publish_soon(*, kind: str, period: date) -> None:
    """Send the task after commit, once for all that comes in the next minute.

    Where the queue is away nothing fails: the clock publishes what waits.
    """

    def send() -> None:
        with public_scope():
            if cache.add(f"publish:{kind}:{period.isoformat()}", True, PATIENCE_SECONDS):
                publish_period.apply_async(
                    args=[kind, period.isoformat()],
                    countdown=PATIENCE_SECONDS,
                    headers={"_schema_name": PUBLIC},
                )

    transaction.on_commit(send, robust=True)


@shared_task(name="statistics.publish_due")
def publish_due() -> int:
    """Release every period whose day has come and of which figures came since; returns how many releases."""
    with public_scope():
        released = 0
        for kind, period in periods_to_publish(timezone.localdate()):
            actor = Actor.system("clock")
            released += publish(kind, period, actor=actor, trigger=Release.Trigger.CLOCK) is not None
    # Also what an operator released, and what a queue that was away forgot.
    make_scheduled(write_report, actor=Actor.system("clock"))
    return released


# A mail that its message did not send within so long was lost with the queue.
_MAILED_WITHIN = timedelta(minutes=5)


@shared_task(name="statistics.mail_waiting_notes")
def mail_waiting_notes() -> int:
    """Hand over again messages of notes and reports of which nobody was told; returns how many."""
    with public_scope():
        waiting = NoteMessage.objects.filter(
            mailed_at__isnull=True, written_at__lt=timezone.now() - _MAILED_WITHIN
        )
        sent = sum(hand_over(mail_note, pk) for pk in waiting.values_list("pk", flat=True))
        made = MadeReport.objects.filter(mailed_at__isnull=True, made_at__lt=timezone.now() - _MAILED_WITHIN)
        return sent + sum(hand_over(mail_report, pk) for pk in made.values_list("pk", flat=True))


@shared_task(name="statistics.make_reports")
def make_reports() -> int:
    """Make the scheduled reports that a release changed; returns how many files came."""
    return make_scheduled(write_report, actor=Actor.system("release of figures"))
