"""The page on which the director sets the thresholds of the comparison."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.compliance import actions
from reporting.compliance.forms.thresholds import ThresholdsForm
from reporting.compliance.models import THRESHOLD_FIELDS, ComparisonSettings
from reporting.compliance.permissions import CONFIGURE
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(CONFIGURE)
def thresholds(request: Request) -> HttpResponse:
    settings = ComparisonSettings.objects.first() or ComparisonSettings()
    if request.method == "POST":
        form = ThresholdsForm(request.POST)
        if form.is_valid():
            values = {name: form.cleaned_data[name] for name in THRESHOLD_FIELDS}
            seen, actor = form.cleaned_data["seen"] or None, request.access.actor
            saved = attempt(form, lambda: actions.change_thresholds(values, seen=seen, actor=actor))
            if saved is not None:
                messages.success(
                    request, _("The thresholds are saved. They hold for all months that are not accepted.")
                )
                return redirect(tenant_url("compliance:thresholds"))
    else:
        initial = {name: getattr(settings, name) for name in THRESHOLD_FIELDS}
        form = ThresholdsForm(initial={**initial, "seen": actions.thresholds_stamp(settings)})
    return render(request, "compliance/thresholds.html", {"form": form}, status=status_of(form))
