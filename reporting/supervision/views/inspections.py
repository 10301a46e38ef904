"""Pages of inspections for the unit: list, plan, one inspection, its sample, protocol and end."""

import re
from typing import Any

from django import forms
from django.db.models import Count, Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from kernel.doors import Request, tenant_door
from reporting.compliance.queries.kinds import services_of
from reporting.crisis.permissions import known_cases
from reporting.supervision import actions
from reporting.supervision.actions.inspections import protocol_stamp
from reporting.supervision.actions.workflow import INSPECTING
from reporting.supervision.exports.protocol import protocol_pdf as pdf_of
from reporting.supervision.forms.inspections import (
    CheckForm,
    CloseForm,
    NewPlanForm,
    PlanForm,
    ProtocolForm,
    ReasonForm,
    SampleForm,
)
from reporting.supervision.models import (
    SUBJECTS,
    Attachment,
    Finding,
    Inspection,
    Recommendation,
    SampledItem,
)
from reporting.supervision.permissions import ANSWER, INSPECT, READ_SUPERVISION
from reporting.supervision.tables import InspectionFilter, completeness
from reporting.supervision.views.pages import (
    arrives,
    form_page,
    head_of_drawn,
    months_of,
    names_of_drawn,
    not_now,
    typed,
)
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.lists import page_of

_READ = _lazy(
    "What the program can read is answered already; nobody is shown what is written there. Put an answer right "
    "where papers say otherwise, and answer the rest."
)


def inspection_of(request: Request, pk: Any) -> Inspection:
    """An inspection that the person may see."""
    found: Inspection = get_object_or_404(
        Inspection.objects.visible_to(request.access).select_related(
            "contract__organisation", "contract__service"
        ),
        pk=pk,
    )
    return found


def crumbs_to(inspection: Inspection, here: str) -> list[tuple[str, str]]:
    """The way to a page below an inspection."""
    return [
        (_("Inspections"), tenant_url("supervision:inspections")),
        (str(inspection), tenant_url("supervision:inspection", inspection.pk)),
        (here, ""),
    ]


def address_of(inspection: Inspection, part: str = "") -> str:
    return tenant_url("supervision:inspection", inspection.pk) + part


@tenant_door(READ_SUPERVISION)
def list_inspections(request: Request) -> HttpResponse:
    form = InspectionFilter(request.GET or None, access=request.access)
    found = form.narrow(
        Inspection.objects.visible_to(request.access).select_related(
            "contract__organisation", "contract__service"
        )
    ).annotate(
        found=Count("findings", distinct=True, filter=_told(request)),
        unsettled=Count(
            "findings__recommendations",
            distinct=True,
            filter=_told(request)
            & Q(findings__recommendations__state__in=["open", "reported"])
            & ~Q(state__in=["closed", "called_off"]),
        ),
    )
    context = {
        "page": page_of(found.order_by("-planned_on", "-year", "-number"), request),
        "form": form,
        "filtered": form.is_filtered,
        "tab": "inspections",
        "today": timezone.localdate(),
    }
    return render(request, "supervision/inspections.html", context)


def _told(request: Request) -> Q:
    """Findings are told to an organisation from the day the protocol was sent."""
    return Q() if request.access.sees_all_organisations else Q(sent_at__isnull=False)


@tenant_door(READ_SUPERVISION)
def show_inspection(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    context = {**inspection_context(request, inspection), "tab": "inspections"}
    context["attachments"] = Attachment.objects.filter(inspection=inspection).select_related("file")
    return render(request, "supervision/inspection.html", context)


def inspection_context(request: Request, inspection: Inspection) -> dict[str, Any]:
    """What of an inspection the person may see: an organisation its sample and findings once they were sent.

    Crisis cases that the person may not know are counted, and nothing else is told of them.
    """
    access = request.access
    whole = access.sees_all_organisations or inspection.sent_at is not None
    items: list[SampledItem] = []
    findings: list[Finding] = []
    if whole:
        items = list(inspection.items.select_related(*SUBJECTS))
        told = Recommendation.objects.order_by("place")
        findings = list(
            inspection.findings.select_related(*(f"item__{one}" for one in SUBJECTS)).prefetch_related(
                Prefetch("recommendations", queryset=told)
            )
        )
    known = known_cases(access, [item.case_id for item in items if item.case_id])
    told_items = [item for item in items if item.case_id is None or item.case_id in known]
    for finding in findings:
        if finding.item is not None and finding.item not in told_items:
            # For the page alone: nothing is saved.
            finding.item = None
    untold = len(items) - len(told_items)
    verbs = {one.verb for one in INSPECTING.verbs_from(inspection.state) if access.may(one.permission)}
    names = names_of_drawn(request, told_items, "supervision.inspection")
    return {
        "inspection": inspection,
        "contract": inspection.contract,
        "verbs": verbs,
        "is_told": whole,
        "rows": [(item, names.get(item.pk, "")) for item in told_items],
        "drawn": items[0] if items else None,
        "untold": _untold_words(untold) if untold else "",
        "head": head_of_drawn(items),
        "shows_names": bool(names),
        "complete": completeness(items),
        "findings": findings,
        "may_report": access.may(ANSWER) and inspection.state in ("sent", "answered"),
        "may_follow_up": access.may(INSPECT) and inspection.state in ("sent", "answered"),
        "today": timezone.localdate(),
    }


def _untold_words(count: int) -> str:
    told = ngettext(
        "%(count)s crisis case: only those who may know of it see more.",
        "%(count)s crisis cases: only those who may know of them see more.",
        count,
    )
    return told % {"count": count}


@tenant_door(INSPECT)
def plan_inspection(request: Request) -> HttpResponse:
    initial = {"inspector": str(request.access.actor.user_id), "contract": request.GET.get("contract")}
    initial = {name: value for name, value in initial.items() if value}
    form = NewPlanForm(typed(request), initial=initial, access=request.access)
    return form_page(
        request,
        form,
        lambda: actions.plan_inspection(
            form.cleaned_data["contract"], form.plan(), actor=request.access.actor
        ),
        title=_("Plan an inspection"),
        button=_("Put it into the plan"),
        back=tenant_url("supervision:inspections"),
        crumbs=[(_("Inspections"), tenant_url("supervision:inspections")), (_("New"), "")],
        told=_("The inspection is in the plan."),
        then=address_of,
    )


@tenant_door(INSPECT)
def change_inspection(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if arrives(request) and inspection.state != Inspection.State.PLANNED:
        return not_now(request, address_of(inspection))
    initial = {name: getattr(inspection, name) for name in ("kind", "subject", "planned_on", "announced")}
    form = PlanForm(typed(request), initial={**initial, "inspector": str(inspection.inspector_id)})
    return form_page(
        request,
        form,
        lambda: actions.change_inspection(inspection, form.plan(), actor=request.access.actor),
        title=_("Change the plan of inspection %(number)s") % {"number": inspection},
        button=_("Save the plan"),
        back=address_of(inspection),
        crumbs=crumbs_to(inspection, _("Change the plan")),
        told=_("The plan is saved."),
    )


@tenant_door(INSPECT)
def call_off_inspection(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if arrives(request) and inspection.state != Inspection.State.PLANNED:
        return not_now(request, address_of(inspection))
    form = ReasonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.call_off_inspection(
            inspection, reason=form.cleaned_data["reason"], actor=request.access.actor
        ),
        title=_("Call off inspection %(number)s") % {"number": inspection},
        button=_("Call it off"),
        kind="danger",
        back=address_of(inspection),
        crumbs=crumbs_to(inspection, _("Call off")),
        told=_("The inspection is called off."),
    )


@tenant_door(INSPECT)
def draw_sample(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if arrives(request) and inspection.state not in ("planned", "held"):
        return not_now(request, address_of(inspection))
    months = months_of(inspection.contract)
    # The newest month that has ended, where there is one.
    initial = {"month": str(months[min(1, len(months) - 1)])} if months else {}
    form = SampleForm(
        typed(request), months=months, services=services_of(inspection.contract), initial=initial
    )

    def verb() -> Inspection:
        typed = {name: form.cleaned_data[name] for name in ("of", "method", "size", "month", "seed")}
        return actions.draw_sample(inspection, **typed, actor=request.access.actor)

    return form_page(
        request,
        form,
        verb,
        title=_("Draw the sample of inspection %(number)s") % {"number": inspection},
        button=_("Draw the sample"),
        back=address_of(inspection, "#sample"),
        crumbs=crumbs_to(inspection, _("Sample")),
        intro=[
            _(
                "The seed and the number of those that could be drawn are kept in the protocol: "
                "with them anybody can draw the same sample again. A sample drawn earlier is replaced."
            )
        ],
        told=_("The sample is drawn."),
    )


@tenant_door(INSPECT)
def check_item(request: Request, pk: str, item_pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    item: SampledItem = get_object_or_404(inspection.items.select_related(*SUBJECTS), pk=item_pk)
    if arrives(request) and inspection.state not in ("planned", "held"):
        return not_now(request, address_of(inspection))
    item.inspection = inspection
    name = names_of_drawn(request, [item], "supervision.check_item").get(item.pk, "")
    form = CheckForm(typed(request), item=item)
    told = [item.number, name]
    if item.visit_on and item.visit_start:
        told.append(f"{item.visit_on:%d.%m.%Y}, {item.visit_start:%H:%M}")
    return form_page(
        request,
        form,
        lambda: actions.check_item(
            item, form.answers(), note=form.cleaned_data["note"], actor=request.access.actor
        ),
        title=_("Completeness of documentation"),
        lead=" · ".join(part for part in told if part),
        button=_("Save the check"),
        back=address_of(inspection, "#sample"),
        crumbs=crumbs_to(inspection, item.number),
        intro=[str(_READ)] if item.decision_id is None else (),
        told=_("The check of %(number)s is saved.") % {"number": item.number},
    )


@tenant_door(INSPECT)
def write_protocol(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if arrives(request) and inspection.state not in ("planned", "held"):
        return not_now(request, address_of(inspection))
    names = ("held_on", "present", "protocol")
    initial = {name: getattr(inspection, name) for name in names}
    form = ProtocolForm(typed(request), initial={**initial, "seen": protocol_stamp(inspection)})

    def verb() -> Inspection:
        typed = {name: form.cleaned_data[name] for name in names}
        seen = form.cleaned_data["seen"] or None
        return actions.write_protocol(inspection, **typed, seen=seen, actor=request.access.actor)

    return form_page(
        request,
        form,
        verb,
        title=_("Protocol of inspection %(number)s") % {"number": inspection},
        button=_("Save the protocol"),
        back=address_of(inspection),
        crumbs=crumbs_to(inspection, _("Protocol")),
        told=_("The protocol is saved. Write the findings, then send it."),
    )


@tenant_door(INSPECT)
def send_protocol(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if arrives(request) and inspection.state != Inspection.State.HELD:
        return not_now(request, address_of(inspection))
    form = forms.Form(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.send_protocol(inspection, actor=request.access.actor),
        title=_("Send the protocol of inspection %(number)s") % {"number": inspection},
        button=_("Send the protocol"),
        back=address_of(inspection),
        crumbs=crumbs_to(inspection, _("Send")),
        intro=[
            _(
                "%(organisation)s sees the protocol with its sample, findings and recommendations, and the term of its "
                "answer begins. Afterwards the protocol cannot be changed."
            )
            % {"organisation": inspection.contract.organisation},
            _("Findings: %(count)s.") % {"count": inspection.findings.count()},
        ],
        told=_("The protocol is sent."),
    )


@tenant_door(INSPECT)
def close_inspection(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if arrives(request) and inspection.state not in ("sent", "answered"):
        return not_now(request, address_of(inspection))
    form = CloseForm(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.close_inspection(
            inspection, note=form.cleaned_data["note"], actor=request.access.actor
        ),
        title=_("Close inspection %(number)s") % {"number": inspection},
        button=_("Close the inspection"),
        back=address_of(inspection),
        crumbs=crumbs_to(inspection, _("Close")),
        told=_("The inspection is closed."),
    )


@tenant_door(READ_SUPERVISION, hands_out_persons=True)
def protocol_pdf(request: Request, pk: str) -> HttpResponse:
    inspection = inspection_of(request, pk)
    if inspection.held_on is None or (
        inspection.sent_at is None and not request.access.sees_all_organisations
    ):
        return not_now(request, address_of(inspection))
    content = pdf_of(inspection_context(request, inspection), unit=request.tenant.unit_name)
    number = re.sub(r"[^0-9A-Za-z]+", "-", str(inspection))
    return download(content, name=f"protokol_{number}.pdf", content_type="application/pdf")
