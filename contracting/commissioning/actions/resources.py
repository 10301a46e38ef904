"""Verbs on the directory of local resources: entering, changing, confirming that a place is as it says."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.models import Resource, Service
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid

FIELDS = (
    "institution",
    "scope",
    "address",
    "opening_hours",
    "contact",
    "sector",
    "service_id",
    "minutes_month",
    "persons",
    "verified_on",
    "retired",
)


def resource_stamp(resource: Resource) -> str:
    """The stamp of the entry as it stands."""
    return stamp_of(_as_values(resource))


def _as_values(resource: Resource) -> dict[str, Any]:
    return {name: getattr(resource, name) for name in FIELDS}


def save_resource(
    resource: Resource | None,
    *,
    institution: str,
    scope: str,
    address: str,
    opening_hours: str,
    contact: str,
    sector: str,
    service: Service | None,
    minutes_month: int | None,
    persons: int | None,
    verified_on: date,
    retired: bool = False,
    seen: str | None = None,
    actor: Actor,
) -> Resource:
    """Enter a place into the directory, or change it. `minutes_month` is its capacity in minutes a month.

    Raises DomainError with the fields that are wrong (a day of verification to come among them), Conflict.
    """
    with transaction.atomic():
        locked, before = _locked(resource, seen)
        locked.institution, locked.scope, locked.address = institution, scope, address
        locked.opening_hours, locked.contact, locked.sector = opening_hours, contact, sector
        locked.service, locked.minutes_month, locked.persons = service, minutes_month, persons
        locked.verified_on, locked.retired = verified_on, retired
        if verified_on > timezone.localdate():
            raise DomainError(
                "verified_in_future",
                _("%(day)s has not come yet: enter the day on which somebody checked.")
                % {"day": f"{verified_on:%d.%m.%Y}"},
                field="verified_on",
                value=verified_on,
            )
        require_valid(locked)
        try:
            with transaction.atomic():
                locked.save()
        except IntegrityError as error:
            raise DomainError(
                "resource_exists",
                _("The directory has this place with this offer already."),
                field="institution",
            ) from error
        after = _as_values(locked)
        if before is None:
            record(
                "create_resource",
                actor=actor,
                subject_type="resource",
                subject_id=locked.pk,
                payload={"after": after},
            )
        elif after != before:
            record(
                "edit_resource",
                actor=actor,
                subject_type="resource",
                subject_id=locked.pk,
                payload={"before": before, "after": after},
            )
    return locked


def _locked(resource: Resource | None, seen: str | None) -> tuple[Resource, dict[str, Any] | None]:
    if resource is None:
        return Resource(), None
    locked: Resource = Resource.objects.select_for_update().get(pk=resource.pk)
    require_unchanged(seen, resource_stamp(locked))
    return locked, _as_values(locked)


def verify_resource(resource: Resource, *, actor: Actor) -> Resource:
    """Note that the entry was checked today and is as it says."""
    with transaction.atomic():
        locked: Resource = Resource.objects.select_for_update().get(pk=resource.pk)
        before, locked.verified_on = locked.verified_on, timezone.localdate()
        if before != locked.verified_on:
            locked.save(update_fields=["verified_on"])
            record(
                "verify_resource",
                actor=actor,
                subject_type="resource",
                subject_id=locked.pk,
                payload={"before": before, "after": locked.verified_on},
            )
    return locked
