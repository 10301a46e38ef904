"""Persons of the demo whom nobody has visited lately, and what was found out about one of them."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count

from kernel.access import Actor
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.continuity.models import RadarCheck
from reporting.delivery.models import Visit
from tenants.access import actor_of
from tenants.models import Tenant
from tenants.roles import Role

_WITH_SILENCE = "barlinek"
# So many of the decisions with the fullest plans have no visit in the month at hand; months handed in stay as they are.
_SILENT = 2


def add_continuity(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """In one tenant: somebody whom nobody visits, and another of whom the coordinator knows why."""
    if tenant.slug != _WITH_SILENCE:
        return
    in_force = Decision.objects.in_force_on(today).annotate(planned=Count("slots"))
    silent = list(in_force.order_by("-planned", "-number")[:_SILENT])
    Visit.objects.filter(decision__in=silent, date__gte=Month.of(today).first).delete()
    actor: Actor = actor_of(members[Role.COORDINATOR])
    known = silent[-1]
    RadarCheck.objects.create(
        decision=known,
        person_id=known.person_id,
        service_id=known.service_id,
        reason=RadarCheck.Reason.FAMILY,
        note="Córka przyjechała na dwa tygodnie.",
        quiet_until=today + timedelta(days=7),
        made_on=today - timedelta(days=2),
        made_by=actor.user_id,
        made_by_name=actor.label,
        by_provider=False,
    )
