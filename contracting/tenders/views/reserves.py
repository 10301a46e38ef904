"""Pages of results after their publication: who stepped back, who is next, and what the organ grants anew."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.tenders.actions.reserves import give_up_award, grant_from_reserve, results_stamp
from contracting.tenders.forms.reserves import GiveUpForm, ReserveForm
from contracting.tenders.models import Award, Call, ResultsChange
from contracting.tenders.permissions import DECIDE_CALLS
from contracting.tenders.queries.reserves import LotResults, changes_in, results_by_lot
from contracting.tenders.views.committee_gates import room_of
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(DECIDE_CALLS)
def results(request: Request, pk: UUID) -> HttpResponse:
    """The results as they stand, the reserve lists, and the grant of what was freed."""
    room = room_of(request, pk)
    if room.call.state != Call.State.DECIDED:
        raise Http404
    lots = results_by_lot(room.call)
    waiting = [pair for lot in lots if lot.may_grant for pair in _proposals(lot)]
    initial = {"seen": results_stamp(room.call), "happened_on": timezone.localdate()}
    form = ReserveForm(request.POST or None, awards=waiting, initial=initial)
    if request.method == "POST" and form.is_valid():

        def save() -> ResultsChange:
            return grant_from_reserve(
                room.call,
                form.amounts(),
                happened_on=form.cleaned_data["happened_on"],
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"] or None,
                actor=request.access.actor,
            )

        if attempt(form, save):
            messages.success(
                request,
                _(
                    "The changed results are public. Record where else they were published; draft the contract."
                ),
            )
            return redirect(tenant_url("calls:publications", room.call.pk))
    context = {
        "call": room.call,
        "room": room,
        "form": form,
        "lots": lots,
        "waiting": [(award, form.amount_of(award)) for award, _proposed in waiting],
        "changes": changes_in(
            (award for lot in lots for award in lot.awards), room.call.results_changes.order_by("-number")
        ),
    }
    return render(request, "tenders/decision/results.html", context, status=status_of(form))


def _proposals(lot: LotResults) -> list[tuple[Award, Decimal | None]]:
    """The reserve list of a part, with what can be granted to the first of it proposed."""
    first, *others = lot.reserve
    return [(first, min(lot.left, first.offer.opened.grant or lot.left)), *((one, None) for one in others)]


@tenant_door(DECIDE_CALLS)
def give_up(request: Request, pk: UUID) -> HttpResponse:
    """Record that a bidder gave up its grant, or its place on the reserve list."""
    award = get_object_or_404(
        Award.objects.filter(lot__call__state=Call.State.DECIDED)
        .select_related("lot__call", "offer__organisation")
        .defer("offer__draft"),
        pk=pk,
    )
    room = room_of(request, award.lot.call_id)
    initial = {"seen": results_stamp(room.call), "happened_on": timezone.localdate()}
    form = GiveUpForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():

        def save() -> ResultsChange:
            return give_up_award(
                award,
                happened_on=form.cleaned_data["happened_on"],
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"] or None,
                actor=request.access.actor,
            )

        if attempt(form, save):
            messages.success(request, _("It is recorded that the bidder stepped back."))
            return redirect(tenant_url("committee:results", room.call.pk))
    context = {"call": room.call, "room": room, "award": award, "form": form}
    return render(request, "tenders/decision/give_up.html", context, status=status_of(form))
