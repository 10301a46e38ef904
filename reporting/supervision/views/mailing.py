"""The page from which links of a survey are mailed to who has an address."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from kernel.doors import Request, tenant_door
from reporting.supervision import actions
from reporting.supervision.forms.surveys import MailingForm
from reporting.supervision.models import SUBJECTS, Invitation
from reporting.supervision.permissions import SURVEY
from reporting.supervision.queries.contact import reachable
from reporting.supervision.views.pages import arrives, head_of_drawn, names_of_drawn, not_now, typed
from reporting.supervision.views.surveys import address_of, crumbs_of, survey_of
from ui.refusals import attempt, status_of


@tenant_door(SURVEY)
@never_cache
def mail_links(request: Request, pk: UUID) -> HttpResponse:
    """Addresses are typed beside the invitations; each is kept only until its mail has left."""
    survey = survey_of(request, pk)
    everyone = reachable(survey.invitations.filter(case__isnull=True))
    # Also those that waited when their address was typed.
    waiting = [
        one
        for one in everyone.select_related(*SUBJECTS).order_by("place")
        if one.state == Invitation.State.WAITING or request.POST.get(f"mail_{one.place}")
    ]
    if arrives(request) and (survey.is_over or not waiting):
        return not_now(request, address_of(survey))
    form = MailingForm(typed(request), invitations=waiting)
    if request.method == "POST" and form.is_valid():
        asked = attempt(
            form, lambda: actions.mail_links(survey, form.addresses(), actor=request.access.actor)
        )
        if asked is not None:
            told = ngettext("%(count)s link is being mailed.", "%(count)s links are being mailed.", asked)
            messages.success(request, told % {"count": asked})
            return redirect(address_of(survey, "#invitations"))
    names = names_of_drawn(request, waiting, "supervision.mail_survey_links")
    context = {
        "survey": survey,
        "form": form,
        "rows": [(one, names.get(one.pk, ""), cell) for one, cell in zip(waiting, form.cells(), strict=True)],
        "head": head_of_drawn(waiting),
        "crumbs": crumbs_of(survey, _("Mail the links")),
        "back": address_of(survey),
    }
    return render(request, "supervision/mail_links.html", context, status=status_of(form))
