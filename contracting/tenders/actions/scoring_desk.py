"""Scoring alone: points and reasons save themselves while the scoring is open, and nobody else sees them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.actions.closing_scores import require_scoring_open
from contracting.tenders.locking import lock_seat, share_committee
from contracting.tenders.models import Criterion, Declaration, Evaluation, Offer, Score, Seat
from contracting.tenders.queries.desk import has_passed, merit_criteria
from kernel.access import Actor
from kernel.errors import DomainError, NotAllowed, Problem

_REASON_LENGTH = 4000


@dataclass(frozen=True)
class Mark:
    """Points (None while not given) and reason on one criterion."""

    points: Decimal | None
    reason: str


def save_marks(
    offer: Offer, marks: Mapping[UUID, Mark], *, note: str | None = None, actor: Actor
) -> Evaluation:
    """Save a member's marks on criteria (by id) and remarks; the evaluation is finished once all have both.

    Empty marks take an earlier one away. Waits for whoever is closing the scoring, and is refused after that.
    Raises NotAllowed `no_seat`, `excluded`, `not_declared`; DomainError `scoring_closed`, `finished_already`,
    `form_not_passed`, `no_vote`, `invalid`.
    """
    with transaction.atomic():
        committee = share_committee(offer.call)
        require_scoring_open(committee)
        seat = lock_seat(committee, actor)
        _require_may_score(seat, offer)
        criteria = {criterion.pk: criterion for criterion in merit_criteria(offer.call)}
        if marks and seat.role == Seat.Role.EXPERT:
            raise NotAllowed(
                "no_vote", _("An expert has an advisory voice: write remarks, members give the points.")
            )
        _require_valid(marks, criteria)
        _require_fitting(note)
        for criterion_id, mark in marks.items():
            _write(seat, offer, criteria[criterion_id], mark)
        evaluation = _evaluate(seat, offer, len(criteria), note)
        # The record says that somebody scored, never what: it is read by people who must not know it yet.
        record(
            "save_marks",
            actor=actor,
            subject_type="offer",
            subject_id=offer.pk,
            payload={"seat": seat.pk, "criteria": [str(pk) for pk in marks]},
        )
    return evaluation


def _require_may_score(seat: Seat, offer: Offer) -> None:
    declared = Declaration.objects.filter(seat=seat, offer=offer).first()
    if declared is None or not declared.impartial:
        raise NotAllowed("not_declared", _("Declare first that you are impartial towards this offer."))
    if not has_passed(Offer.objects.select_related("formal_check").get(pk=offer.pk)):
        raise DomainError(
            "form_not_passed",
            format_lazy(
                _("Offer {number} has not passed the formal check, so it is not scored."), number=offer.number
            ),
        )
    if seat.finished_at is not None:
        raise DomainError(
            "finished_already",
            _("You said that you have finished. Go back to scoring first, then change points."),
        )


def _require_valid(marks: Mapping[UUID, Mark], criteria: Mapping[UUID, Criterion]) -> None:
    problems = []
    for criterion_id, mark in marks.items():
        criterion = criteria.get(criterion_id)
        if criterion is None:
            raise DomainError("unknown_criterion", _("Points are given on the criteria of this call only."))
        if mark.points is not None and not _fits(mark.points, criterion):
            problems.append(
                Problem(
                    "points_out_of_range",
                    format_lazy(
                        _("{name}: points are a number from 0 to {most} with at most one decimal place."),
                        name=criterion.name,
                        most=criterion.max_points,
                    ),
                    f"points-{criterion.pk}",
                    str(mark.points),
                )
            )
        if len(mark.reason) > _REASON_LENGTH:
            problems.append(
                Problem(
                    "reason_too_long",
                    format_lazy(
                        _("{name}: the reason has {length} characters; shorten it to {most}."),
                        name=criterion.name,
                        length=len(mark.reason),
                        most=_REASON_LENGTH,
                    ),
                    f"reason-{criterion.pk}",
                )
            )
    if problems:
        raise DomainError("invalid", _("Not saved: correct what is marked."), problems=problems)


def _require_fitting(note: str | None) -> None:
    length = len((note or "").strip())
    if length > _REASON_LENGTH:
        raise DomainError(
            "note_too_long",
            format_lazy(
                _("Your remarks have {length} characters; shorten them to {most}."),
                length=length,
                most=_REASON_LENGTH,
            ),
            field="note",
        )


def _fits(points: Decimal, criterion: Criterion) -> bool:
    if not points.is_finite() or not 0 <= points <= criterion.max_points:
        return False
    return points == points.quantize(Decimal("0.1"))


def _write(seat: Seat, offer: Offer, criterion: Criterion, mark: Mark) -> None:
    reason = mark.reason.strip()
    if mark.points is None and not reason:
        Score.objects.filter(seat=seat, offer=offer, criterion=criterion).delete()
        return
    Score.objects.update_or_create(
        seat=seat, offer=offer, criterion=criterion, defaults={"points": mark.points, "reason": reason}
    )


def _evaluate(seat: Seat, offer: Offer, criteria: int, note: str | None) -> Evaluation:
    complete = Score.objects.filter(seat=seat, offer=offer, points__isnull=False).exclude(reason="").count()
    evaluation: Evaluation
    evaluation, _made = Evaluation.objects.get_or_create(seat=seat, offer=offer)
    is_expert = seat.role == Seat.Role.EXPERT
    if note is not None:
        evaluation.note = note.strip()
    is_finished = bool(evaluation.note) if is_expert else complete == criteria
    evaluation.finished_at = (evaluation.finished_at or timezone.now()) if is_finished else None
    evaluation.save(update_fields=["note", "finished_at"])
    return evaluation
