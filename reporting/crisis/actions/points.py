"""Verbs on contact points and opening hours."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.crisis.models import ContactPoint, OpeningHours
from reporting.crisis.queries.terms import terms_at

POINT_FIELDS = ("name", "address", "way", "marking", "is_first", "access", "valid_from", "valid_to")
HOURS_FIELDS = ("point", "weekdays", "on_holidays", "opens", "closes", "people", "valid_from")


def point_stamp(point: ContactPoint) -> str:
    """Changes with whatever is kept of a point."""
    return stamp_of(_told(point))


def _told(point: ContactPoint) -> dict[str, Any]:
    return {name: getattr(point, name) for name in POINT_FIELDS}


def add_point(organisation_id: UUID | None, values: Mapping[str, Any], *, actor: Actor) -> ContactPoint:
    """Enter a point of the centre, with the fields of `POINT_FIELDS`. Raises DomainError with the wrong field."""
    with transaction.atomic():
        point = ContactPoint(organisation_id=organisation_id, **values)
        _save(point, "add_contact_point", {"after": _told(point)}, actor)
    return point


def change_point(
    point: ContactPoint, values: Mapping[str, Any], *, seen: str | None = None, actor: Actor
) -> ContactPoint:
    """Change a point. Raises DomainError with the wrong field, Conflict where somebody changed it meanwhile."""
    with transaction.atomic():
        stored: ContactPoint = ContactPoint.objects.select_for_update().get(pk=point.pk)
        before = _told(stored)
        require_unchanged(seen, stamp_of(before))
        for name, value in values.items():
            setattr(stored, name, value)
        _save(stored, "change_contact_point", {"before": before, "after": _told(stored)}, actor)
    return stored


def _save(point: ContactPoint, verb: str, payload: dict[str, Any], actor: Actor) -> None:
    require_valid(point)
    point.save()
    record(verb, actor=actor, subject_type="contact_point", subject_id=point.pk, payload=payload)


def add_hours(organisation_id: UUID | None, values: Mapping[str, Any], *, actor: Actor) -> OpeningHours:
    """Let a point, or the telephone (`point` None), be answered in these hours.

    Raises DomainError with the wrong field; `below_standard` where fewer are asked for than the standard's on the
    first day (S-123) and nothing says why.
    """
    with transaction.atomic():
        hours = OpeningHours(organisation_id=organisation_id, **values)
        if hours.point is not None and hours.point.organisation_id != organisation_id:
            raise DomainError(
                "point_elsewhere",
                _("The point belongs to another centre. Choose one of this centre."),
                field="point",
            )
        require_valid(hours, exclude=["point"])
        minimum = terms_at(hours.valid_from).duty_minimum
        is_below = hours.people < minimum
        if is_below and not hours.reason:
            raise DomainError(
                "below_standard",
                ngettext(
                    "The standard asks for at least %(count)s interventionist on duty. Ask for as many, or write "
                    "why fewer suffice in these hours.",
                    "The standard asks for at least %(count)s interventionists on duty. Ask for as many, or write "
                    "why fewer suffice in these hours.",
                    minimum,
                )
                % {"count": minimum},
                field="reason",
            )
        hours.save()
        after = {name: getattr(hours, name) for name in HOURS_FIELDS if name != "point"}
        record(
            "add_opening_hours",
            actor=actor,
            subject_type="opening_hours",
            subject_id=hours.pk,
            payload={"after": {**after, "point": hours.point_id}, "below_standard": is_below},
        )
    return hours


def end_hours(hours: OpeningHours, *, valid_to: date, actor: Actor) -> OpeningHours:
    """Let hours hold up to a day and no longer; other hours are entered anew from the next day."""
    with transaction.atomic():
        stored: OpeningHours = OpeningHours.objects.select_for_update().get(pk=hours.pk)
        before, stored.valid_to = stored.valid_to, valid_to
        require_valid(stored, exclude=["point"])
        stored.save(update_fields=["valid_to"])
        record(
            "end_opening_hours",
            actor=actor,
            subject_type="opening_hours",
            subject_id=stored.pk,
            payload={"before": before, "after": valid_to},
        )
    return stored
