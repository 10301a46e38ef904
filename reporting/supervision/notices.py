"""Mails of supervision: the link of a survey, without a word of whom it is about, and that a report is awaited."""

from django.utils import timezone

from accounts.mailing import mail_address, mail_people
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.supervision.models import ReportReminder, Survey
from reporting.supervision.permissions import ANSWER
from tenants.access import people_who_may
from tenants.addresses import tenant_url


def mail_link(survey: Survey, address: str, token: str) -> None:
    """Mail one link. Raises SMTPException or OSError where the mail server is away or refuses the address."""
    mail_address(
        address,
        "supervision/mail/survey_link",
        {"survey": survey, "tenant": require_tenant()},
        path=tenant_url("survey:answer", token),
    )


def remind_of_report(reminder: ReportReminder) -> int:
    """Write to everybody who may hand the report of the month in; returns how many.

    Raises SMTPException or OSError where the mail server is away.
    """
    contract, month = reminder.contract, Month.of(reminder.month)
    deadline, grace = due_and_grace_of([month])[month]
    told = {"contract": contract, "month": month, "deadline": deadline, "tenant": require_tenant()}
    if deadline < timezone.localdate() <= grace:
        told["grace"] = grace
    return mail_people(
        people_who_may(ANSWER, contract.organisation_id),
        "supervision/mail/report_soon",
        told,
        path=tenant_url("supervision:report_problems", contract.pk, str(month)),
    )
