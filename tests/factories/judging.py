"""Committees that have worked: offers that passed the form, members who declared, scored and finished."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from contracting.tenders.actions.protocols import compose_protocol
from contracting.tenders.models import (
    Call,
    Committee,
    Criterion,
    Declaration,
    Evaluation,
    FormalCheck,
    Offer,
    Protocol,
    Score,
    Seat,
)
from kernel.access import Actor
from kernel.ids import new_id
from tenants.models import Organisation
from tests.factories.people import UserFactory
from tests.factories.tenders import declare_all, make_call, make_committee, opened_offer


def pass_form(call: Call) -> None:
    """The opened offers of the call meet the requirements of form."""
    for offer in Offer.objects.filter(call=call, opened__isnull=False, formal_check__isnull=True):
        FormalCheck.objects.create(offer=offer, result=FormalCheck.Result.PASSED, checked_at=timezone.now())


def score(
    seat: Seat, offer: Offer, points: Mapping[str, Any] | None = None, *, reason: str = "uzasadnienie"
) -> None:
    """The member's finished evaluation of an offer: points by name of the criterion, half of the most unless said."""
    for criterion in offer.call.criteria.filter(kind=Criterion.Kind.MERIT):
        given = (points or {}).get(criterion.name, Decimal(criterion.max_points) / 2)
        Score.objects.update_or_create(
            seat=seat,
            offer=offer,
            criterion=criterion,
            defaults={"points": Decimal(str(given)), "reason": f"{reason}: {criterion.name}"},
        )
    Evaluation.objects.update_or_create(seat=seat, offer=offer, defaults={"finished_at": timezone.now()})


def score_all(committee: Committee, *, finish: bool = True) -> None:
    """Every working member with a vote scores every offer that passed, halves of the most."""
    for seat in Seat.objects.working().voting().filter(committee=committee):
        for declared in Declaration.objects.filter(seat=seat, impartial=True).select_related("offer"):
            score(seat, declared.offer)
        if finish:
            seat.finished_at = timezone.now()
            seat.save(update_fields=["finished_at"])


def close(committee: Committee) -> None:
    """The scoring is closed, as if all had finished."""
    committee.scoring_closed_at = timezone.now()
    committee.save(update_fields=["scoring_closed_at"])


@dataclass(frozen=True)
class Judged:
    """A call whose offers are scored, with one of each thing."""

    call: Call
    offer: Offer
    other_offer: Offer
    committee: Committee
    seat: Seat
    criterion: Criterion
    protocol: Protocol


def judged_call(
    mark: str, organisation: Organisation, other: Organisation, members: Sequence[Any] = ()
) -> Judged:
    """Two offers, one of each organisation, scored by a committee of these members (or of one new person)."""
    # Calls are public to all partners, so nothing of a call itself names its bidders.
    call = make_call(number=f"K/{new_id().hex[-8:]}/O", title="Usługi opiekuńcze, w ocenie")
    offer, other_offer = (opened_offer(call, one) for one in (organisation, other))
    pass_form(call)
    people = [*members] or [UserFactory(full_name=f"Jan {mark}")]
    committee = make_committee(call, *people, quorum=1)
    declare_all(committee)
    score_all(committee)
    close(committee)
    return Judged(
        call,
        offer,
        other_offer,
        committee,
        Seat.objects.filter(committee=committee).first(),
        call.criteria.get(position=2),
        compose_protocol(call, actor=Actor(new_id(), "tests")),
    )


def seat_people(committee: Committee, people: Sequence[Any]) -> None:
    """More members, impartial towards every offer."""
    for user in people:
        seat = Seat.objects.create(committee=committee, user_id=user.pk)
        for offer in Offer.objects.filter(call=committee.call, opened__isnull=False):
            Declaration.objects.create(seat=seat, offer=offer, impartial=True)
