"""Declarations of impartiality: towards each offer, after the bidders' names are known and before any content."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.actions.closing_scores import close_if_all_finished, require_scoring_open
from contracting.tenders.actions.committees import exclude_bidders
from contracting.tenders.locking import lock_call, lock_committee, lock_seat
from contracting.tenders.models import Call, Declaration, Offer, OfficeDeclaration
from contracting.tenders.permissions import EXCLUDED
from contracting.tenders.queries.standing import works_for_bidder
from kernel.access import Actor
from kernel.errors import DomainError, NotAllowed
from kernel.validation import require_valid

_NOT_OPENED = _("Declarations are made towards the opened offers of the call, after the opening.")


@dataclass(frozen=True)
class Declared:
    """Whether a member is impartial towards an offer; if not, why."""

    impartial: bool
    reason: str = ""


def declare(call: Call, answers: Mapping[UUID, Declared], *, actor: Actor) -> list[Declaration]:
    """Declare towards offers (by id). Who is impartial may later say that they are not, never the other way round.

    A member who is not impartial takes no part in that offer: their points stop counting at once.
    Raises NotAllowed without a seat, DomainError `not_opened`, `declared_partial`, `scoring_closed`, `invalid`.
    """
    # Somebody may have begun to work for a bidder since the opening; what that finds stays even if the rest is refused.
    exclude_bidders(call, actor)
    with transaction.atomic():
        committee = lock_committee(call)
        require_scoring_open(committee)
        seat = lock_seat(committee, actor)
        _require_known(call, answers)
        made = {row.offer_id: row for row in Declaration.objects.filter(seat=seat)}
        written = []
        for offer_id, answer in answers.items():
            if not _differs(made.get(offer_id), answer):
                continue
            row = made.get(offer_id) or Declaration(seat=seat, offer_id=offer_id)
            row.impartial, row.reason = answer.impartial, answer.reason.strip()
            require_valid(row, exclude=["seat", "offer"])
            row.save()
            written.append(row)
        if written:
            record(
                "declare_impartiality",
                actor=actor,
                subject_type="committee",
                subject_id=committee.pk,
                payload={
                    "call": call.pk,
                    "seat": seat.pk,
                    "offers": {str(row.offer_id): row.impartial for row in written},
                },
            )
            close_if_all_finished(committee, actor=actor)
    return written


def declare_in_office(
    call: Call, answers: Mapping[UUID, Declared], *, actor: Actor
) -> list[OfficeDeclaration]:
    """The same for somebody without a seat who checks the form or decides; possible until the results are published.

    The door asks whether their role is one of those. Raises NotAllowed `excluded` where they work for a bidder,
    DomainError `not_opened`, `declared_partial`, `invalid`.
    """
    with transaction.atomic():
        locked = lock_call(call)
        if locked.state != Call.State.OPENED:
            raise DomainError("not_opened", _NOT_OPENED)
        if actor.user_id is None or works_for_bidder(actor.user_id, locked):
            raise NotAllowed("excluded", EXCLUDED)
        _require_known(locked, answers)
        made = {
            row.offer_id: row
            for row in OfficeDeclaration.objects.filter(offer__call=locked, user_id=actor.user_id)
        }
        written = []
        for offer_id, answer in answers.items():
            row = made.get(offer_id) or OfficeDeclaration(offer_id=offer_id, user_id=actor.user_id)
            if _differs(made.get(offer_id), answer):
                row.impartial, row.reason = answer.impartial, answer.reason.strip()
                require_valid(row, exclude=["offer"])
                row.save()
                written.append(row)
        if written:
            record(
                "declare_impartiality",
                actor=actor,
                subject_type="call",
                subject_id=locked.pk,
                payload={"offers": {str(row.offer_id): row.impartial for row in written}},
            )
    return written


def _require_known(call: Call, answers: Mapping[UUID, Declared]) -> None:
    known = set(Offer.objects.filter(call=call, opened__isnull=False).values_list("pk", flat=True))
    if not known or set(answers) - known:
        raise DomainError("not_opened", _NOT_OPENED)


def _differs(before: Declaration | OfficeDeclaration | None, answer: Declared) -> bool:
    """Whether the answer says anything new. Raises DomainError `declared_partial` where it takes a refusal back."""
    if before is None:
        return True
    if not before.impartial and answer.impartial:
        raise DomainError(
            "declared_partial",
            _("You declared that you are not impartial towards this offer; that is not taken back."),
        )
    return bool(before.impartial != answer.impartial)
