"""The verb of calling the persons of a provider that fails: who was reached, who was not, who needs other help."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.crypto import encrypt
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.care.locking import hold_person
from reporting.care.models import Person
from reporting.continuity.models import ReachNote


def note_reached(
    person: Person, contract: Contract, *, outcome: str, remark: str = "", actor: Actor
) -> ReachNote:
    """Note one attempt to reach a person in care under the contract; earlier notes stay, the latest one counts.

    Raises DomainError `remark_missing` where other help is needed and nothing says which. The audit line has the
    outcome and not the remark.
    """
    if outcome == ReachNote.Outcome.NEEDS_HELP and not remark:
        raise DomainError(
            "remark_missing",
            _("“Needs other help” needs a remark: write which help and who arranges it."),
            field="remark",
        )
    note = ReachNote(
        person=person,
        outcome=outcome,
        remark_encrypted=encrypt(remark) if remark else None,
        made_by=actor.user_id,
        made_by_name=actor.label[:150],
    )
    with transaction.atomic():
        hold_person(person.pk)
        require_valid(note, exclude=["person"])
        note.save()
        record(
            "note_reached",
            actor=actor,
            subject_type="person",
            subject_id=person.pk,
            payload={"outcome": outcome, "contract": contract.pk},
        )
    return note
