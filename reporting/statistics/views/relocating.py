"""The operator records that the register of territories moved a tenant on 1 January."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, operator_door
from reporting.statistics.actions.relocating import relocate_tenant
from reporting.statistics.forms import RelocationForm
from reporting.statistics.models import Relocation
from tenants.permissions import OPERATE
from ui.lists import page_of
from ui.refusals import attempt, status_of


@operator_door(OPERATE)
def relocations(request: Request) -> HttpResponse:
    """The changes recorded so far, newest first, and the form of another."""
    form = RelocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        made = attempt(
            form,
            lambda: relocate_tenant(
                said["tenant"],
                said["territory"],
                kind=said["kind"] or said["tenant"].kind,
                valid_from=said["valid_from"],
                actor=request.access.actor,
            ),
        )
        if made:
            messages.success(
                request,
                _("%(name)s lies elsewhere from %(year)s on; its earlier figures stay where they were.")
                % {"name": made.tenant.name, "year": made.valid_from.year},
            )
            return redirect("relocations:relocations")
    rows = Relocation.objects.select_related("tenant", "before", "after").order_by(
        "-valid_from", "tenant__name"
    )
    context = {"form": form, "page": page_of(rows, request)}
    return render(request, "statistics/relocations.html", context, status=status_of(form))
