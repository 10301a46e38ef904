"""Which periods of the tenant there are to preview."""

from kernel.periods import Month
from reporting.compliance.models import ContractMonth

_ACCEPTED = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]


def newest_accepted_month() -> Month | None:
    """The newest month that is accepted in a contract of the tenant; None where none is."""
    newest = (
        ContractMonth.objects.filter(state__in=_ACCEPTED).order_by("-month").values_list("month", flat=True)
    )
    first = newest.first()
    return Month.of(first) if first else None
