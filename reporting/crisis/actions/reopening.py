"""The verb that opens a closed case again; how it had been closed stays on record."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.care.locking import hold_known
from reporting.crisis.actions.cases import locked_case
from reporting.crisis.models import CaseWorker, CrisisCase, Reopening


def reopen_case(case: CrisisCase, *, reason: str, actor: Actor) -> CrisisCase:
    """Open a closed case again, with a reason; the day and the outcome of its closing are kept beside it.

    Raises DomainError where the case is open, or nobody is its interventionist any more.
    """
    with transaction.atomic():
        hold_known(case.person_id)
        locked = locked_case(case, open_only=False)
        closed_on = locked.closed_on
        if locked.is_open or closed_on is None:
            raise DomainError("case_open", _("Case %(number)s is open already.") % {"number": locked.number})
        leading = CaseWorker.objects.filter(case=locked, part=CaseWorker.Part.LEADS, until__isnull=True)
        if not leading.exists():
            raise DomainError(
                "no_interventionist",
                _("Nobody is the interventionist of this case any more: name one first."),
            )
        reopening = Reopening(
            case=locked,
            closed_on=closed_on,
            outcome=locked.outcome,
            reason=reason,
            reopened_at=timezone.now(),
            author_id=actor.user_id,
            author_name=actor.label[:150],
        )
        require_valid(reopening, exclude=["case"])
        reopening.save()
        locked.state, locked.closed_on, locked.outcome = CrisisCase.State.OPEN, None, ""
        locked.save(update_fields=["state", "closed_on", "outcome"])
        record(
            "reopen_crisis_case",
            actor=actor,
            subject_type="crisis_case",
            subject_id=locked.pk,
            payload={
                "before": {"closed_on": reopening.closed_on, "outcome": reopening.outcome},
                "reason": reason,
            },
        )
    return locked
