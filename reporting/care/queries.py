"""Who saw the data of one person: the readings of the log, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from audit.models import Reading
from audit.words import PAGES
from kernel.tenancy import require_tenant
from reporting.care.hooks import keys_of_person
from reporting.care.models import Person
from tenants.models import Membership


@dataclass(frozen=True)
class Seen:
    """On one day somebody opened a page with the person's data so many times; `where` is whom they work for."""

    day: date
    who: str
    where: str
    page: str
    times: int


def readings_of(person: Person) -> QuerySet[Reading]:
    """Every reading that showed data of the person, also of what has a key of its own; never crisis intervention."""
    keys = [str(person.pk)]
    keys_of_person.fire(person=person, keys=keys)
    found = Q()
    for key in keys:
        found |= Q(subject_ids__contains=[key])
    return Reading.objects.filter(found)


def days_of(readings: QuerySet[Reading]) -> Any:
    """The readings summed up by day, page and who read, the newest day first."""
    return (
        readings.annotate(day=TruncDate("at"))
        .values("day", "page", "actor_id", "actor_label")
        .annotate(times=Count("pk"))
        .order_by("-day", "actor_label", "actor_id", "page")
    )


def told(rows: Iterable[dict[str, Any]]) -> list[Seen]:
    """Rows of `days_of` as people read them; two queries."""
    rows = list(rows)
    places = _places_of({row["actor_id"] for row in rows if row["actor_id"]})
    return [
        Seen(
            row["day"],
            row["actor_label"],
            places.get(row["actor_id"], _("the platform or a provider's system")),
            str(PAGES.get(row["page"], row["page"])),
            row["times"],
        )
        for row in rows
    ]


def _places_of(actors: Iterable[UUID]) -> dict[UUID | None, str]:
    """By account, the organisation whose member it is or was here, or the unit itself."""
    tenant = require_tenant()
    places: dict[UUID | None, str] = {}
    members = Membership.objects.filter(tenant_id=tenant.pk, user_id__in=actors).select_related(
        "organisation"
    )
    # Of several roles the newest says whom one works for.
    for member in members.order_by("created_at"):
        places[member.user_id] = str(member.organisation or tenant.unit_name)
    return places
