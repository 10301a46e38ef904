"""Page of the offers that could not be opened: the organ writes what it established about each."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.tenders.actions.unreadable import find_on_unreadable
from contracting.tenders.forms.outcomes import FindingsForm
from contracting.tenders.models import Call, UnreadableOffer
from contracting.tenders.permissions import DECIDE_CALLS, may_decide
from contracting.tenders.views.committee_gates import require_inside, room_of
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(DECIDE_CALLS)
def findings(request: Request, pk: UUID) -> HttpResponse:
    """All unreadable offers of a call with the finding on each."""
    room = room_of(request, pk)
    if room.standing.is_excluded:
        require_inside(room)
    rows = UnreadableOffer.objects.filter(offer__call=room.call).select_related(
        "offer__organisation", "offer__lot", "offer__call"
    )
    rows = rows.defer("offer__draft").order_by("offer__number")
    form = FindingsForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():

        def save() -> bool:
            with transaction.atomic():
                for row, finding in form.findings():
                    find_on_unreadable(row, finding, actor=request.access.actor)
            return True

        if attempt(form, save):
            messages.success(request, _("What was established is entered."))
            return redirect(tenant_url("committee:decide", room.call.pk))
    context = {
        "call": room.call,
        "room": room,
        "form": form,
        "is_open": room.call.state == Call.State.OPENED and bool(may_decide(room.standing)),
    }
    return render(request, "tenders/decision/unreadable.html", context, status=status_of(form))
