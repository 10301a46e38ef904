"""The verb that notes whether the person of a case agreed to be asked about the help."""

from django.db import transaction

from audit.actions import record
from kernel.access import Actor
from kernel.validation import require_valid
from reporting.crisis.actions.cases import locked_case
from reporting.crisis.models import CrisisCase


def note_asking(case: CrisisCase, *, asking: str, actor: Actor) -> CrisisCase:
    """Note what was agreed with the person, also of a closed case; surveys draw only those who agreed.

    Surveys ask for it anew with every link, mail and answer, so what is noted holds at once for those drawn before.

    Raises DomainError where an alias or somebody anonymous is said to have agreed. The record does not say what was
    agreed: that somebody must not be contacted is known to those who work on the case alone.
    """
    with transaction.atomic():
        locked = locked_case(case, open_only=False)
        locked.asking = asking
        require_valid(locked, exclude=["organisation", "contract", "person"])
        locked.save(update_fields=["asking"])
        record(
            "note_crisis_asking", actor=actor, subject_type="crisis_case", subject_id=locked.pk, payload={}
        )
    return locked
