"""Annulling a call: with its ground and reason, published like the call itself (art. 18a)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import tasks
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.publications import post_on_board
from contracting.tenders.clock import database_now
from contracting.tenders.hooks import call_annulled
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Award, Call, FormalCheck, Publication, SealedOffer
from contracting.tenders.states import CALL_STATES
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError
from kernel.validation import require_valid


def annul_call(call: Call, *, ground: str, reason: str, actor: Actor) -> Call:
    """End a published call without a choice; offers stay as they are, sealed ones sealed.

    Raises DomainError `offers_there`, `not_closed`, `some_offer_fits`, `reason_missing`, `wrong_state`.
    """
    with transaction.atomic():
        locked = lock_call(close_if_due(call))
        transition = CALL_STATES.take("annul", locked.state)
        if not reason.strip():
            raise DomainError("reason_missing", _("An annulment needs a reason."), field="reason")
        _check_ground(locked, ground)
        locked.state = transition.target
        locked.annulled_at = database_now()
        locked.annulment_ground, locked.annulment_reason = ground, reason.strip()
        require_valid(locked, exclude=["service", "copied_from"])
        locked.save()
        post_on_board(locked, Publication.Subject.ANNULMENT, actor=actor)
        record(
            "annul_call",
            actor=actor,
            subject_type="call",
            subject_id=locked.pk,
            payload={"ground": ground, "reason": locked.annulment_reason},
        )
        call_annulled.fire(call=locked, actor=actor)
        send_after_commit(tasks.notify_annulment, locked.pk)
    return locked


def _check_ground(call: Call, ground: str) -> None:
    if ground == Call.Ground.NO_OFFERS:
        if call.closed_at is None:
            raise DomainError(
                "not_closed",
                _(
                    "Ground: whether no offer comes is known after the deadline only. Choose another ground, or wait."
                ),
                field="ground",
            )
        if SealedOffer.objects.filter(offer__call=call, state=SealedOffer.State.CURRENT).exists():
            raise DomainError(
                "offers_there", _("Ground: offers were handed in. Choose another ground."), field="ground"
            )
    if ground == Call.Ground.NONE_FITS:
        fits = (
            FormalCheck.objects.filter(offer__call=call).exclude(result=FormalCheck.Result.FAILED).exists()
            or Award.objects.filter(lot__call=call, opinion=Award.Outcome.GRANTED).exists()
        )
        if call.opened_at is None or fits:
            raise DomainError(
                "some_offer_fits",
                _(
                    "Ground: whether no offer meets the requirements is known when all offers are checked and none "
                    "passed. Choose another ground, or finish the formal check."
                ),
                field="ground",
            )
