"""The committee's voice after the scoring: joint notes where points lie far apart, and the opinion on every offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.actions.closing_scores import quorum_problems
from contracting.tenders.actions.composing import require_composed
from contracting.tenders.locking import lock_call, lock_committee, lock_seat
from contracting.tenders.models import Award, Call, Committee, Criterion, JointNote, Offer, Seat
from contracting.tenders.queries.comparison import Comparison, comparisons_of
from contracting.tenders.queries.desk import desk_of
from contracting.tenders.scoring import Allotment, Line, Proposal, allot
from kernel.access import Actor
from kernel.errors import DomainError, NotAllowed, Problem
from kernel.money import to_grosz
from kernel.validation import require_valid
from ui.formatting import format_money

_Outcome = Award.Outcome


@dataclass(frozen=True)
class Opinion:
    """What the committee proposes for an offer; `amount` in PLN where it is to be granted."""

    outcome: str
    amount: Decimal | None = None
    reason: str = ""


def write_joint_note(offer: Offer, criterion: Criterion, *, text: str, actor: Actor) -> JointNote:
    """Say together why points lie apart; possible between the close of the scoring and the decision.

    Raises DomainError `scoring_open`, `note_missing`, `wrong_state`; NotAllowed `no_vote`.
    """
    with transaction.atomic():
        committee = lock_committee(offer.call)
        _require_closed(committee)
        _require_before_decision(committee.call)
        _require_vote(lock_seat(committee, actor))
        stripped = text.strip()
        if not stripped:
            raise DomainError("note_missing", _("Write what the committee agreed on."), field="text")
        note: JointNote
        note, _made = JointNote.objects.update_or_create(
            offer=offer, criterion=criterion, defaults={"text": stripped, "written_by": actor.user_id}
        )
        record(
            "write_joint_note",
            actor=actor,
            subject_type="offer",
            subject_id=offer.pk,
            payload={"criterion": criterion.pk},
        )
    return note


def proposals_of(comparison: Comparison) -> dict[UUID, Opinion]:
    """What rank and money propose for each offer of the lot, those refused on form included."""
    least = comparison.committee.call.grant_min
    given = allot(comparison.lines, comparison.lot.funds, least=least)
    found = {UUID(one.key): _proposed(one) for one in given}
    found.update({offer.pk: Opinion(_Outcome.REJECTED) for offer in comparison.failed})
    return found


def _proposed(one: Allotment) -> Opinion:
    if one.proposal is Proposal.RESERVE:
        return Opinion(_Outcome.RESERVE)
    return Opinion(_Outcome.GRANTED, to_grosz(one.amount))


def adopt_opinion(call: Call, opinions: Mapping[UUID, Opinion], *, actor: Actor) -> list[Award]:
    """The chair or the secretary enters the opinion on every opened offer; anew until the organ begins to decide.

    Raises NotAllowed `not_chair_or_secretary`; DomainError `scoring_open`, `committee_incomplete`, `below_quorum`,
    `decided_on`, `notes_missing`, `offers_missing`, `amount_wrong`, `over_funds`, `differs_without_reason`.
    """
    with transaction.atomic():
        _require_before_decision(lock_call(call))
        committee = lock_committee(call)
        _require_closed(committee)
        if lock_seat(committee, actor).role not in (Seat.Role.CHAIR, Seat.Role.SECRETARY):
            raise NotAllowed(
                "not_chair_or_secretary", _("The chair or the secretary enters the committee's opinion.")
            )
        _require_undecided(call)
        require_composed(committee)
        _require_quorum(committee)
        comparisons = comparisons_of(committee)
        _require_notes(comparisons)
        _require_whole(comparisons, opinions)
        awards = [award for one in comparisons for award in _awards(one, opinions)]
        committee.opinion_at, committee.opinion_by = timezone.now(), actor.user_id
        committee.save(update_fields=["opinion_at", "opinion_by"])
        record(
            "adopt_opinion",
            actor=actor,
            subject_type="committee",
            subject_id=committee.pk,
            payload={
                "call": call.pk,
                "opinions": {str(one.offer_id): [one.opinion, one.opinion_amount] for one in awards},
            },
        )
    return awards


def _awards(comparison: Comparison, opinions: Mapping[UUID, Opinion]) -> list[Award]:
    lines = {UUID(line.bid.key): line for line in comparison.lines}
    made = []
    for offer in [*comparison.offers.values(), *comparison.failed]:
        opinion, line = opinions[offer.pk], lines.get(offer.pk)
        award = Award.objects.filter(offer=offer).first() or Award(offer=offer, lot=comparison.lot)
        award.points, award.rank = (line.total, line.rank) if line else (None, None)
        award.opinion, award.opinion_reason = opinion.outcome, opinion.reason.strip()
        award.opinion_amount = opinion.amount if opinion.outcome == _Outcome.GRANTED else None
        require_valid(award, exclude=["offer", "lot"])
        award.save()
        made.append(award)
    return made


def _require_whole(comparisons: Sequence[Comparison], opinions: Mapping[UUID, Opinion]) -> None:
    problems: list[Problem] = []
    for comparison in comparisons:
        lines = {UUID(line.bid.key): line for line in comparison.lines}
        proposals = proposals_of(comparison)
        for pk, proposal in proposals.items():
            opinion = opinions.get(pk)
            offer = comparison.offers.get(pk) or next(one for one in comparison.failed if one.pk == pk)
            if opinion is None:
                text = _("Say what the committee proposes for this offer.")
                problems.append(_problem("offers_missing", text, offer, "outcome"))
            else:
                problems += _problems_of(opinion, proposal, offer, lines.get(pk))
        problems += _over_funds(comparison, opinions)
    if problems:
        raise DomainError(
            "invalid", _("The opinion was not saved: correct what is listed."), problems=problems
        )


def _problems_of(opinion: Opinion, proposal: Opinion, offer: Offer, line: Line | None) -> list[Problem]:
    if (opinion.outcome == _Outcome.REJECTED) != (proposal.outcome == _Outcome.REJECTED):
        text = _("Whether an offer is refused on form is decided by the formal check.")
        return [_problem("form_decides", text, offer, "outcome")]
    found = []
    asked = line.bid.asked if line else None
    if opinion.outcome == _Outcome.GRANTED and not (opinion.amount and 0 < opinion.amount <= (asked or 0)):
        text = _("The amount is more than 0 and at most what the offer asks for ({asked}).")
        found.append(_problem("amount_wrong", text, offer, "amount", asked=format_money(asked)))
    if opinion.outcome != proposal.outcome and not opinion.reason.strip():
        text = _("The opinion differs from the ranking and the money: give the reason.")
        found.append(_problem("differs_without_reason", text, offer, "reason"))
    return found


def _over_funds(comparison: Comparison, opinions: Mapping[UUID, Opinion]) -> list[Problem]:
    total = sum(
        (
            opinion.amount or Decimal(0)
            for pk in comparison.offers
            if (opinion := opinions.get(pk)) is not None and opinion.outcome == _Outcome.GRANTED
        ),
        Decimal(0),
    )
    if total <= comparison.lot.funds:
        return []
    message = format_lazy(
        _("{lot}: {total} is proposed, and there are {funds}. Lower the amounts."),
        lot=comparison.lot.title,
        total=format_money(total),
        funds=format_money(comparison.lot.funds),
    )
    return [Problem("over_funds", message, None, str(total))]


def _problem(code: str, text: Any, offer: Offer, part: str = "offer", **facts: Any) -> Problem:
    """`part` is what of the opinion is wrong: outcome, amount or reason. Its field names the offer."""
    message = format_lazy(text, number=offer.number, **facts)
    return Problem(code, message, f"{part}-{offer.pk}", str(offer.number))


def _require_notes(comparisons: Sequence[Comparison]) -> None:
    problems = []
    for comparison in comparisons:
        names = {criterion.pk: criterion.name for criterion in comparison.criteria}
        for offer_id, criterion_id in comparison.notes_missing:
            text = _("Offer {number}, {criterion}: members' points lie far apart, so write a joint note.")
            offer = comparison.offers[offer_id]
            problems.append(_problem("note_missing", text, offer, criterion=names[criterion_id]))
    if problems:
        raise DomainError(
            "notes_missing",
            _("Joint notes are missing; write them on the comparison first."),
            problems=problems,
        )


def _require_undecided(call: Call) -> None:
    if Award.objects.filter(offer__call=call).exclude(decision="").exists():
        raise DomainError(
            "decided_on",
            _(
                "The organ has begun to decide, so the opinion stands. Where the organ sees it otherwise, it decides "
                "so and gives the reason."
            ),
        )


def _require_quorum(committee: Committee) -> None:
    problems = quorum_problems(desk_of(committee))
    if problems:
        text = _(
            "Some offers were scored by fewer members than the quorum of the order, so there is no opinion on them. "
            "The organ may annul the call."
        )
        raise DomainError("below_quorum", text, problems=[*problems, Problem("below_quorum", text)])


def _require_closed(committee: Committee) -> None:
    if committee.scoring_closed_at is None:
        raise DomainError(
            "scoring_open", _("The scoring is still open: it closes when all have finished or by the chair.")
        )


def _require_before_decision(call: Call) -> None:
    if call.state != Call.State.OPENED:
        raise DomainError(
            "wrong_state",
            _("The organ has decided on this call already, or it was annulled: nothing changes any more."),
            field="state",
            value=call.state,
        )


def _require_vote(seat: Seat) -> None:
    if seat.role == Seat.Role.EXPERT:
        raise NotAllowed("no_vote", _("An expert has an advisory voice; members write joint notes."))
