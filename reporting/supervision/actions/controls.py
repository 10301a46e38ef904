"""Verbs on the contractor's own log of control: enter, correct."""

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.supervision.actions.typed import NAME_LENGTH
from reporting.supervision.locking import lock
from reporting.supervision.models import OwnControl

_FIELDS = ("controlled_on", "kind", "controller", "subject", "result", "measures")


@dataclass(frozen=True)
class ControlEntry:
    """What was controlled when, by whom, how, with what result, and what was done about it."""

    controlled_on: date
    kind: str
    controller: str
    subject: str
    result: str
    measures: str = ""


def control_stamp(control: OwnControl) -> str:
    """What somebody saw who began to correct."""
    return stamp_of(*(getattr(control, name) for name in _FIELDS))


def enter_own_control(contract: Contract, entry: ControlEntry, *, actor: Actor) -> OwnControl:
    """Enter a control of the organisation's own. Raises DomainError for a day outside the contract, or to come."""
    with transaction.atomic():
        row = OwnControl(contract=contract)
        _write(row, entry, actor)
        row.save(force_insert=True)
        record(
            "enter_own_control",
            actor=actor,
            subject_type="own_control",
            subject_id=row.pk,
            payload={"contract": contract.pk, "controlled_on": row.controlled_on, "result": row.result},
        )
    return row


def correct_own_control(
    control: OwnControl, entry: ControlEntry, *, seen: str | None = None, actor: Actor
) -> OwnControl:
    """Correct an entry; the audit line names the fields changed. Raises as above; Conflict after another's change."""
    with transaction.atomic():
        row: OwnControl = lock(control)
        require_unchanged(seen, control_stamp(row))
        before = {name: getattr(row, name) for name in _FIELDS}
        _write(row, entry, actor)
        row.save()
        changed = [name for name in _FIELDS if before[name] != getattr(row, name)]
        record(
            "correct_own_control",
            actor=actor,
            subject_type="own_control",
            subject_id=row.pk,
            payload={"contract": row.contract_id, "fields": changed, "result": row.result},
        )
    return row


def _write(row: OwnControl, entry: ControlEntry, actor: Actor) -> None:
    day = entry.controlled_on
    if day < row.contract.valid_from or day > timezone.localdate():
        raise DomainError(
            "control_outside",
            format_lazy(
                _("A control of this contract was made between {first} and today: correct the day."),
                first=f"{row.contract.valid_from:%d.%m.%Y}",
            ),
            field="controlled_on",
            value=day,
        )
    for name, value in asdict(entry).items():
        setattr(row, name, value)
    row.entered_at, row.entered_by_name = timezone.now(), actor.label[:NAME_LENGTH]
    require_valid(row, exclude=["contract"])
