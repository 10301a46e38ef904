"""What the clock starts for supervision: links of surveys that wait for their mail, reminders of reports."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from kernel.background import hand_over
from kernel.periods import Month
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.supervision.models import Invitation, ReportReminder
from reporting.supervision.queries.services import unreported
from reporting.supervision.tasks import mail_survey_link, send_report_reminder
from tenants.everywhere import in_every_tenant

# So long before the day on which a report is due its provider is reminded, as of a month to be closed.
BEFORE = timedelta(days=2)


@shared_task(name="supervision.mail_waiting_links")
def mail_waiting_links() -> int:
    """Hand over again, in every tenant, links that wait for their mail; returns how many."""

    def send() -> int:
        waiting = Invitation.objects.filter(mailing=Invitation.Mailing.WAITING)
        return sum(hand_over(mail_survey_link, pk) for pk in waiting.values_list("pk", flat=True))

    return in_every_tenant(send)


@shared_task(name="supervision.remind_of_reports")
def remind_of_reports() -> int:
    """Write reminders of reports on the month that ended, in every tenant, and hand over those not sent.

    They are due on the day of the month close; services without one (advice, crisis intervention) are reminded from two
    days before it until grace is over. What is late then is told with late months. Returns how many were handed over.
    """

    def remind() -> int:
        today = timezone.localdate()
        month = Month.of(today).previous()
        due, grace = due_and_grace_of([month])[month]
        if not due - BEFORE <= today <= grace:
            return 0
        ReportReminder.objects.bulk_create(
            [ReportReminder(contract=contract, month=month.first) for contract in unreported(month)],
            ignore_conflicts=True,
        )
        unsent = ReportReminder.objects.filter(month=month.first, sent_at__isnull=True)
        return sum(hand_over(send_report_reminder, pk) for pk in unsent.values_list("pk", flat=True))

    return in_every_tenant(remind)
