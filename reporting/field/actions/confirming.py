"""Confirming that a carer serves somebody whose decision she knew by its number only."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from contracting.contracts.models import Worker
from kernel.access import Access, Actor
from kernel.errors import DomainError
from reporting.care.models import Decision
from reporting.delivery.locking import lock_diary
from reporting.delivery.models import Visit


def confirm_carer(worker_id: UUID, decision_id: UUID, *, access: Access, actor: Actor) -> int:
    """Vouch for the visits of the carer under the decision: from then on she is told whose it is. Gives their number.

    Raises DomainError `nothing_to_confirm`, also where somebody confirmed them meanwhile; `own_word` where the carer
    confirms her own.
    """
    with transaction.atomic():
        decision = Decision.objects.visible_to(access).filter(pk=decision_id).first()
        worker = Worker.objects.visible_to(access).filter(pk=worker_id).first()
        if decision is not None:
            lock_diary(decision.contract_id)
        if worker is not None and worker.user_id == actor.user_id:
            raise DomainError("own_word", _("These are your own visits. Somebody else has to confirm them."))
        count = (
            Visit.objects.visible_to(access)
            .filter(worker=worker, decision=decision, confirmed_at=None)
            .exclude(state=Visit.State.CANCELLED)
            .update(confirmed_at=timezone.now())
            if decision is not None and worker is not None
            else 0
        )
        if decision is None or worker is None or not count:
            raise DomainError(
                "nothing_to_confirm",
                _(
                    "There is nothing to confirm any more. Look at the list again: somebody may have been faster."
                ),
            )
        record(
            "confirm_carer",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={"worker": worker.pk, "visits": count},
        )
    return count
