"""Mails of supervision: the link of a survey, without a word of whom it is about, and that a report is awaited."""

from accounts.mailing import mail_address, mail_people
from accounts.models import User
from kernel import permissions
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.supervision.models import ReportReminder, Survey
from reporting.supervision.permissions import ANSWER
from tenants.addresses import tenant_url
from tenants.models import Membership


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
    contract, month, tenant = reminder.contract, Month.of(reminder.month), require_tenant()
    members = Membership.objects.in_force().filter(
        tenant_id=tenant.pk,
        organisation_id=contract.organisation_id,
        role__in=permissions.known()[ANSWER],
    )
    return mail_people(
        User.objects.filter(pk__in=members.values("user_id")).order_by("email"),
        f"supervision/mail/report_{reminder.kind}",
        {
            "contract": contract,
            "month": month,
            "deadline": due_and_grace_of([month])[month][0],
            "tenant": tenant,
        },
        path=tenant_url("supervision:report_problems", contract.pk, str(month)),
    )
