"""The recovery key: the director makes it, and its three shares are shown once to be printed."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.proving import proved_lately
from contracting.tenders.actions.sealing_keys import make_recovery_key
from contracting.tenders.forms.offers import RecoveryForm
from contracting.tenders.models import CallKey, RecoveryKey
from contracting.tenders.permissions import KEEP_RECOVERY
from kernel.doors import Request, tenant_door
from kernel.keeper import present_keeper
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(KEEP_RECOVERY)
def recovery_key(request: Request) -> HttpResponse:
    """What protects the keys of calls here, the present recovery key, and the form for a new one."""
    current = RecoveryKey.objects.filter(retired_at__isnull=True).first()
    fresh = proved_lately(request)
    here = tenant_url("offers:recovery_key")
    prove = f"{reverse('account_reauthenticate')}?{urlencode({'next': here})}"
    starters = {"first": _("director"), "second": _("treasurer"), "third": _("secretary of the commune")}
    if request.method == "POST" and not fresh:
        return redirect(prove)
    form = RecoveryForm(request.POST or None, initial=starters)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: make_recovery_key(holders=form.holders(), actor=request.access.actor))
        if made is not None:
            shares = [
                {"number": number, "holder": holder, "words": share.split()}
                for number, (holder, share) in enumerate(
                    zip(made.key.holders, made.shares, strict=True), start=1
                )
            ]
            context = {"key": made.key, "shares": shares}
            answer = render(request, "tenders/opening/shares.html", context)
            answer["Cache-Control"] = "private, no-store"
            return answer
    context = {
        "current": current,
        "form": form,
        "fresh": fresh,
        "prove": prove,
        "waiting": CallKey.objects.filter(call__opened_at__isnull=True).count(),
        "keeper": present_keeper().name,
    }
    return render(request, "tenders/opening/recovery.html", context, status=status_of(form))
