"""Mails of the monthly close."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from accounts.mailing import mail_people
from contracting.contracts.models import Contract
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.models import LateReminder, MonthReminder
from reporting.compliance.permissions import ACCEPT_MONTH, SUBMIT_MONTH
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.late import LateMonth
from tenants.access import people_who_may
from tenants.addresses import tenant_url

# So many late months, or reports, of a contract are written one by one.
_MOST_LATE = 3


@dataclass(frozen=True)
class LateLine:
    """A line of the mail: one late month (or report) of a contract, or all where there are many (`first` to `last`)."""

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
    deadline, grace = due_and_grace_of([month])[month]
    told = {"contract": contract, "month": month, "deadline": deadline, "tenant": tenant}
    if deadline < timezone.localdate() <= grace:
        told["grace"] = grace
    return mail_people(
        people_who_may(SUBMIT_MONTH, contract.organisation_id),
        f"compliance/mail/{reminder.kind}",
        told,
        path=tenant_url("compliance:month", contract.pk, str(month)),
    )


def remind_of_late(reminder: LateReminder, months: Sequence[LateMonth]) -> int:
    """Write what is late to everybody who may hand it in, or of the unit to everybody who accepts months; how many.

    Names no person in care, nor the reason of a return. Raises SMTPException or OSError where the mail server is away.
    """
    tenant, of_unit = require_tenant(), reminder.organisation_id is None
    one = months[0] if len(months) == 1 else None
    return mail_people(
        people_who_may(ACCEPT_MONTH if of_unit else SUBMIT_MONTH, reminder.organisation_id),
        "compliance/mail/late",
        {
            "of_unit": of_unit,
            "tenant": tenant,
            "count": len(months),
            "reports": sum(late.is_report for late in months),
            "month": months[0].month,
            "lines": list(_late_lines(months)),
        },
        path=tenant_url(one.page, one.contract.pk, str(one.month)) if one else tenant_url("today"),
    )


def _late_lines(months: Sequence[LateMonth]) -> Iterator[LateLine]:
    for _what, group in groupby(months, key=lambda one: (one.contract.pk, one.is_report)):
        late = list(group)
        parts = [late] if len(late) > _MOST_LATE else [[one] for one in late]
        for part in parts:
            yield LateLine(part[0].contract, len(part), part[0], part[-1])
