"""Pages of the procedure of a breach, on both sides."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.supervision import actions
from reporting.supervision.actions.workflow import BREACHING
from reporting.supervision.forms.breaches import BreachForm, DecisionForm
from reporting.supervision.forms.inspections import AnswerForm, ReasonForm
from reporting.supervision.models import Attachment, Breach
from reporting.supervision.permissions import ANSWER, DECIDE_BREACH, READ_SUPERVISION, REPORT_BREACH
from reporting.supervision.tables import ContractFilter
from reporting.supervision.views.pages import arrives, form_page, not_now, typed, with_files
from tenants.addresses import tenant_url
from ui.lists import page_of


def _breach(request: Request, pk: Any) -> Breach:
    found: Breach = get_object_or_404(
        Breach.objects.visible_to(request.access).select_related(
            "contract__organisation", "contract__service", "inspection"
        ),
        pk=pk,
    )
    return found


def _address(breach: Breach) -> str:
    return tenant_url("supervision:breach", breach.pk)


def _crumbs(breach: Breach, here: str) -> list[tuple[str, str]]:
    return [(_("Breaches"), tenant_url("supervision:breaches")), (str(breach), _address(breach)), (here, "")]


def _allows(breach: Breach, verb: str) -> bool:
    return any(one.verb == verb for one in BREACHING.verbs_from(breach.state))


@tenant_door(READ_SUPERVISION)
def list_breaches(request: Request) -> HttpResponse:
    form = ContractFilter(request.GET or None, access=request.access)
    rows = form.narrow(Breach.objects.visible_to(request.access).select_related("contract__organisation"))
    context = {
        "page": page_of(rows.order_by("-year", "-number"), request),
        "form": form,
        "filtered": form.is_filtered,
        "today": timezone.localdate(),
    }
    return render(request, "supervision/breaches.html", context)


@tenant_door(READ_SUPERVISION)
def show_breach(request: Request, pk: UUID) -> HttpResponse:
    breach = _breach(request, pk)
    verbs = {one.verb for one in BREACHING.verbs_from(breach.state) if request.access.may(one.permission)}
    context = {
        "breach": breach,
        "contract": breach.contract,
        "verbs": verbs,
        "attachments": Attachment.objects.filter(breach=breach).select_related("file"),
        "links_inspection": breach.inspection is not None,
        "today": timezone.localdate(),
    }
    return render(request, "supervision/breach.html", context)


@tenant_door(REPORT_BREACH)
def report_breach(request: Request) -> HttpResponse:
    initial = {name: request.GET[name] for name in ("contract", "inspection") if name in request.GET}
    form = BreachForm(typed(request), initial=initial, access=request.access)

    def verb() -> Breach:
        words = {name: form.cleaned_data[name] for name in ("facts", "basis", "inspection")}
        return actions.report_breach(form.cleaned_data["contract"], **words, actor=request.access.actor)

    return form_page(
        request,
        form,
        verb,
        title=_("Report a breach"),
        button=_("Report the breach"),
        back=tenant_url("supervision:breaches"),
        crumbs=[(_("Breaches"), tenant_url("supervision:breaches")), (_("New"), "")],
        intro=[_("The organisation sees the report at once, and the term of its answer begins.")],
        told=_("The breach is reported to the organisation."),
        then=_address,
    )


@tenant_door(ANSWER)
def answer_breach(request: Request, pk: UUID) -> HttpResponse:
    breach = _breach(request, pk)
    if arrives(request) and not _allows(breach, "answer"):
        return not_now(request, _address(breach))
    form = AnswerForm(*with_files(request))
    return form_page(
        request,
        form,
        lambda: actions.answer_breach(
            breach, answer=form.cleaned_data["answer"], files=form.uploads(), actor=request.access.actor
        ),
        title=_("Answer the report of breach %(number)s") % {"number": breach},
        button=_("Send the answer"),
        back=_address(breach),
        crumbs=_crumbs(breach, _("Answer")),
        intro=[
            breach.facts,
            _("The answer is sent once and cannot be changed afterwards. It is due on %(day)s.")
            % {"day": f"{breach.answer_due_on:%d.%m.%Y}"},
        ],
        told=_("The answer is sent to the social unit."),
    )


@tenant_door(DECIDE_BREACH)
def decide_breach(request: Request, pk: UUID) -> HttpResponse:
    breach = _breach(request, pk)
    if arrives(request) and not _allows(breach, "decide"):
        return not_now(request, _address(breach))
    form = DecisionForm(typed(request), contract=breach.contract)

    def verb() -> Breach:
        words = {name: form.cleaned_data[name] for name in ("outcome", "reasons", "amount", "month")}
        return actions.decide_breach(breach, **words, actor=request.access.actor)

    intro = [breach.facts]
    if breach.answer:
        intro.append(_("The organisation answers: %(answer)s") % {"answer": breach.answer})
    return form_page(
        request,
        form,
        verb,
        title=_("Decide on breach %(number)s") % {"number": breach},
        lead=breach.basis,
        button=_("Decide"),
        back=_address(breach),
        crumbs=_crumbs(breach, _("Decision")),
        intro=intro,
        told=_("The decision is made; the organisation sees it with its reasons."),
    )


@tenant_door(REPORT_BREACH)
def withdraw_breach(request: Request, pk: UUID) -> HttpResponse:
    breach = _breach(request, pk)
    if arrives(request) and not _allows(breach, "withdraw"):
        return not_now(request, _address(breach))
    form = ReasonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: actions.withdraw_breach(
            breach, reason=form.cleaned_data["reason"], actor=request.access.actor
        ),
        title=_("Withdraw the report of breach %(number)s") % {"number": breach},
        button=_("Withdraw the report"),
        kind="danger",
        back=_address(breach),
        crumbs=_crumbs(breach, _("Withdraw")),
        told=_("The report is withdrawn."),
    )
