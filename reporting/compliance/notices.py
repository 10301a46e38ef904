"""Mails of the monthly close."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

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
    """Write to everybody who may hand the contract's month in; returns how many. Names no person in care.

    Raises SMTPException or OSError where the mail server is away.
    """
    contract, month, tenant = reminder.contract, Month.of(reminder.month), require_tenant()
    members = Membership.objects.in_force().filter(
        tenant_id=tenant.pk,
        organisation_id=contract.organisation_id,
        role__in=permissions.known()[SUBMIT_MONTH],
    )
    context = {
        "contract": contract,
        "month": month,
        "deadline": deadline_of(month),
        "tenant": tenant,
        "url": settings.SITE_URL.rstrip("/") + tenant_url("compliance:month", contract.pk, str(month)),
    }
    people = User.objects.filter(pk__in=members.values("user_id")).order_by("email")
    for person in people:
        with translation.override(person.language or settings.LANGUAGE_CODE):
            subject = render_to_string(f"compliance/mail/{reminder.kind}_subject.txt", context)
            body = render_to_string(f"compliance/mail/{reminder.kind}_body.txt", context)
            send_mail(" ".join(subject.split()), body, None, [person.email])
    return len(people)
