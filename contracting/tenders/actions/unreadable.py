"""An offer that could not be opened: the organ says what it found about it, before the results are published."""

from django.db import transaction

from audit.actions import record
from contracting.tenders.actions.deciding import require_impartial
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_call
from contracting.tenders.models import UnreadableOffer
from contracting.tenders.states import CALL_STATES
from kernel.access import Actor


def find_on_unreadable(unreadable: UnreadableOffer, finding: str, *, actor: Actor) -> UnreadableOffer:
    """Enter what the organ found about an offer that could not be opened; anew until the results are published.

    Raises NotAllowed `not_impartial`, DomainError `wrong_state`.
    """
    with transaction.atomic():
        call = lock_call(unreadable.offer.call)
        CALL_STATES.take("decide", call.state)
        require_impartial(call, actor)
        locked: UnreadableOffer = UnreadableOffer.objects.select_for_update().get(pk=unreadable.pk)
        locked.finding, locked.decided_at, locked.decided_by = finding.strip(), database_now(), actor.user_id
        locked.save(update_fields=["finding", "decided_at", "decided_by"])
        record("find_on_unreadable", actor=actor, subject_type="offer", subject_id=locked.offer_id)
    return locked
