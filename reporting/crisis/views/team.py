"""Pages on which people are named to work on a case, and released from it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from reporting.crisis import actions
from reporting.crisis.forms.cases import NameWorkerForm
from reporting.crisis.models import CaseWorker
from reporting.crisis.people import interventionists
from reporting.crisis.permissions import READ_CASES, may_name
from reporting.crisis.views.pages import back_to, case_form, case_of, turned_away
from ui.refusals import attempt


@tenant_door(READ_CASES)
def name_worker(request: Request, pk: str) -> HttpResponse:
    """Those who work on a case name their deputies themselves; heads name anybody who may work on it."""
    case = case_of(request, pk)
    if away := turned_away(request, case, may_name(request.access, case)):
        return away
    here = {
        request.access.actor.user_id,
        *case.team.filter(until__isnull=True).values_list("user_id", flat=True),
    }
    people = [one for one in interventionists(case.organisation_id) if one[0] not in here]
    form = NameWorkerForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        named = attempt(form, lambda: actions.name_worker(case, **form.cleaned_data, actor=actor))
        if named is not None:
            messages.success(request, _("%(name)s works on this case from today.") % {"name": named.name})
            return back_to(case, "team")
    return case_form(
        request,
        case,
        form,
        title=_("Name somebody to work on the case"),
        verb=_("Let them work on the case"),
        text=_(
            "They will read who is helped and every card and plan, the earlier ones too. Each reading is recorded."
        ),
    )


@tenant_door(READ_CASES)
def release_worker(request: Request, case_pk: str, pk: str) -> HttpResponse:
    case = case_of(request, case_pk)
    worker = get_object_or_404(CaseWorker.objects.filter(case=case), pk=pk)
    if away := turned_away(request, case, may_name(request.access, case)):
        return away
    worker.case = case
    if request.method == "POST":
        try:
            actions.release_worker(worker, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("%(name)s reads this case no longer.") % {"name": worker.name})
        return back_to(case, "team")
    return render(request, "crisis/release_worker.html", {"case": case, "worker": worker})
