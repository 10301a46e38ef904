"""The page on which those who work on a case note whether its person may be asked about the help."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.crisis import actions
from reporting.crisis.forms.cases import AskingForm
from reporting.crisis.permissions import WORK_ON_CASES
from reporting.crisis.views.pages import back_to, case_form, case_of, turned_away
from ui.refusals import attempt


@tenant_door(WORK_ON_CASES)
def note_asking(request: Request, pk: str) -> HttpResponse:
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    form = AskingForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.note_asking(case, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("It is noted whether the person may be asked."))
            return back_to(case)
    return case_form(
        request,
        case,
        form,
        title=_("May the person be asked about the help?"),
        verb=_("Note what was agreed"),
        text=_(
            "Surveys draw only cases whose person agreed, and only registered persons. A form or a link then reaches "
            "them through you alone; nothing is mailed. Where a contact could endanger the person, note that: from "
            "then on no survey reaches them, whether of advice or of care. Who was drawn before gets no link and no "
            "mail, and a link made before stops working. Only those who work on the case see what is noted here."
        ),
    )
