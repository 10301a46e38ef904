"""The page on which the director sets the terms of supervision."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.supervision import actions
from reporting.supervision.actions.settings import settings_stamp
from reporting.supervision.forms.settings import SettingsForm
from reporting.supervision.models import SETTING_FIELDS
from reporting.supervision.permissions import CONFIGURE_SUPERVISION
from reporting.supervision.queries.terms import advice_lines, crisis_lines, criteria_at_hand, settings_at_hand
from reporting.supervision.views.pages import form_page, typed
from tenants.addresses import tenant_url


@tenant_door(CONFIGURE_SUPERVISION)
def edit_settings(request: Request) -> HttpResponse:
    settings = settings_at_hand()
    initial = {name: getattr(settings, name) for name in SETTING_FIELDS}
    initial |= SettingsForm.initial_of(criteria_at_hand(settings)) | {"seen": settings_stamp(settings)}
    initial |= {"advice_criteria": "\n".join(advice_lines()), "crisis_criteria": "\n".join(crisis_lines())}
    form = SettingsForm(typed(request), initial=initial)
    return form_page(
        request,
        form,
        lambda: actions.change_supervision_settings(
            form.values(), seen=form.cleaned_data["seen"] or None, actor=request.access.actor
        ),
        template="supervision/settings.html",
        title=_("Terms of supervision"),
        lead=_("From the contracts and orders of your unit; terms that run already stay as they are."),
        button=_("Save the terms"),
        back=tenant_url("supervision:inspections"),
        crumbs=[(_("Supervision"), tenant_url("supervision:inspections")), (_("Terms"), "")],
        told=_("The terms are saved."),
    )
