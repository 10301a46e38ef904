"""An offer that could not be opened: the organ says what it found about it, before the results are published."""

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.actions.deciding import require_impartial
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_call
from contracting.tenders.models import UnreadableOffer
from contracting.tenders.states import CALL_STATES
from kernel.access import Actor
from kernel.errors import DomainError

FINDING_LENGTH = 2000


def find_on_unreadable(unreadable: UnreadableOffer, finding: str, *, actor: Actor) -> UnreadableOffer:
    """Enter what the organ found about an offer that could not be opened; anew until the results are published.

    Raises NotAllowed `not_impartial`; DomainError `finding_missing`, `finding_too_long`, `wrong_state`.
    """
    text = finding.strip()
    field = f"finding-{unreadable.offer_id}"
    if not text:
        raise DomainError(
            "finding_missing",
            _("Write what was established: what is wrong with the offer, and what follows from it."),
            field=field,
        )
    if len(text) > FINDING_LENGTH:
        raise DomainError(
            "finding_too_long",
            format_lazy(
                _("The finding has {length} characters; shorten it to {most}."),
                length=len(text),
                most=FINDING_LENGTH,
            ),
            field=field,
        )
    with transaction.atomic():
        call = lock_call(unreadable.offer.call)
        CALL_STATES.take("decide", call.state)
        require_impartial(call, actor)
        locked: UnreadableOffer = UnreadableOffer.objects.select_for_update().get(pk=unreadable.pk)
        locked.finding, locked.decided_at, locked.decided_by = text, database_now(), actor.user_id
        locked.save(update_fields=["finding", "decided_at", "decided_by"])
        record("find_on_unreadable", actor=actor, subject_type="offer", subject_id=locked.offer_id)
    return locked
