"""Mails of the monthly close."""

from accounts.mailing import mail_people
from accounts.models import User
from kernel import permissions
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.models import MonthReminder
from reporting.compliance.permissions import SUBMIT_MONTH
from reporting.compliance.queries.deadlines import deadline_of
from tenants.addresses import tenant_url
from tenants.models import Membership


def remind_of_month(reminder: MonthReminder) -> int:
    """Write to everybody who may hand the contract's month in; returns how many. Names no person in care, nor the
    reason of a return, which may.

    Raises SMTPException or OSError where the mail server is away.
    """
    contract, month, tenant = reminder.contract, Month.of(reminder.month), require_tenant()
    members = Membership.objects.in_force().filter(
        tenant_id=tenant.pk,
        organisation_id=contract.organisation_id,
        role__in=permissions.known()[SUBMIT_MONTH],
    )
    people = User.objects.filter(pk__in=members.values("user_id")).order_by("email")
    return mail_people(
        people,
        f"compliance/mail/{reminder.kind}",
        {"contract": contract, "month": month, "deadline": deadline_of(month), "tenant": tenant},
        path=tenant_url("compliance:month", contract.pk, str(month)),
    )
