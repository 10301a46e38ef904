"""The cap of a contract over its months: what was settled uses it up, not what was accepted above an older cap."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from contracting.contracts.models import ContractAmendment
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.settlement.actions import Correction, add_adjustment
from reporting.settlement.models import Settlement
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import visit
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.settlement.test_settlement_pages import address, change, page, post
from tests.reporting.settlement.world import SettledWorld, accepted_world, in_december

NOVEMBER = OCTOBER.next()


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


def accept_november(world: SettledWorld) -> None:
    """210 minutes: 120 of one decision, 90 of the other."""
    with tenant_scope(world.tenant), in_december():
        visit(world.clean, world.worker, date(2026, 11, 3), "08:00", 120)
        visit(world.over, world.worker, date(2026, 11, 2), "10:00", 90)
        compliance.submit_month(world.contract, NOVEMBER, actor=PROVIDER)
        answered = answered_month(compare_month(NOVEMBER, contracts=[world.contract.pk]))
        points = [(one.code, one.subject) for one in answered if one.is_must and one.is_open]
        if points:
            compliance.justify_deviations(
                world.contract, NOVEMBER, points=points, reason="health", together=True, actor=DIRECTOR
            )
        compliance.accept_month(world.contract, NOVEMBER, actor=DIRECTOR)


def test_minutes_above_an_old_cap_take_nothing_of_one_raised_later(
    world: SettledWorld, sign_in: Callable[..., Client]
) -> None:
    accountant = sign_in(Role.ACCOUNTANT, world.tenant)
    # October: 240 min accepted, a cap of 200: 200 are paid.
    change(world, cap_minutes=200)
    post(accountant, address(world, "confirm/"))
    with tenant_scope(world.tenant):
        assert Settlement.objects.get().minutes == 200
        ContractAmendment.objects.create(
            contract=world.contract, number=1, state="signed", reason="Więcej godzin",
            effective_on=date(2026, 11, 1), changes={"cap_minutes": [200, 440]},
        )  # fmt: skip
    change(world, cap_minutes=440)
    accept_november(world)
    told = page(accountant, f"/alfa/settlement/{world.contract.pk}/2026-11/")
    # 440 − 200 = 240 min are left for 210; had October's 240 counted, 10 min would be unpaid. 83.00 + 62.25 zł.
    assert "Na ten miesiąc pozostało 4 h." in told
    assert "Ponad limit umowy:" not in told
    assert "Należność 145,25 zł" in told


def test_what_is_left_is_what_earlier_months_did_not_use(
    world: SettledWorld, sign_in: Callable[..., Client]
) -> None:
    accountant = sign_in(Role.ACCOUNTANT, world.tenant)
    # Before October is confirmed its 240 accepted minutes hold their place: 440 − 240 = 200 for 210.
    change(world, cap_minutes=440)
    accept_november(world)
    november = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    assert "Ponad limit umowy: 10 min" in page(accountant, november)
    post(accountant, address(world, "confirm/"))
    assert "Ponad limit umowy: 10 min" in page(accountant, november)


@pytest.mark.parametrize("which", ["long", "short"])
def test_a_correction_returns_nothing_that_the_cap_had_not_paid(
    world: SettledWorld, sign_in: Callable[..., Client], which: str
) -> None:
    """240 min accepted, 200 paid. 50 less are 190: 10 are returned, whichever visit the 40 unpaid ones were of."""
    accountant = sign_in(Role.ACCOUNTANT, world.tenant)
    change(world, cap_minutes=200)
    post(accountant, address(world, "confirm/"))
    with tenant_scope(world.tenant):
        for minutes in (-30, -20):
            correction = Correction(getattr(world, which).pk, minutes, "shorter", "Wyszła", NOVEMBER)
            add_adjustment(world.contract, OCTOBER, correction, actor=DIRECTOR)
    accept_november(world)
    november = f"/alfa/settlement/{world.contract.pk}/2026-11/"
    told = page(accountant, november)
    assert "Korekty odejmują 40 min, których limit umowy nie objął zapłatą" in told
    assert "Ponad limit umowy: 3 h 20 min" in told
    post(accountant, f"{november}confirm/")
    with tenant_scope(world.tenant):
        october, later = Settlement.objects.order_by("month")
        # November's 210 min are held against the 10 that became free.
        assert (october.minutes, later.minutes, later.due) == (200, 0, 0)
        assert later.figures is not None
        corrected = [one["over_cap"] for one in later.figures["charges"] if one["correction"]]
        assert corrected == [-30, -10]
