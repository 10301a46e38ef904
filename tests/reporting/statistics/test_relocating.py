"""A commune that changes county, voivodeship or kind on 1 January keeps the place that its old months had."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.statistics.actions.pushing import push_month
from reporting.statistics.actions.relocating import relocate_tenant
from reporting.statistics.models import Fact, FactsBatch
from tenants.models import Tenant, Territory
from tests.factories.care import ContractFactory, DecisionFactory
from tests.reporting.statistics.sending_world import ACTOR, accept

pytestmark = pytest.mark.django_db
DECEMBER, JANUARY, FEBRUARY = date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)
OLD, NEW = "3210013", "1219053"


def _place(tenant: Tenant, month: date) -> tuple[str, str]:
    fact = Fact.objects.current().get(tenant=tenant, period=month, indicator="care_persons", service="*")
    return fact.territory_id, fact.voivodeship_id


def _accepted(tenant: Tenant, month: date) -> None:
    with tenant_scope(tenant):
        contract = ContractFactory(valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 31))
        accept([DecisionFactory(contract=contract) for _ in range(6)], month)
        push_month(month, actor=ACTOR)


def _relocate() -> str:
    said = StringIO()
    call_command("relocate_tenant", "alfa", NEW, "--from", "2026-01-01", stdout=said)
    return said.getvalue()


def test_old_months_stay_where_the_tenant_lay(alfa: Tenant) -> None:
    _accepted(alfa, DECEMBER)
    assert "2026-01-01" in _relocate()
    alfa.refresh_from_db()
    assert (alfa.territory_id, alfa.voivodeship_id) == (NEW, "12")
    _accepted(alfa, JANUARY)
    # A correction of December, made afterwards, belongs to the old place as well.
    _accepted(alfa, DECEMBER)
    assert FactsBatch.objects.get(tenant=alfa, period=DECEMBER, version=2).territory_id == OLD
    assert _place(alfa, DECEMBER) == (OLD, "32")
    assert _place(alfa, JANUARY) == (NEW, "12")


def test_a_month_sent_for_the_first_time_after_the_change_belongs_to_its_day(alfa: Tenant) -> None:
    _relocate()
    alfa.refresh_from_db()
    _accepted(alfa, DECEMBER)
    _accepted(alfa, FEBRUARY)
    assert (_place(alfa, DECEMBER)[0], _place(alfa, FEBRUARY)[0]) == (OLD, NEW)


@pytest.mark.parametrize(
    ("territory", "kind", "day", "code"),
    [
        (NEW, "commune", date(2026, 7, 1), "not_1_january"),
        (NEW, "commune", date(2099, 1, 1), "not_yet"),
        (OLD, "commune", JANUARY, "same_territory"),
        (NEW, "county", JANUARY, "wrong_territory"),
    ],
)
def test_what_cannot_be_recorded_says_why(
    alfa: Tenant, territory: str, kind: str, day: date, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        relocate_tenant(alfa, Territory.objects.get(pk=territory), kind=kind, valid_from=day, actor=ACTOR)
    assert refused.value.code == code
    alfa.refresh_from_db()
    assert alfa.territory_id == OLD


def test_changes_are_recorded_in_order(alfa: Tenant) -> None:
    _relocate()
    with pytest.raises(CommandError):
        call_command("relocate_tenant", "alfa", OLD, "--from", "2025-01-01")
    with pytest.raises(CommandError):
        call_command("relocate_tenant", "alfa", "0000000", "--from", "2026-01-01")
