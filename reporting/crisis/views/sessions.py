"""Pages of sessions and referrals."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.crisis import actions
from reporting.crisis.forms.sessions import ReferForm, SessionForm, SettleReferralForm
from reporting.crisis.models import CrisisCase, Referral, Session
from reporting.crisis.permissions import WORK_ON_CASES
from reporting.crisis.queries.cases import counted, with_sessions
from reporting.crisis.queries.terms import all_terms
from reporting.crisis.views.pages import back_to, case_form, case_of, turned_away
from ui.refusals import attempt


def _people(case: CrisisCase, session: Session | None = None) -> list[tuple[Any, str]]:
    """Whoever works on the case now, and whoever held the session."""
    rows = dict(case.team.filter(until__isnull=True).values_list("user_id", "name"))
    if session is not None:
        rows.setdefault(session.worker_id, session.worker_name)
    return list(rows.items())


@tenant_door(WORK_ON_CASES)
def record_session(request: Request, pk: str) -> HttpResponse:
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    initial = {
        "day": timezone.localdate(),
        "minutes": 60,
        "place": Session.Place.OFFICE,
        "worker_id": str(request.access.actor.user_id),
    }
    form = SessionForm(request.POST or None, people=_people(case), initial=initial)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.record_session(case, form.entry(), actor=actor))
        if saved is not None:
            messages.success(request, _("The session is saved."))
            return back_to(case, "sessions")
    return _show(request, case, form, None)


@tenant_door(WORK_ON_CASES)
def edit_session(request: Request, case_pk: str, pk: str) -> HttpResponse:
    case = case_of(request, case_pk)
    session = get_object_or_404(Session.objects.filter(case=case), pk=pk)
    if away := turned_away(request, case):
        return away
    session.case = case
    form = SessionForm(request.POST or None, people=_people(case, session), session=session)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.edit_session(session, form.entry(), actor=actor))
        if saved is not None:
            messages.success(request, _("The session is saved."))
            return back_to(case, "sessions")
    return _show(request, case, form, session)


def _show(request: Request, case: CrisisCase, form: SessionForm, session: Session | None) -> HttpResponse:
    count = counted(with_sessions(CrisisCase.objects.filter(pk=case.pk)).get(), all_terms())
    told = {"done": count.done, "limit": count.limit}
    return case_form(
        request,
        case,
        form,
        title=_("Change a session") if session else _("Enter a session"),
        verb=_("Save the session"),
        text=_("Sessions done so far: %(done)s of at most %(limit)s.") % told,
    )


@tenant_door(WORK_ON_CASES)
def refer(request: Request, pk: str) -> HttpResponse:
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    form = ReferForm(request.POST or None, initial={"made_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.refer(case, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("The referral is saved. Enter what became of it when you know."))
            return back_to(case, "referrals")
    return case_form(
        request,
        case,
        form,
        title=_("Refer to another institution"),
        verb=_("Save the referral"),
        text=_(
            "The institution is one of the dictionary. What was told to it belongs into a card, not here."
        ),
    )


@tenant_door(WORK_ON_CASES)
def settle_referral(request: Request, case_pk: str, pk: str) -> HttpResponse:
    case = case_of(request, case_pk)
    referral = get_object_or_404(Referral.objects.filter(case=case).select_related("to"), pk=pk)
    if away := turned_away(request, case):
        return away
    referral.case = case
    form = SettleReferralForm(request.POST or None, initial={"outcome_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.settle_referral(referral, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("The outcome of the referral is saved."))
            return back_to(case, "referrals")
    return case_form(
        request,
        case,
        form,
        title=_("What became of the referral to %(to)s") % {"to": referral.to},
        verb=_("Save the outcome"),
    )
