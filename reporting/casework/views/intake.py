"""Intake of families: the plan by month beside what came of it, and the posts that so many families ask for."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracting.commissioning.law import limits_on
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.casework import actions
from reporting.casework.forms import IntakeForm, PostsForm
from reporting.casework.permissions import KEEP_LOADS, READ_LOADS
from reporting.casework.queries import IntakeMonth, intake_by_month, intake_plan, load_limits
from reporting.casework.rules import families_of_one, full_time
from tenants.addresses import tenant_url
from ui.charts import Chart, Series, Unit, line_chart
from ui.formatting import format_month_short
from ui.refusals import attempt, status_of

_AROUND = 24


@tenant_door(READ_LOADS)
def intake(request: Request) -> HttpResponse:
    """The plan, month by month, and the calculator of posts."""
    today, plan = timezone.localdate(), intake_plan()
    rows = intake_by_month(plan, today)
    now = next((row for row in rows if row.month == Month.of(today)), None)
    form = PostsForm(request.GET or None)
    families = form.cleaned_data["families"] if form.is_bound and form.is_valid() else None
    if families is None and not form.is_bound:
        families = plan[max(plan)] if plan else None
        form = PostsForm(initial={"families": families})
    context = {
        "rows": rows,
        "now": now,
        "target": plan[max(plan)] if plan else None,
        "reached": max(plan) if plan else None,
        "chart": _chart(rows) if rows else None,
        "form": form,
        "posts": None if families is None else _posts(form, families),
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/intake.html", context)


def _chart(rows: list[IntakeMonth]) -> Chart:
    return line_chart(
        title=_("Families planned and in care"),
        description=_("By the end of each month"),
        head=_("Month"),
        labels=[format_month_short(row.month) for row in rows],
        series=[
            Series(pgettext("families", "planned"), [row.planned for row in rows], kind="granted"),
            Series(_("in care"), [row.actual for row in rows], kind="delivered"),
        ],
        unit=Unit.COUNT,
    )


def _posts(form: PostsForm, families: int) -> list[dict[str, Any]]:
    """Posts that the standard of the unit asks for, beside those that are there, for both kinds of workers."""
    today = timezone.localdate()
    told: dict[str, Any] = form.cleaned_data if form.is_bound else {}
    each = load_limits(today).for_load(1 if told.get("blue") else 0)
    benefits = limits_on(today)["benefits_worker_families"].whole
    return [
        _post(_("Social workers"), families, each, told.get("workers")),
        _post(_("Benefits workers"), families, benefits, told.get("benefits")),
    ]


def _post(name: str, families: int, each: int, there: Decimal | None) -> dict[str, Any]:
    asked = full_time(families, each)
    return {
        "name": name,
        "each": each,
        "asked": asked,
        "there": there,
        "of_one": None if there is None else families_of_one(families, there),
        "lacks": None if there is None else max(asked - there, Decimal(0)),
    }


@tenant_door(KEEP_LOADS)
def plan_intake(request: Request) -> HttpResponse:
    """Plan from a month on; what was planned before it stays."""
    present, plan = Month.of(timezone.localdate()), intake_plan()
    offered, month = [], present
    for _step in range(_AROUND // 2):
        month = month.previous()
    for _step in range(_AROUND):
        offered.append(month)
        month = month.next()
    initial = {
        "first": str(present),
        "start": plan.get(present),
        "target": plan[max(plan)] if plan else None,
        "seen": actions.intake_stamp(),
    }
    form = IntakeForm(request.POST or None, offered=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        seen, actor = form.cleaned_data["seen"] or None, request.access.actor
        if attempt(form, lambda: actions.plan_intake(**form.values(), seen=seen, actor=actor)) is not None:
            messages.success(request, _("The plan of intake is kept."))
            return redirect(tenant_url("casework:intake"))
    context = {
        "form": form,
        "title": _("Plan the intake of families"),
        "text": _(
            "The plan of earlier months stays. To change the pace later, plan anew from that month on."
        ),
        "back": tenant_url("casework:intake"),
        "back_name": _("Intake of families"),
    }
    return render(request, "casework/edit_row.html", context, status=status_of(form))
