"""Tenants that are measured in; they lie in one commune."""

from kernel.access import Actor
from tenants.actions import create_tenant
from tenants.models import Tenant, Territory

ACTOR = Actor.system("bench")


def make_tenant(slug: str, name: str = "Gmina Pomiar") -> Tenant:
    """A tenant made by the verb."""
    return create_tenant(
        slug=slug,
        name=name,
        kind=Tenant.Kind.COMMUNE,
        territory=Territory.objects.get(pk="3210013"),
        unit_name="OPS",
        unit_type=Tenant.UnitType.OPS,
        actor=ACTOR,
    )
