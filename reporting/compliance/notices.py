"""Mails of the monthly close."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q
from django.utils import timezone

from accounts.mailing import mail_people
from accounts.models import User
from contracting.contracts.models import Contract
from kernel import permissions
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.models import LateReminder, MonthReminder
from reporting.compliance.permissions import ACCEPT_MONTH, SUBMIT_MONTH
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.late import LateMonth
from tenants.addresses import tenant_url
from tenants.models import Membership

# So many late months of a contract are written one by one.
_MOST_LATE = 3


@dataclass(frozen=True)
class LateLine:
    """A line of the mail: one late month of a contract, or all of a contract with many (`first` to `last`)."""

    contract: Contract
    count: int
    first: LateMonth
    last: LateMonth


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
    deadline, grace = due_and_grace_of([month])[month]
    told = {"contract": contract, "month": month, "deadline": deadline, "tenant": tenant}
    if deadline < timezone.localdate() <= grace:
        told["grace"] = grace
    return mail_people(
        people,
        f"compliance/mail/{reminder.kind}",
        told,
        path=tenant_url("compliance:month", contract.pk, str(month)),
    )


def remind_of_late(reminder: LateReminder, months: Sequence[LateMonth]) -> int:
    """Write what is late to everybody who may hand it in, or of the unit to everybody who accepts months; how many.

    Names no person in care, nor the reason of a return. Raises SMTPException or OSError where the mail server is away.
    """
    tenant, of_unit = require_tenant(), reminder.organisation_id is None
    side = Q(organisation__isnull=True) if of_unit else Q(organisation=reminder.organisation_id)
    members = Membership.objects.in_force().filter(
        side,
        tenant_id=tenant.pk,
        role__in=permissions.known()[ACCEPT_MONTH if of_unit else SUBMIT_MONTH],
    )
    one = months[0] if len(months) == 1 else None
    return mail_people(
        User.objects.filter(pk__in=members.values("user_id")).order_by("email"),
        "compliance/mail/late",
        {
            "of_unit": of_unit,
            "tenant": tenant,
            "count": len(months),
            "month": months[0].month,
            "lines": list(_late_lines(months)),
        },
        path=tenant_url("compliance:month", one.contract.pk, str(one.month)) if one else tenant_url("today"),
    )


def _late_lines(months: Sequence[LateMonth]) -> Iterator[LateLine]:
    for _pk, group in groupby(months, key=lambda one: one.contract.pk):
        late = list(group)
        parts = [late] if len(late) > _MOST_LATE else [[one] for one in late]
        for part in parts:
            yield LateLine(part[0].contract, len(part), part[0], part[-1])
