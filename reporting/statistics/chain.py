"""What the last two steps of a cycle are told of its accepted months: granted, delivered, and their ratio."""

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Contribution, Link
from contracting.commissioning.models import Cycle
from contracting.commissioning.plans import chosen_form
from contracting.commissioning.rules.forms import RECORDED
from contracting.contracts.arranged import contracts_of
from kernel.access import Access
from kernel.periods import Month
from kernel.tenancy import require_tenant
from reporting.compliance.permissions import READ_MONTHS
from reporting.statistics.models import Fact, PeriodKind
from tenants.addresses import tenant_url
from ui.formatting import format_minutes_text, format_percent, percent_of

_GRANTED, _DELIVERED = Q(indicator="care_hours_granted"), Q(indicator="care_hours_delivered")
_CHANGED = _("An indicator changed in this period, so the hours of its months cannot be added up.")


def tell_supervision(cycle: Cycle, access: Access | None) -> Contribution:
    """Minutes granted and delivered in the accepted months of the cycle's period; few queries, nothing without any."""
    granted, delivered, is_changed = _sums(cycle)
    if is_changed:
        return Contribution(notes=(_CHANGED,))
    if granted is None or delivered is None:
        return Contribution()
    href = _months_address(access)
    return Contribution(
        links=(
            Link(_("granted in the accepted months"), href, minutes=granted),
            Link(_("delivered in the accepted months"), href, minutes=delivered),
        )
    )


def tell_evaluation(cycle: Cycle, access: Access | None) -> Contribution:
    """How much of what was granted was delivered, the result of the indicator of fulfilment; few queries."""
    granted, delivered, is_changed = _sums(cycle)
    if is_changed:
        return Contribution(notes=(_CHANGED,))
    if granted is None or delivered is None:
        return Contribution()
    share = _("%(percent)s (%(delivered)s of %(granted)s)") % {
        "percent": format_percent(percent_of(delivered, granted)),
        "delivered": format_minutes_text(delivered),
        "granted": format_minutes_text(granted),
    }
    return Contribution(links=(Link(_("delivered of granted"), _months_address(access), value=share),))


def _sums(cycle: Cycle) -> tuple[int | None, int | None, bool]:
    """The tenant's own pushed figures of the cycle's service in its period; None where no month is accepted.

    The third says that an indicator changed within it: what is counted in two ways is not added up.
    They are of the service, not of a contract: a cycle that is delivered without any has none.
    """
    if chosen_form(cycle) in RECORDED and not contracts_of(cycle).exists():
        return None, None, False
    sums = (
        Fact.objects.current()
        .filter(
            tenant_id=require_tenant().pk,
            kind=PeriodKind.MONTH,
            service=cycle.service.code,
            category="",
            indicator__in=["care_hours_granted", "care_hours_delivered"],
            period__gte=Month.of(cycle.period_from).first,
            period__lte=cycle.period_to,
        )
        .aggregate(
            granted=Sum("numerator", filter=_GRANTED),
            delivered=Sum("numerator", filter=_DELIVERED),
            granted_in=Count("version", filter=_GRANTED, distinct=True),
            delivered_in=Count("version", filter=_DELIVERED, distinct=True),
        )
    )
    if sums["granted"] is None or sums["delivered"] is None:
        return None, None, False
    is_changed = max(sums["granted_in"], sums["delivered_in"]) > 1
    return int(sums["granted"]), int(sums["delivered"]), is_changed


def _months_address(access: Access | None) -> str:
    return tenant_url("compliance:months") if access is None or access.may(READ_MONTHS) else ""
