"""Centres of the tenant: the unit itself and the organisations that have cases, places, points or duties."""

from uuid import UUID

from django.utils.translation import gettext as _

from kernel.access import Access
from reporting.crisis.models import ContactPoint, CrisisCase, Duty, OpeningHours, ShelterPlace, TeamMeeting
from tenants.models import Organisation


def centres_for(access: Access) -> list[tuple[UUID | None, str]]:
    """(id of the organisation or None, name) of the centres that the person may see, their own first; two queries."""
    if access.organisation_ids is not None:
        own = Organisation.objects.filter(pk__in=access.organisation_ids).order_by("name")
        return [(one.pk, one.name) for one in own]
    kinds = (CrisisCase, Duty, ShelterPlace, TeamMeeting, ContactPoint, OpeningHours)
    first, *others = (
        kind.objects.filter(organisation__isnull=False).order_by().values_list("organisation_id")
        for kind in kinds
    )
    ids = {row[0] for row in first.union(*others)}
    of_others = Organisation.objects.filter(pk__in=ids).order_by("name")
    return [(None, _("the unit itself")), *((one.pk, one.name) for one in of_others)]
