"""Pages of the contractor's own log of control: the organisation enters, the unit reads."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.supervision import actions
from reporting.supervision.actions.controls import control_stamp
from reporting.supervision.forms.controls import ControlForm, NewControlForm
from reporting.supervision.models import OwnControl
from reporting.supervision.permissions import ANSWER, READ_SUPERVISION
from reporting.supervision.tables import ContractFilter
from reporting.supervision.views.pages import form_page, typed
from tenants.addresses import tenant_url
from ui.lists import page_of


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [(_("Own controls"), tenant_url("supervision:own_controls")), (here, "")]


@tenant_door(READ_SUPERVISION)
def list_controls(request: Request) -> HttpResponse:
    form = ContractFilter(request.GET or None, access=request.access)
    rows = form.narrow(OwnControl.objects.visible_to(request.access).select_related("contract__organisation"))
    context = {
        "page": page_of(rows.order_by("-controlled_on", "-entered_at", "pk"), request),
        "form": form,
        "filtered": form.is_filtered,
    }
    return render(request, "supervision/own_controls.html", context)


@tenant_door(ANSWER)
def enter_control(request: Request) -> HttpResponse:
    form = NewControlForm(
        typed(request), initial={"controller": request.access.actor.label}, access=request.access
    )
    return form_page(
        request,
        form,
        lambda: actions.enter_own_control(
            form.cleaned_data["contract"], form.entry(), actor=request.access.actor
        ),
        title=_("Enter an own control"),
        lead=_("The social unit sees it in the log of your contract."),
        button=_("Enter the control"),
        back=tenant_url("supervision:own_controls"),
        crumbs=_crumbs(_("New")),
        told=_("The control is in the log."),
    )


@tenant_door(ANSWER)
def correct_control(request: Request, pk: UUID) -> HttpResponse:
    control: OwnControl = get_object_or_404(
        OwnControl.objects.visible_to(request.access).select_related("contract"), pk=pk
    )
    names = ("controlled_on", "kind", "controller", "subject", "result", "measures")
    initial = {name: getattr(control, name) for name in names}
    form = ControlForm(typed(request), initial={**initial, "seen": control_stamp(control)})
    return form_page(
        request,
        form,
        lambda: actions.correct_own_control(
            control, form.entry(), seen=form.cleaned_data["seen"] or None, actor=request.access.actor
        ),
        title=_("Correct an own control"),
        lead=control.contract.number,
        button=_("Save the correction"),
        back=tenant_url("supervision:own_controls"),
        crumbs=_crumbs(_("Correct")),
        told=_("The control is corrected."),
    )
