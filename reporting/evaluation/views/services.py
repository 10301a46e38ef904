"""A service over its providers: the contracts of one month side by side."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle, Service
from contracting.contracts.arranged import contracts_of
from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.compliance.views.pages import month_in
from reporting.evaluation.permissions import READ_COMMITMENTS
from reporting.evaluation.tables.providers import providers_table
from reporting.supervision.permissions import READ_SUPERVISION
from ui.asked import say_instead
from ui.formatting import format_month


@tenant_door(READ_COMMITMENTS)
def service(request: Request, pk: UUID) -> HttpResponse:
    """The contracts of the service that hold in the month, or were handed in for it, of those that may be seen.

    Of all its cycles, or (`?cycle=`) of those under which one of them is delivered.
    """
    chosen: Service = get_object_or_404(Service, pk=pk)
    today = timezone.localdate()
    month = month_in(request.GET.get("month", "")) or Month.of(today).previous()
    say_instead(request, "month", month, format_month(month))
    handed_in = ContractMonth.objects.filter(contract=OuterRef("pk"), month=month.first)
    cycles = list(
        Cycle.objects.visible_to(request.access).filter(service=chosen).order_by("-period_from", "title")
    )
    cycle = next((one for one in cycles if str(one.pk) == request.GET.get("cycle")), None)
    say_instead(request, "cycle", cycle.pk if cycle else "", cycle.title if cycle else _("all cycles"))
    contracts = (
        Contract.objects.visible_to(request.access)
        .filter(Q(valid_from__lte=month.last, valid_to__gte=month.first) | Exists(handed_in), service=chosen)
        .select_related("organisation", "service")
        .order_by("number")
    )
    if cycle is not None:
        contracts = contracts.filter(pk__in=contracts_of(cycle).values("pk"))
    sees_supervision = request.access.may(READ_SUPERVISION)
    context = {
        "service": chosen,
        "cycles": cycles,
        "cycle": cycle,
        "month": month,
        "previous": month.previous(),
        "next": month.next(),
        "table": providers_table(list(contracts), month, today, with_surveys=sees_supervision),
        "sees_supervision": sees_supervision,
    }
    return render(request, "evaluation/service.html", context)
