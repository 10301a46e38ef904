"""The facts of four pilot units reproduce what they reported: 3,653 = 1,275 legal + 1,370 psychological + 1,008 family."""

from datetime import date

import pytest
from django.db.models import Sum

from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from reporting.demo.advice import add_advice
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import Fact
from tenants.actions import create_tenant
from tenants.models import Organisation, Partnership, Tenant, Territory
from tests.factories.facts import allow_pushing

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
PILOTS = {"powiat-jaroslawski": 901, "powiat-koszalinski": 1426, "powiat-tucholski": 341, "krakow": 985}
ACTOR = Actor.system("tests")


def _pilot(slug: str) -> Tenant:
    """The tenant of the demo with its advice, the quarters since then closed."""
    tenant = create_tenant(
        slug=slug,
        name=f"Powiat {slug}",
        kind=Tenant.Kind.COMMUNE,
        territory=Territory.objects.get(pk="3262011"),
        unit_name="PCPR",
        unit_type=Tenant.UnitType.PCPR,
        actor=ACTOR,
    )
    with public_scope():
        organisation = Organisation.objects.create(name=f"Stowarzyszenie {slug}")
        Partnership.objects.create(tenant=tenant, organisation=organisation)
        allow_pushing(tenant)
    with tenant_scope(tenant):
        add_advice(tenant, {}, TODAY)
        quarter = Quarter.of(TODAY)
        for _step in range(6):
            quarter = quarter.previous()
            push_quarter(quarter, actor=ACTOR)
    return tenant


def test_the_four_pilots_together_gave_3653_sessions_of_advice() -> None:
    tenants = {slug: _pilot(slug) for slug in PILOTS}
    told = Fact.objects.current().filter(indicator="advice", kind="quarter", service="*")
    for slug, reported in PILOTS.items():
        own = told.filter(tenant=tenants[slug])
        assert own.filter(category="").aggregate(sum=Sum("numerator"))["sum"] == reported
    kinds = dict(told.exclude(category="").order_by().values_list("category").annotate(Sum("numerator")))
    assert kinds == {"legal": 1275, "psychological": 1370, "family": 1008, "other": 0}
    assert told.filter(category="").aggregate(sum=Sum("numerator"))["sum"] == 3653 == sum(kinds.values())
    # Each stands on persons, and depth adds up to the same.
    assert not told.filter(persons=None).exists()
    depths = Fact.objects.current().filter(indicator="advice_depth").exclude(category="")
    assert depths.aggregate(sum=Sum("numerator"))["sum"] == 3653
