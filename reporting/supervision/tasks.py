"""What supervision hands over to the background, by id: the mail of one link of a survey, one reminder of a report."""

from smtplib import SMTPRecipientsRefused
from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kernel.background import UNTIL_SENT, send_once
from kernel.crypto import decrypt
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.supervision import notices
from reporting.supervision.models import Invitation, ReportReminder
from reporting.supervision.queries.contact import reachable
from reporting.supervision.queries.services import unreported
from reporting.supervision.queries.surveys import new_token, sha256_of

# From here on a server's code means never, below it means later (RFC 5321, 4.2.1).
_FOR_GOOD = 500


@shared_task(name="supervision.mail_survey_link", **UNTIL_SENT)
def mail_survey_link(invitation_id: str) -> None:
    """Make a link and mail it once, unless meanwhile the invitation was answered, the survey ended, or the person may
    no longer be contacted."""
    require_tenant()
    with transaction.atomic():
        row = (
            Invitation.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("survey__questionnaire")
            .filter(pk=UUID(invitation_id), mailing=Invitation.Mailing.WAITING)
            .first()
        )
        if row is None or row.mail_encrypted is None:
            return
        address, token = decrypt(bytes(row.mail_encrypted)), new_token()
        row.forget_address()
        if not row.survey.is_over and reachable(Invitation.objects.filter(pk=row.pk)).exists():
            # Inside the transaction: a mail that cannot be sent leaves the address waiting.
            _send(row, address, token)
        row.save(update_fields=["token_sha256", "linked_on", "mailing", "mail_encrypted"])


def _send(row: Invitation, address: str, token: str) -> None:
    try:
        notices.mail_link(row.survey, address, token)
    except SMTPRecipientsRefused as refused:
        if min(code for code, _said in refused.recipients.values()) < _FOR_GOOD:
            raise
        row.mailing = Invitation.Mailing.REFUSED
    else:
        row.token_sha256, row.linked_on = sha256_of(token), timezone.localdate()
        row.mailing = Invitation.Mailing.SENT


@shared_task(name="supervision.send_report_reminder", **UNTIL_SENT)
def send_report_reminder(reminder_id: str) -> None:
    """Send a reminder once, unless the report was handed in meanwhile."""

    def send(reminder: ReportReminder) -> int:
        awaited = unreported(Month.of(reminder.month)).filter(pk=reminder.contract_id).exists()
        return notices.remind_of_report(reminder) if awaited else 0

    send_once(ReportReminder.objects.select_related("contract"), reminder_id, send)
