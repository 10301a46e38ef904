"""The verb on a tenant's thresholds of the comparison."""

from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from audit.actions import record
from kernel.access import Actor
from kernel.stamps import require_unchanged, stamp_of
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from reporting.compliance.models import THRESHOLD_FIELDS, ComparisonSettings


def thresholds_stamp(settings: ComparisonSettings) -> str:
    """The stamp of the thresholds as they stand."""
    return stamp_of(_values(settings))


def change_thresholds(values: dict[str, int], *, seen: str | None = None, actor: Actor) -> ComparisonSettings:
    """Set the tenant's thresholds (minutes, days, percent by field name); accepted months keep what they were.

    Raises DomainError with the fields that are wrong, Conflict where somebody changed them meanwhile.
    """
    with transaction.atomic():
        ComparisonSettings.objects.get_or_create(only=True)
        settings: ComparisonSettings = ComparisonSettings.objects.select_for_update().get(only=True)
        before = _values(settings)
        require_unchanged(seen, stamp_of(before))
        for field in THRESHOLD_FIELDS:
            if field in values:
                setattr(settings, field, values[field])
        after = _values(settings)
        if after != before:
            require_valid(settings)
            settings.save()
            record(
                "change_thresholds",
                actor=actor,
                subject_type="tenant",
                subject_id=require_tenant().pk,
                payload={
                    "before": {name: before[name] for name in before if before[name] != after[name]},
                    "after": {name: after[name] for name in after if before[name] != after[name]},
                },
            )
    return settings


def _values(settings: ComparisonSettings) -> dict[str, Any]:
    return model_to_dict(settings, fields=THRESHOLD_FIELDS)
