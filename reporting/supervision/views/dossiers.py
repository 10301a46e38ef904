"""Pages of the monthly dossier."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.queries.kinds import has_close
from reporting.supervision import actions
from reporting.supervision.actions.dossiers import report_stamp
from reporting.supervision.exports.dossier import dossier_pdf as pdf_of
from reporting.supervision.forms.dossiers import (
    AdviceForm,
    ConclusionForm,
    MonthForm,
    ProblemsForm,
    ServiceForm,
)
from reporting.supervision.forms.inspections import ReasonForm
from reporting.supervision.models import DecisionAdvice, Dossier, DossierIssue, ServiceTask
from reporting.supervision.permissions import ANSWER, READ_SUPERVISION, RECOMMEND
from reporting.supervision.queries.dossiers import (
    contracts_with_dossiers,
    dossier_of,
    told_of,
)
from reporting.supervision.snapshots import changed_since, told_in, with_tasks_of
from reporting.supervision.tables import PART_WORDS
from reporting.supervision.views.pages import (
    arrives,
    contract_of,
    form_page,
    month_of,
    names_of,
    not_now,
    typed,
)
from tenants.addresses import tenant_url
from ui.downloads import download
from ui.formatting import format_minutes_text, format_month
from ui.lists import page_of

_MONTHS_OFFERED = 24
_LONGEST_NUMBER = 5


def _address(told: Any, month: Month, part: str = "") -> str:
    return tenant_url("supervision:dossier", told.pk, str(month)) + part


def _crumbs(contract: Any, month: Month, here: str) -> list[tuple[str, str]]:
    return [
        (_("Dossiers"), f"{tenant_url('supervision:dossiers')}?month={month}"),
        (f"{contract.number}, {format_month(month)}", _address(contract, month)),
        (here, ""),
    ]


def _is_concluded(dossier: Dossier | None) -> bool:
    return dossier is not None and dossier.state == Dossier.State.CONCLUDED


@tenant_door(READ_SUPERVISION)
def list_dossiers(request: Request) -> HttpResponse:
    now = Month.of(timezone.localdate())
    months = [now]
    while len(months) < _MONTHS_OFFERED:
        months.append(months[-1].previous())
    form = MonthForm(request.GET, months=months)
    month = (form.cleaned_data["month"] if form.is_valid() else None) or now.previous()
    form = MonthForm(initial={"month": str(month)}, months=months)
    page = page_of(contracts_with_dossiers(request.access, month), request)
    context = {"page": page, "month": month, "form": form, "previous": month.previous(), "next": month.next()}
    return render(request, "supervision/dossiers.html", context)


@tenant_door(READ_SUPERVISION)
def show_dossier(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """The dossier as it was concluded, with what changed since; as it stands where it is open."""
    contract, when = contract_of(request, contract_pk), month_of(month)
    dossier, now = dossier_of(contract, when), told_of(contract, when)
    issues = list(dossier.issues.all()) if dossier else []
    concluded = _is_concluded(dossier)
    told = with_tasks_of(told_in(issues[0], contract), now) if concluded else now
    page = page_of(told.lines, request)
    names = names_of(request, [line.decision_id for line in page], "supervision.dossier")
    may = request.access.may
    context = {
        "told": told,
        "contract": contract,
        "month": when,
        "dossier": dossier,
        "concluded": concluded,
        "service_task": ServiceTask.objects.select_related("amendment").filter(dossier=dossier).first(),
        "issues": issues,
        "changed": [PART_WORDS[part] for part in changed_since(issues[0], now)] if concluded else [],
        "page": page,
        "rows": [(line, names.get(line.decision_id, "")) for line in page],
        "shows_names": bool(names),
        "may_report": may(ANSWER) and not concluded,
        "may_recommend": may(RECOMMEND) and not concluded,
        "may_act": may(RECOMMEND),
        "may_reopen": may(RECOMMEND) and concluded,
    }
    return render(request, "supervision/dossier.html", context)


@tenant_door(READ_SUPERVISION, hands_out_persons=True)
def dossier_pdf(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """An issue as it was concluded, `?issue=` or the newest; a draft of what stands now where there is none."""
    contract, when = contract_of(request, contract_pk), month_of(month)
    asked, dossier = request.GET.get("issue", ""), dossier_of(contract, when)
    issues: Any = dossier.issues.all() if dossier else DossierIssue.objects.none()
    issue: DossierIssue | None = None
    if asked:
        wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < _LONGEST_NUMBER else 0
        issue = get_object_or_404(issues, number=wanted)
    elif _is_concluded(dossier):
        issue = issues.first()
    told = told_in(issue, contract) if issue else told_of(contract, when)
    names = names_of(request, [line.decision_id for line in told.lines], "supervision.dossier_pdf")
    rows = [(line, names.get(line.decision_id, "")) for line in told.lines]
    content = pdf_of(told, rows, unit=request.tenant.unit_name, issue=issue)
    number = re.sub(r"[^0-9A-Za-z]+", "-", contract.number).strip("-")
    name = f"teczka_{when}_{number}" + (f"_w{issue.number}" if issue else "")
    return download(content, name=f"{name}.pdf", content_type="application/pdf")


@tenant_door(ANSWER)
def report_problems(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    dossier = dossier_of(contract, when)
    if arrives(request) and _is_concluded(dossier):
        return not_now(request, _address(contract, when))
    initial = {"problems": dossier.problems, "measures": dossier.measures} if dossier else {}
    form = ProblemsForm(typed(request), initial={**initial, "seen": report_stamp(dossier)})

    def verb() -> Dossier:
        words = {name: form.cleaned_data[name] for name in ("problems", "measures")}
        seen = form.cleaned_data["seen"] or None
        return actions.report_problems(contract, when, **words, seen=seen, actor=request.access.actor)

    return form_page(
        request,
        form,
        verb,
        title=_("Report of problems, %(month)s") % {"month": format_month(when)},
        lead=f"{contract.number} · {contract.service}",
        button=_("Send the report"),
        back=_address(contract, when, "#report"),
        crumbs=_crumbs(contract, when, _("Report of problems")),
        told=_("The report is in the dossier of the month."),
    )


@tenant_door(RECOMMEND)
def recommend(request: Request, contract_pk: UUID, month: str, decision_pk: UUID) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    decision: Decision = get_object_or_404(
        Decision.objects.visible_to(request.access).filter(contract=contract).select_related("person"),
        pk=decision_pk,
    )
    dossier = dossier_of(contract, when)
    row = dossier.advice.filter(decision=decision).first() if dossier else None
    if arrives(request) and (_is_concluded(dossier) or (row is not None and row.settled_at is not None)):
        return not_now(request, _address(contract, when))
    names = ("verdict", "proposed_minutes", "reason")
    initial = {name: getattr(row, name) for name in names} if row else {}
    form = AdviceForm(typed(request), decision=decision, initial=initial)
    name = names_of(request, [decision.pk], "supervision.recommend").get(decision.pk, "")

    def verb() -> DecisionAdvice:
        words = {name: form.cleaned_data[name] for name in names}
        return actions.recommend_on_decision(contract, when, decision, **words, actor=request.access.actor)

    return form_page(
        request,
        form,
        verb,
        title=_("Recommendation on decision %(number)s") % {"number": decision.number},
        lead=" · ".join(part for part in (name, format_month(when)) if part),
        button=_("Save the recommendation"),
        back=_address(contract, when, "#decisions"),
        crumbs=_crumbs(contract, when, decision.number),
        intro=_in_month(contract, when, decision),
        told=_("The recommendation on %(number)s is saved.") % {"number": decision.number},
    )


def _in_month(contract: Any, month: Month, decision: Decision) -> list[str]:
    """What the decision grants, and what of it was delivered in the month."""
    line = next((one for one in told_of(contract, month).lines if one.decision_id == decision.pk), None)
    if line is None:
        return [_("The decision was not in force in this month.")]
    said = {"granted": format_minutes_text(line.granted), "delivered": format_minutes_text(line.delivered)}
    return [
        _("In the month %(granted)s were granted and %(delivered)s delivered.") % said,
        _(
            "Raising or lowering opens the task to change the decision; it stays on the start page until it is done."
        ),
    ]


@tenant_door(RECOMMEND)
def recommend_service(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Of advice and crisis intervention: nobody has a decision, so what is recommended is for the service."""
    contract, when = contract_of(request, contract_pk), month_of(month)
    dossier = dossier_of(contract, when)
    settled = ServiceTask.objects.filter(dossier=dossier, settled_at__isnull=False)
    if arrives(request) and (_is_concluded(dossier) or has_close(contract, when) or settled.exists()):
        return not_now(request, _address(contract, when))
    initial = {"verdict": dossier.verdict, "reason": dossier.verdict_reason} if dossier else {}
    form = ServiceForm(typed(request), initial=initial)
    return form_page(
        request,
        form,
        lambda: actions.recommend_on_service(contract, when, **form.cleaned_data, actor=request.access.actor),
        title=_("Recommendation on the service, %(month)s") % {"month": format_month(when)},
        lead=f"{contract.number} · {contract.organisation} · {contract.service}",
        button=_("Save the recommendation"),
        back=_address(contract, when, "#recommendation"),
        crumbs=_crumbs(contract, when, pgettext("dossier", "Recommendation")),
        intro=[
            _("Nobody's decision grants this service, so what is recommended is for the service as a whole."),
            _(
                "Ordering more or less of it is an amendment of the contract; both sides sign it. All but going on "
                "as it is opens a task, which stays on the start page until it is done."
            ),
        ],
        told=_("The recommendation on the service is saved."),
    )


@tenant_door(RECOMMEND)
def conclude_dossier(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    if arrives(request) and _is_concluded(dossier_of(contract, when)):
        return not_now(request, _address(contract, when))
    dossier = dossier_of(contract, when)
    form = ConclusionForm(typed(request), initial={"conclusions": dossier.conclusions if dossier else ""})
    told = told_of(contract, when)
    intro = [
        _(
            "Afterwards the dossier stays as it is, under its own checksum; "
            "tasks to change decisions stay open until they are settled."
        ),
    ]
    if told.is_closed_by_month:
        counts = {"advised": told.advised, "all": len(told.lines)}
        intro.append(_("Recommendations written: %(advised)s of %(all)s decisions.") % counts)
    elif told.verdict is None:
        intro.append(_("Nothing is recommended for the service yet."))
    if told.report is None:
        intro.append(_("The organisation has not written its report of problems yet."))
    return form_page(
        request,
        form,
        lambda: actions.conclude_dossier(
            contract, when, conclusions=form.cleaned_data["conclusions"], actor=request.access.actor
        ),
        title=_("Conclude the dossier of %(month)s") % {"month": format_month(when)},
        lead=f"{contract.number} · {contract.organisation}",
        button=_("Conclude the dossier"),
        back=_address(contract, when),
        crumbs=_crumbs(contract, when, _("Conclusions")),
        intro=intro,
        told=_("The dossier is concluded."),
    )


@tenant_door(RECOMMEND)
def reopen_dossier(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    if arrives(request) and not _is_concluded(dossier_of(contract, when)):
        return not_now(request, _address(contract, when))
    form = ReasonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.reopen_dossier(
            contract, when, reason=form.cleaned_data["reason"], actor=request.access.actor
        ),
        title=_("Open the dossier of %(month)s again") % {"month": format_month(when)},
        lead=f"{contract.number} · {contract.organisation}",
        button=_("Open the dossier again"),
        back=_address(contract, when),
        crumbs=_crumbs(contract, when, _("Open again")),
        intro=[
            _("What was concluded stays and can still be downloaded. Concluding it again makes a new issue."),
        ],
        told=_("The dossier is open again."),
    )
