"""The page behind the link of a survey: one questionnaire, answered once, without signing in."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from kernel.access import Actor
from kernel.doors import Request, public_door
from kernel.frequency import is_too_often
from reporting.supervision import actions
from reporting.supervision.forms.surveys import AnswersForm
from reporting.supervision.models import Invitation, SurveyResponse
from reporting.supervision.queries.contact import reachable
from reporting.supervision.queries.surveys import invitation_of
from ui.links import keep_link
from ui.refusals import attempt, status_of

_ACTOR = Actor.system("link of a survey")
_GONE, _TOO_OFTEN = 410, 429
_THANKS = "thanks"
_PAGE = "supervision/answer_survey.html"


@public_door
@never_cache
def answer(request: Request, token: str) -> HttpResponse:
    """Shows questions, and nothing of who was invited or for which decision; afterwards the link is used up."""
    if is_too_often(request, "survey-answer"):
        return render(request, _PAGE, {"too_often": True}, status=_TOO_OFTEN)
    invitation = invitation_of(token)
    if invitation is None:
        raise Http404
    return keep_link(_answered(request, invitation))


def _answered(request: Request, invitation: Invitation) -> HttpResponse:
    survey = invitation.survey
    about = {"survey": survey, "unit": request.tenant.unit_name}
    if not _works(invitation):
        if _THANKS in request.GET and invitation.state == Invitation.State.USED:
            return render(request, _PAGE, {**about, "thanks": True})
        return render(request, _PAGE, {**about, "gone": True}, status=_GONE)
    data = request.POST if request.method == "POST" else None
    form = AnswersForm(data, questions=survey.questionnaire.questions)
    if data is not None and form.is_valid():
        channel = SurveyResponse.Channel.LINK
        kept = attempt(
            form, lambda: actions.answer_survey(invitation, form.answers(), channel=channel, actor=_ACTOR)
        )
        if kept is not None:
            # Another address than the form's: going back or reading anew sends nothing twice.
            return redirect(f"{request.path}?{_THANKS}")
        invitation.refresh_from_db()
        if not _works(invitation):
            # Somebody was quicker with the same link, the survey was closed, or nobody may be contacted any more.
            return render(request, _PAGE, {**about, "gone": True}, status=_GONE)
    return render(request, _PAGE, {**about, "form": form}, status=status_of(form))


def _works(invitation: Invitation) -> bool:
    return (
        invitation.state == Invitation.State.WAITING
        and not invitation.survey.is_over
        and reachable(Invitation.objects.filter(pk=invitation.pk)).exists()
    )
