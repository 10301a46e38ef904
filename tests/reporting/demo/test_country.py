"""The simulated country: who has a tenant in it, what a tenant holds, and the whole way through processes."""

from collections import Counter
from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from contracting.contracts.models import Contract
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Person
from reporting.delivery.models import Visit
from reporting.demo.country.loading import load_tenant
from reporting.demo.country.plan import PlannedTenant, Size, plan_country, size_of
from reporting.statistics.comparing import size_of as size_class
from tenants.models import Tenant
from tenants.rules.terc import parse

_REGISTER = settings.ROOT / "tenants" / "data" / "terc-2024-01-01.csv"
_SEPTEMBER = date(2026, 9, 1)


def _territories() -> list[tuple[str, str]]:
    return [(unit.code, unit.name) for unit in parse(_REGISTER.read_bytes())[1]]


def test_the_whole_country_has_a_tenant_for_each_commune_and_county() -> None:
    planned = plan_country(_territories(), 1, 7)
    assert Counter(tenant.size for tenant in planned) == {
        Size.RURAL: 1464, Size.MIXED: 711, Size.URBAN: 236, Size.CITY: 65, Size.CAPITAL: 1, Size.COUNTY: 314,
    }  # fmt: skip
    assert len({tenant.slug for tenant in planned}) == 2477 + 314
    assert abs(sum(tenant.persons for tenant in planned) - 120_000) < 100
    assert all(tenant.persons for tenant in planned)
    assert all(sum(tenant.contracts) == tenant.persons for tenant in planned)
    assert max(max(tenant.contracts) for tenant in planned) <= 150
    living = [tenant.inhabitants or 0 for tenant in planned if tenant.size != Size.COUNTY]
    assert abs(sum(living) - 38_000_000) < 2_000_000
    groups = Counter(size_class(tenant.inhabitants) for tenant in planned)
    assert len(groups) == 5 and min(groups.values()) > 20, "directors have somebody to compare with"


def test_a_larger_share_has_what_a_smaller_one_has_and_another_seed_another_country() -> None:
    territories = _territories()
    tenth, twentieth = plan_country(territories, 0.1, 7), plan_country(territories, 0.05, 7)
    assert set(twentieth) < set(tenth)
    assert [tenant.code for tenant in tenth] != [tenant.code for tenant in plan_country(territories, 0.1, 8)]
    assert tenth == plan_country(reversed(territories), 0.1, 7)


@pytest.mark.parametrize(
    ("code", "size"),
    [
        ("32", None),
        ("3210", Size.COUNTY),
        ("3262", None),
        ("3262011", Size.CITY),
        ("1465011", Size.CAPITAL),
        ("1465028", None),
        ("3210013", Size.MIXED),
        ("3210014", None),
        ("3210015", None),
    ],
)
def test_parts_of_communes_and_counties_of_cities_have_no_tenant(code: str, size: Size | None) -> None:
    assert size_of(code) == size


@pytest.mark.django_db
def test_a_tenant_is_made_once_with_its_contracts_persons_and_visits(alfa: Tenant) -> None:
    planned = PlannedTenant("3262011", "Szczecin", Size.CITY, 160, 390_000)
    done = load_tenant(planned, [_SEPTEMBER], 7)
    assert (done.rows["contracts"], done.rows["persons"]) == (2, 160)
    tenant = Tenant.objects.get(slug="kraj-3262011")
    assert tenant.population == 390_000
    with tenant_scope(tenant):
        assert (Contract.objects.count(), Person.objects.count(), Decision.objects.count()) == (2, 160, 160)
        assert Visit.objects.count() == done.rows["visits"]
        # About twenty visits of each person in a month.
        assert 17 < done.rows["visits"] / 160 < 23
    assert load_tenant(planned, [_SEPTEMBER], 7).rows == {}


@pytest.mark.parametrize("share", ["0", "1.1", "half", "-1"])
def test_a_share_that_is_none_is_refused(share: str) -> None:
    with pytest.raises(CommandError, match="above 0 and up to 1"):
        call_command("simulate_country", "--share", share)


@pytest.mark.django_db
def test_a_share_without_any_tenant_is_refused() -> None:
    with pytest.raises(CommandError, match="take a larger share"):
        call_command("simulate_country", "--share", "0.0001")


@override_settings(LOCAL=False)
def test_a_real_installation_is_left_alone() -> None:
    with pytest.raises(CommandError, match="those of a real one"):
        call_command("simulate_country", "--share", "0.1")
