"""Pages of step 1: the diagnosis with its gap, and the rows it is made of."""

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning import actions, steps
from contracting.commissioning.actions import needs as verbs
from contracting.commissioning.forms import diagnosis as forms
from contracting.commissioning.models import (
    Activity,
    Consultation,
    CycleResource,
    Need,
    Resource,
    SelfAssessmentArea,
    TargetGroup,
)
from contracting.commissioning.people import unit_people
from contracting.commissioning.permissions import EDIT_CYCLES, READ_CYCLES
from contracting.commissioning.queries import needs_table
from contracting.commissioning.views.frame import cycle_of, step_frame
from contracting.commissioning.views.rows import answer_rows, rows_page
from kernel.doors import Request, tenant_door
from kernel.polish import in_order
from tenants.addresses import tenant_url


@tenant_door(READ_CYCLES)
def show_needs(request: Request, pk: str) -> HttpResponse:
    """The diagnosis on one page: groups, needs and their gap, resources, consultations, self-diagnosis."""
    cycle = cycle_of(request, pk)
    table = needs_table(cycle)
    names = dict(unit_people())
    areas = list(SelfAssessmentArea.objects.filter(cycle=cycle))
    for area in areas:
        area.gap = area.level_wanted - area.level_now
        area.owner_name = names.get(area.owner_id, "")
    context = {
        **step_frame(request, cycle, steps.NEEDS_DIAGNOSIS),
        "groups": TargetGroup.objects.filter(cycle=cycle),
        "table": table,
        "scale": max((line.gap.needed for line in table.lines), default=0),
        "resources": CycleResource.objects.filter(cycle=cycle).select_related("resource", "need"),
        "consultations": Consultation.objects.filter(cycle=cycle),
        "areas": areas,
        "today": timezone.localdate(),
        "may_assess": cycle.is_running and request.access.may(EDIT_CYCLES),
    }
    return render(request, "commissioning/needs.html", context)


@tenant_door(EDIT_CYCLES)
def edit_groups(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    page = rows_page(
        cycle,
        steps.NEEDS_DIAGNOSIS,
        _("Groups and their numbers"),
        forms.GroupRows,
        TargetGroup,
        verbs.GROUP_FIELDS,
        save=lambda lines, seen: actions.edit_groups(cycle, lines, seen=seen, actor=actor),
        lead=_(
            "For whom the service is organised. Every number says where it is from and of which year it is."
        ),
        hint=_("Numbers only: write nothing here by which a single person could be recognised."),
    )
    return answer_rows(request, page)


@tenant_door(EDIT_CYCLES)
def edit_needs(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    groups = list(TargetGroup.objects.filter(cycle=cycle))
    if not groups:
        messages.info(request, _("The groups come first: each need is that of a group. Enter them here."))
        return redirect(tenant_url("cycles:edit_groups", cycle.pk))
    named = Need.objects.filter(cycle=cycle, activity__isnull=False).values("activity_id")
    activities = Activity.objects.filter(
        models.Q(offered=True) | models.Q(pk__in=named), service=cycle.service
    )
    page = rows_page(
        cycle,
        steps.NEEDS_DIAGNOSIS,
        _("Needs"),
        forms.NeedRows,
        Need,
        verbs.NEED_FIELDS,
        save=lambda lines, seen: actions.edit_needs(cycle, lines, seen=seen, actor=actor),
        lead=_(
            "What the groups lack, for how many persons and how many hours a month for all of them together."
        ),
        hint=_(
            "Hours as you say them: “120 h”, “37:30”, “900 min”. Name an activity of the service, or a specialism."
        ),
        offers={
            "group": [(group.pk, group, str(group)) for group in groups],
            "activity": [(one.pk, one, one.name) for one in activities],
        },
    )
    return answer_rows(request, page)


@tenant_door(EDIT_CYCLES)
def count_resources(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    counted = CycleResource.objects.filter(cycle=cycle).values("resource_id")
    offered = Resource.objects.filter(models.Q(retired=False) | models.Q(pk__in=counted)).order_by(
        in_order("institution"), "pk"
    )
    page = rows_page(
        cycle,
        steps.NEEDS_DIAGNOSIS,
        _("Resources that the cycle counts on"),
        forms.CountedResourceRows,
        CycleResource,
        verbs.RESOURCE_FIELDS,
        save=lambda lines, seen: actions.count_resources(cycle, lines, seen=seen, actor=actor),
        lead=_(
            "Places of the directory that answer a part of the needs already, with the hours a month they give."
        ),
        hint=_("A place that is missing is entered into the directory of resources first."),
        offers={
            "resource": [(one.pk, one, f"{one.institution} – {one.address}") for one in offered],
            "need": [(need.pk, need, need.name) for need in Need.objects.filter(cycle=cycle)],
        },
    )
    return answer_rows(request, page)


@tenant_door(EDIT_CYCLES)
def edit_consultations(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    page = rows_page(
        cycle,
        steps.NEEDS_DIAGNOSIS,
        _("Consultations"),
        forms.ConsultationRows,
        Consultation,
        verbs.CONSULTATION_FIELDS,
        save=lambda lines, seen: actions.edit_consultations(cycle, lines, seen=seen, actor=actor),
        lead=_("When the people concerned were asked, in which form, and what came of it."),
        hint=_("Conclusions without names: the page is read by the whole unit."),
    )
    return answer_rows(request, page)


@tenant_door(EDIT_CYCLES)
def edit_assessment(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    page = rows_page(
        cycle,
        steps.NEEDS_DIAGNOSIS,
        _("Self-diagnosis and plan of adjustment"),
        forms.AreaRows,
        SelfAssessmentArea,
        verbs.AREA_FIELDS,
        save=lambda lines, seen: actions.edit_assessment(cycle, lines, seen=seen, actor=actor),
        lead=_(
            "Where the unit stands against the standard, area by area, and what will be done about the gap."
        ),
        offers={"owner_id": [(key, key, name) for key, name in unit_people()]},
    )
    return answer_rows(request, page)
