"""What waits for a person in calls: offers to write, questions to answer, openings, declarations, scores, decisions.

Before the opening nothing here tells the unit whether, or by whom, offers were written.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.law import rows_by_code
from contracting.commissioning.waiting import Wait
from contracting.tenders.lawfulness import lawfulness_by_call
from contracting.tenders.models import (
    Award,
    Call,
    Committee,
    Declaration,
    FormalCheck,
    Offer,
    OfferPartner,
    ResultsChange,
    Seat,
    UnreadableOffer,
)
from contracting.tenders.permissions import (
    APPOINT_COMMITTEE,
    DECIDE_CALLS,
    EDIT_CALLS,
    SIT_ON_COMMITTEE,
    SUBMIT_OFFERS,
    WRITE_OFFERS,
)
from contracting.tenders.queries.seats import lacks_in
from kernel.access import Access
from tenants.addresses import tenant_url
from ui.formatting import format_instant_text, format_money

_URGENT = timedelta(days=2)
# For so long after its end a call reminds of the proofs of its results or its annulment.
_PROVEN_WITHIN = timedelta(days=60)
# For so long the start page of a bidder tells the result.
_TOLD_FOR = timedelta(days=30)
State = Call.State


def calls_waiting(access: Access, now: datetime) -> Iterator[Wait]:
    """All of it, in a constant number of queries; `now` is the database's clock."""
    if access.sees_all_organisations:
        yield from _for_the_office(access, now)
        yield from _for_the_organ(access, now)
        yield from _for_members(access, now)
    elif access.may(WRITE_OFFERS):
        yield from _for_bidders(access, now)


def _for_the_office(access: Access, now: datetime) -> Iterator[Wait]:
    if not access.may(EDIT_CALLS):
        return
    asked = Count("questions", filter=Q(questions__answered_at__isnull=True), distinct=True)
    living = Q(state__in=[State.PUBLISHED, State.OPENED])
    since = now - _PROVEN_WITHIN
    over = Q(decided_at__gt=since) | Q(annulled_at__gt=since) | Q(results_changed_at__gt=since)
    calls = list(Call.objects.announced().filter(living | over).annotate(asked=asked))
    lawfulness = lawfulness_by_call(calls)
    for call in calls:
        if call.asked and call.state == State.PUBLISHED:
            title = ngettext(
                "%(count)s question waits for an answer",
                "%(count)s questions wait for an answer",
                call.asked,
            ) % {"count": call.asked}
            yield Wait(
                "must", title, _title(call), tenant_url("calls:questions", call.pk), _("Answer the questions")
            )
        state = lawfulness.get(call.pk)
        if state is not None and not state.is_lawful:
            yield Wait(
                "must" if state.is_short else "warn",
                _("The time for offers is short")
                if state.is_short
                else _("Proofs of publication are missing"),
                _title(call),
                tenant_url("calls:publications", call.pk),
                _("Record the proofs"),
            )


def _title(call: Call) -> str:
    return f"{call.number} · {call.title}"


def _for_the_organ(access: Access, now: datetime) -> Iterator[Wait]:
    if access.may(APPOINT_COMMITTEE):
        without = Call.objects.filter(state=State.PUBLISHED, committee__isnull=True)
        for call in without:
            late = call.deadline is not None and call.deadline <= now
            yield Wait(
                "must" if late else "note",
                _("The call has no committee yet"),
                _title(call),
                tenant_url("committee:appoint", call.pk),
                _("Appoint the committee"),
            )
        at_work = Committee.objects.filter(call__state=State.OPENED, opinion_at__isnull=True)
        known = rows_by_code()
        for committee in at_work.select_related("call").prefetch_related("seats"):
            if lacks_in(committee, committee.seats.all(), known):
                yield Wait(
                    "must",
                    _("The committee is incomplete: its scoring and opinion wait"),
                    _title(committee.call),
                    tenant_url("committee:committee", committee.call_id),
                    _("Complete the committee"),
                )
    if access.may(DECIDE_CALLS):
        opinions = Award.objects.filter(offer__call=OuterRef("pk"))
        ready = Call.objects.filter(
            Exists(opinions), state=State.OPENED, committee__scoring_closed_at__isnull=False
        )
        for call in ready:
            yield Wait(
                "must",
                _("The committee has given its opinion: decide"),
                _title(call),
                tenant_url("committee:decide", call.pk),
                _("Decide on the offers"),
            )
        unreadable = UnreadableOffer.objects.filter(offer__call=OuterRef("pk"), finding="")
        for call in Call.objects.filter(Exists(unreadable), state=State.OPENED):
            yield Wait(
                "must",
                _("An offer could not be opened: establish what happened"),
                _title(call),
                tenant_url("committee:unreadable", call.pk),
                _("Enter what was established"),
            )
        for call in _with_freed_money(now):
            yield Wait(
                "note",
                _("A bidder gave its grant up: the reserve list waits"),
                _title(call),
                tenant_url("committee:results", call.pk),
                _("Look at the reserve list"),
            )


def _with_freed_money(now: datetime) -> Any:
    """Decided calls in whose last change a grant was given up, while an offer of its part is in reserve."""
    last_kind = ResultsChange.objects.filter(call=OuterRef("pk")).order_by("-number").values("kind")[:1]
    freed = Award.objects.filter(
        lot__call=OuterRef("pk"),
        decision=Award.Outcome.GIVEN_UP,
        amount__isnull=False,
        lot__awards__decision=Award.Outcome.RESERVE,
    )
    return Call.objects.annotate(last_kind=Subquery(last_kind)).filter(
        Exists(freed),
        state=State.DECIDED,
        results_changed_at__gt=now - _PROVEN_WITHIN,
        last_kind=ResultsChange.Kind.GIVEN_UP,
    )


def _for_members(access: Access, now: datetime) -> Iterator[Wait]:
    """What the person's seats ask of them: the opening, declarations, scores; three queries."""
    if not access.may(SIT_ON_COMMITTEE) or access.actor.user_id is None:
        return
    seats = list(
        Seat.objects.working()
        .filter(
            user_id=access.actor.user_id,
            committee__call__state__in=[State.PUBLISHED, State.OPENED],
        )
        .select_related("committee__call", "committee__call__opening")
    )
    declared = dict(
        Declaration.objects.filter(seat__in=seats)
        .values_list("seat")
        .annotate(count=Count("pk"))
        .values_list("seat", "count")
    )
    opened = dict(
        Offer.objects.filter(call__committee__seats__in=seats, opened__isnull=False)
        .values_list("call")
        .annotate(count=Count("pk", distinct=True))
        .values_list("call", "count")
    )
    for seat in seats:
        yield from _for_seat(seat, declared.get(seat.pk, 0), opened.get(seat.committee.call_id, 0), now)


def _for_seat(seat: Seat, declared: int, opened: int, now: datetime) -> Iterator[Wait]:
    committee: Committee = seat.committee
    call: Any = committee.call
    votes = seat.role != Seat.Role.EXPERT
    if call.state == State.PUBLISHED:
        opening = getattr(call, "opening", None)
        mine = opening is None or opening.first_by != seat.user_id
        if votes and mine and call.deadline is not None and call.deadline <= now:
            yield Wait(
                "must",
                _("The deadline has passed: the offers can be opened"),
                _title(call),
                tenant_url("offers:opening", call.pk),
                _("Go to the opening"),
            )
    elif declared < opened:
        yield Wait(
            "must",
            _("Declare whether you are impartial towards the bidders"),
            _title(call),
            tenant_url("committee:declarations", call.pk),
            _("Make the declarations"),
        )
    elif votes and committee.scoring_closed_at is None and seat.finished_at is None:
        yield Wait(
            "must",
            _("Offers wait for your points"),
            _title(call),
            tenant_url("committee:scoring", call.pk),
            _("Score the offers"),
        )


def _for_bidders(access: Access, now: datetime) -> Iterator[Wait]:
    asked = list(_invitations(access, now))
    yield from (_invitation(one, access) for one in asked)
    offers = (
        Offer.objects.visible_to(access)
        .exclude(pk__in=[one.offer_id for one in asked])
        .filter(call__state__in=[State.PUBLISHED, State.OPENED])
        .select_related("call", "lot", "formal_check")
        .annotate(
            newest=Max("call__amendments__number", filter=Q(call__amendments__confirm=True)),
            amended_at=Max("call__amendments__published_at"),
        )
        .order_by("call__deadline")
    )
    written = {one.offer.call_id for one in asked}
    left_out = _left_out(access)
    for offer in offers:
        written.add(offer.call_id)
        if offer.pk in left_out:
            offer.draft = None
        yield from _for_offer(offer, access, now)
    yield from _results(access, now)
    calls = Call.objects.filter(state=State.PUBLISHED, deadline__gt=now).exclude(pk__in=written)
    for call in calls.order_by("deadline"):
        yield Wait(
            "note",
            _("The call takes offers until %(moment)s") % {"moment": format_instant_text(call.deadline)},
            _title(call),
            tenant_url("board:call", call.pk),
            _("Read the call"),
            is_mine=False,
        )


def _results(access: Access, now: datetime) -> Iterator[Wait]:
    """What was decided on one's offers, for some weeks after it was published; one query."""
    since = now - _TOLD_FOR
    awards = Award.objects.filter(
        Q(offer__call__decided_at__gt=since) | Q(granted_in__published_at__gt=since),
        offer__in=Offer.objects.visible_to(access),
        offer__call__state=State.DECIDED,
    )
    for award in awards.select_related("offer__call", "lot").order_by("-offer__call__decided_at", "pk"):
        result = award.get_decision_display()
        if award.decision == Award.Outcome.GRANTED:
            result = f"{result}, {format_money(award.amount)}"
        yield Wait(
            "note",
            _("The results are published: %(result)s") % {"result": result},
            f"{award.offer.call.number} · {award.lot.title}",
            tenant_url("offers:offer", award.offer_id),
            _("Read the decision"),
            is_mine=False,
        )


def _invitations(access: Access, now: datetime) -> Any:
    """Joint offers that one's organisations are asked to join, while there is time to answer."""
    return (
        OfferPartner.objects.of_draft()
        .filter(
            organisation_id__in=access.organisation_ids or (),
            state=OfferPartner.State.ASKED,
            offer__draft__isnull=False,
            offer__call__state=State.PUBLISHED,
            offer__call__deadline__gt=now,
        )
        .exclude(offer__organisation_id__in=access.organisation_ids or ())
        .select_related("offer__call", "offer__lot", "offer__organisation")
        .order_by("offer__call__deadline")
    )


def _invitation(asked: Any, access: Access) -> Wait:
    call = asked.offer.call
    title = _("%(name)s asks your organisation to offer jointly, until %(moment)s")
    return Wait(
        "must",
        title % {"name": asked.offer.organisation, "moment": format_instant_text(call.deadline)},
        f"{call.number} · {asked.offer.lot.title}",
        tenant_url("offers:partner", asked.offer_id, asked.pk),
        _("Accept or decline"),
        is_mine=access.may(SUBMIT_OFFERS),
    )


def _left_out(access: Access) -> set[Any]:
    """Offers in force of which a draft is written without one's organisation."""
    rows = OfferPartner.objects.filter(organisation_id__in=access.organisation_ids or (), in_force=True)
    return set(
        rows.exclude(pk__in=OfferPartner.objects.of_draft().values("pk")).values_list("offer_id", flat=True)
    )


def _for_offer(offer: Any, access: Access, now: datetime) -> Iterator[Wait]:
    call, meta = offer.call, f"{offer.call.number} · {offer.lot.title}"
    check: FormalCheck | None = getattr(offer, "formal_check", None)
    own = offer.organisation_id in (access.organisation_ids or ())
    if check is not None and check.result == FormalCheck.Result.CORRECTION and check.corrected_at is None:
        if own and check.correction_until is not None and check.correction_until > now:
            yield Wait(
                "must",
                _("Correct your offer by %(moment)s")
                % {"moment": format_instant_text(check.correction_until)},
                meta,
                tenant_url("committee:correct", offer.pk),
                _("Correct the offer"),
            )
        return
    if call.state != State.PUBLISHED or call.deadline is None or call.deadline <= now:
        return
    until = {"moment": format_instant_text(call.deadline)}
    href = tenant_url("offers:offer", offer.pk)
    if offer.state == Offer.State.SUBMITTED and (offer.newest or 0) > offer.amendment_seen:
        yield Wait(
            "must",
            _("The call was amended: confirm your offer or replace it by %(moment)s") % until,
            meta,
            href,
            _("Look at the change"),
            is_mine=own and access.may(SUBMIT_OFFERS),
        )
    elif offer.state != Offer.State.WITHDRAWN and offer.draft is not None and _is_outrun(offer):
        yield Wait(
            "must",
            _("The call was amended: look whether your draft still fits and hand it in by %(moment)s")
            % until,
            meta,
            href,
            _("Look at the change"),
        )
    elif offer.state != Offer.State.WITHDRAWN and offer.draft is not None:
        yield Wait(
            "must" if call.deadline - now <= _URGENT else "warn",
            _("Finish your offer and hand it in by %(moment)s") % until,
            meta,
            href,
            _("Go on with the offer"),
        )


def _is_outrun(offer: Any) -> bool:
    """Whether the call was amended since anybody last wrote in the draft."""
    saved = offer.draft_saved_at or offer.created_at
    return offer.amended_at is not None and offer.amended_at > saved
