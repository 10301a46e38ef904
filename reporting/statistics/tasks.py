"""Mails about notes between regions and tenants, and about reports that were made, handed over by id."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kernel.background import UNTIL_SENT
from kernel.measures import measure
from kernel.tenancy import public_scope
from reporting.statistics import notices
from reporting.statistics.models import HeldFact, MadeReport, NoteMessage


@shared_task(name="statistics.mail_note", **UNTIL_SENT)
def mail_note(message_id: str) -> None:
    """Tell the other side of a message once."""
    with public_scope(), transaction.atomic():
        message = (
            NoteMessage.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("note__tenant", "note__voivodeship")
            .filter(pk=UUID(message_id), mailed_at__isnull=True)
            .first()
        )
        if message is None:
            return
        message.mailed_at = timezone.now()
        message.save(update_fields=["mailed_at"])
        # Inside the transaction: a mail that cannot be sent leaves the message waiting for one.
        notices.tell_of_message(message)


@shared_task(name="statistics.mail_report", **UNTIL_SENT)
def mail_report(made_id: str) -> None:
    """Tell the author of a report once that a file was made of it."""
    with public_scope(), transaction.atomic():
        made = (
            MadeReport.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("report__author")
            .defer("content")
            .filter(pk=UUID(made_id), mailed_at__isnull=True)
            .first()
        )
        if made is None:
            return
        made.mailed_at = timezone.now()
        made.save(update_fields=["mailed_at"])
        notices.tell_of_report(made)


def tell_measures() -> None:
    """Register what those who watch the installation are told of: counts only, in public."""
    measure("siedem_mails_waiting", _mails_waiting, of_platform=True)
    measure("siedem_figures_held", _figures_held, of_platform=True)


def _mails_waiting() -> int:
    return sum(kind.objects.filter(mailed_at__isnull=True).count() for kind in (NoteMessage, MadeReport))


def _figures_held() -> int:
    return HeldFact.objects.filter(state=HeldFact.State.WAITING).count()
