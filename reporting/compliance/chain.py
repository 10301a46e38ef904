"""What supervision of a cycle is told of its months: whether any still waits, and how many are accepted."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle
from contracting.contracts.arranged import contracts_of
from kernel.access import Access
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.compliance.permissions import READ_MONTHS
from tenants.addresses import tenant_url

_State = ContractMonth.State
_ACCEPTED = frozenset({_State.ACCEPTED, _State.SETTLED})
_WAITING = frozenset({_State.SUBMITTED, _State.RETURNED})


def tell_supervision(cycle: Cycle, access: Access | None) -> Contribution:
    """Supervision ends with the period, when no month handed in is left undecided; four queries.

    The months are those of the contracts that deliver the cycle, inside its period.
    """
    over = Check(
        _("The period of the cycle is over"),
        done=timezone.localdate() > cycle.period_to,
        why=_("Supervision lasts as long as the service: to %(day)s.")
        % {"day": f"{cycle.period_to:%d.%m.%Y}"},
    )
    spans = _spans(cycle)
    if not spans:
        return Contribution((over,))
    states = list(
        ContractMonth.objects.filter(
            contract__in=contracts_of(cycle).values("pk"),
            month__gte=Month.of(cycle.period_from).first,
            month__lte=cycle.period_to,
        ).values_list("state", flat=True)
    )
    accepted, waiting = (sum(state in chosen for state in states) for chosen in (_ACCEPTED, _WAITING))
    expected = sum(spans)
    href = tenant_url("compliance:months") if access is None or access.may(READ_MONTHS) else ""
    counted = _("%(accepted)s of %(expected)s") % {"accepted": accepted, "expected": expected}
    items = (
        over,
        Check(
            _("No month waits to be accepted or corrected"),
            done=not waiting,
            why=_("Months handed in or returned, without a decision: %(count)s.") % {"count": waiting},
            href=href,
        ),
        Check(
            _("All months of the cycle are accepted"),
            done=accepted >= expected,
            why=_("Accepted months of contracts: %(counted)s.") % {"counted": counted},
            href=href,
            must=False,
        ),
    )
    return Contribution(items, (Link(_("accepted months"), href, value=counted),))


def _spans(cycle: Cycle) -> list[int]:
    """For each contract of the cycle, how many months of its period it is valid in."""
    contracts = contracts_of(cycle).values_list("valid_from", "valid_to")
    spans = []
    for valid_from, valid_to in contracts:
        first, last = max(valid_from, cycle.period_from), min(valid_to, cycle.period_to)
        spans.append((last.year - first.year) * 12 + last.month - first.month + 1)
    return spans
