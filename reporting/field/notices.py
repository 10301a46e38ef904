"""Mails about what carers have noticed."""

from django.db.models import Q

from accounts.mailing import mail_people
from accounts.models import User
from kernel.tenancy import require_tenant
from reporting.field.models import Observation
from tenants.addresses import tenant_url
from tenants.models import Membership
from tenants.roles import Role


def tell_of_urgent(observation: Observation) -> int:
    """Write to the coordinators of the organisation and of the unit; returns how many. Says nothing of the person.

    Raises SMTPException or OSError where the mail server is away.
    """
    tenant = require_tenant()
    members = Membership.objects.in_force().filter(
        Q(role=Role.COORDINATOR)
        | Q(
            role=Role.NGO_COORDINATOR,
            organisation_id=observation.worker.organisation_id,
        ),
        tenant_id=tenant.pk,
    )
    people = User.objects.filter(pk__in=members.values("user_id")).order_by("email")
    return mail_people(
        people,
        "field/mail/urgent",
        {"tenant": tenant},
        path=tenant_url("field:observation", observation.pk),
    )
