"""The terms of supervision are set by the director."""

from typing import Any

from django.db import transaction

from audit.actions import record
from kernel.access import Actor
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.supervision.models import SETTING_FIELDS, SupervisionSettings


def settings_stamp(settings: SupervisionSettings) -> str:
    """What somebody saw who began to edit."""
    return stamp_of(*(getattr(settings, name) for name in SETTING_FIELDS))


def change_supervision_settings(
    values: dict[str, Any], *, seen: str | None = None, actor: Actor
) -> SupervisionSettings:
    """Set the terms; without a change nothing is written.

    Raises DomainError naming the value that cannot be; Conflict where the terms are no longer what the writer saw.
    """
    with transaction.atomic():
        SupervisionSettings.objects.get_or_create(only=True)
        row: SupervisionSettings = SupervisionSettings.objects.select_for_update().get()
        require_unchanged(seen, settings_stamp(row))
        changed = {
            name: {"old": getattr(row, name), "new": values[name]}
            for name in SETTING_FIELDS
            if name in values and values[name] != getattr(row, name)
        }
        for name, pair in changed.items():
            setattr(row, name, pair["new"])
        require_valid(row)
        if changed:
            row.save(update_fields=list(changed))
            record(
                "change_supervision_settings",
                actor=actor,
                subject_type="supervision_settings",
                subject_id=row.pk,
                payload=changed,
            )
    return row
