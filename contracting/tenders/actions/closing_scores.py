"""The end of scoring: once all have finished, or earlier by the chair; from then on points are seen and stand still."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.actions.composing import require_composed
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_committee, lock_seat
from contracting.tenders.models import Call, Committee, Seat
from contracting.tenders.queries.desk import Desk, desk_of
from contracting.tenders.queries.seats import lacks_now
from kernel.access import Actor
from kernel.errors import DomainError, NotAllowed, Problem


def require_scoring_open(committee: Committee) -> None:
    """Raises DomainError `scoring_closed` where points stand still already."""
    if committee.scoring_closed_at is not None:
        raise DomainError(
            "scoring_closed",
            _("The scoring is closed: points are no longer changed. What you typed was not saved."),
        )


def finish_scoring(call: Call, *, actor: Actor) -> Committee:
    """A member says “I have finished”; when all have and the committee lacks nothing, the scoring closes with it.

    Raises DomainError `not_complete` with what is missing, `form_undecided`, `scoring_closed`.
    """
    with transaction.atomic():
        committee = lock_committee(call)
        require_scoring_open(committee)
        seat = lock_seat(committee, actor)
        desk = desk_of(committee)
        _require_form_decided(desk)
        _require_complete(desk, seat)
        if seat.finished_at is None:
            seat.finished_at = timezone.now()
            seat.save(update_fields=["finished_at"])
        _note("finish_scoring", committee, actor, seat=seat.pk)
        close_if_all_finished(committee, actor=actor)
    return committee


def resume_scoring(call: Call, *, actor: Actor) -> Seat:
    """A member takes “I have finished” back, while the scoring is open."""
    with transaction.atomic():
        committee = lock_committee(call)
        require_scoring_open(committee)
        seat = lock_seat(committee, actor)
        seat.finished_at = None
        seat.save(update_fields=["finished_at"])
        _note("resume_scoring", committee, actor, seat=seat.pk)
    return seat


def close_scoring(call: Call, *, reason: str, actor: Actor) -> Committee:
    """The chair ends the scoring before all have finished; unfinished evaluations do not count.

    Raises NotAllowed `not_the_chair`, DomainError `reason_missing`, `committee_incomplete`, `form_undecided`, and
    `below_quorum` with the offers that have fewer finished evaluations than the quorum.
    """
    with transaction.atomic():
        committee = lock_committee(call)
        require_scoring_open(committee)
        if lock_seat(committee, actor).role != Seat.Role.CHAIR:
            raise NotAllowed(
                "not_the_chair", _("Only the chair closes the scoring before all have finished.")
            )
        if not reason.strip():
            raise DomainError(
                "reason_missing",
                _("Say why you close before all have finished: it goes into the protocol."),
                field="reason",
            )
        require_composed(committee)
        desk = desk_of(committee)
        _require_form_decided(desk)
        _require_quorum(desk)
        _close(committee, reason.strip(), actor)
    return committee


def close_if_all_finished(committee: Committee, *, actor: Actor) -> bool:
    """Close the scoring of a locked committee when all with a vote have finished and every offer has its quorum.

    A committee that lacks a chair, members or persons named by organisations stays open until the director mends it.
    """
    if committee.scoring_closed_at is not None or committee.call.opened_at is None:
        return False
    desk = desk_of(committee)
    voting = desk.voting
    if not voting or any(seat.finished_at is None for seat in voting):
        return False
    if not desk.scorable or desk.undecided or desk.below_quorum or lacks_now(committee):
        return False
    _close(committee, "", actor)
    return True


def _close(committee: Committee, reason: str, actor: Actor) -> None:
    # The database's clock, as for releases: whose points count is told by which of the two came first.
    committee.scoring_closed_at, committee.scoring_closed_by = database_now(), actor.user_id
    committee.scoring_closed_reason = reason
    committee.save(update_fields=["scoring_closed_at", "scoring_closed_by", "scoring_closed_reason"])
    _note("close_scoring", committee, actor, early=bool(reason))


def _require_form_decided(desk: Desk) -> None:
    if desk.undecided:
        raise DomainError(
            "form_undecided",
            format_lazy(
                _("The formal check has no result yet for offers {numbers}: finish it first."),
                numbers=", ".join(str(offer.number) for offer in desk.undecided),
            ),
        )


def _require_complete(desk: Desk, seat: Seat) -> None:
    problems = [
        Problem(
            "not_declared",
            format_lazy(_("Offer {number}: declare whether you are impartial."), number=offer.number),
            "offer",
            str(offer.number),
        )
        for offer in desk.undeclared_of(seat)
    ]
    problems += [
        Problem(
            "not_complete",
            format_lazy(
                _("Offer {number}: points or reasons are missing on some criteria."), number=offer.number
            ),
            "offer",
            str(offer.number),
        )
        for offer in desk.offers_of(seat)
        if seat.pk not in desk.finished.get(offer.pk, ())
    ]
    if problems and seat.role != Seat.Role.EXPERT:
        raise DomainError(
            "not_complete", _("You have not finished yet: complete what is listed."), problems=problems
        )


def quorum_problems(desk: Desk) -> list[Problem]:
    """One for each offer to be scored whose finished evaluations are fewer than the quorum."""
    return [
        Problem(
            "below_quorum",
            format_lazy(
                _("Offer {number}: finished evaluations {done}, quorum {quorum}."),
                number=offer.number,
                done=len(desk.counted(offer)),
                quorum=desk.committee.quorum,
            ),
            "offer",
            str(offer.number),
        )
        for offer in desk.below_quorum
    ]


def _require_quorum(desk: Desk) -> None:
    problems = quorum_problems(desk)
    if problems:
        raise DomainError(
            "below_quorum",
            _(
                "Some offers have fewer finished evaluations than the quorum. Wait for the members, or ask the "
                "director to appoint a replacement."
            ),
            problems=problems,
        )


def _note(verb: str, committee: Committee, actor: Actor, **facts: object) -> None:
    record(
        verb,
        actor=actor,
        subject_type="committee",
        subject_id=committee.pk,
        payload={"call": committee.call_id, **facts},
    )
