"""What those who watch the installation are told of the close of months: counts, no contract and nobody's name."""

from django.db import transaction
from django.utils import timezone

from kernel.measures import measure
from kernel.metrics import MONTHS
from kernel.tenancy import require_tenant
from reporting.compliance.models import ContractMonth, LateReminder, MonthReminder
from reporting.compliance.queries.late import late_months


def tell_measures() -> None:
    """Register the figures of this app."""
    measure("siedem_months_late", _months_late)
    measure("siedem_months_waiting", _months_waiting)
    measure("siedem_mails_waiting", _mails_waiting)


def _months_late() -> int:
    return len(late_months(timezone.localdate()))


def _months_waiting() -> int:
    return int(ContractMonth.objects.filter(state=ContractMonth.State.SUBMITTED).count())


def _mails_waiting() -> int:
    return sum(kind.objects.filter(sent_at__isnull=True).count() for kind in (MonthReminder, LateReminder))


def count_move(*, verb: str, **_facts: object) -> None:
    """Count a month that moved, once its transaction is through."""
    transaction.on_commit(MONTHS.labels(require_tenant().slug, verb).inc, robust=True)
