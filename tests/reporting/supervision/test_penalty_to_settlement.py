"""A penalty that a decision on a breach proposes is offered to whoever settles the month, and deducted once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import Month
from reporting.compliance.actions import accept_month, justify_deviations, submit_month
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.settlement.models import Penalty
from reporting.supervision.actions import decide_breach
from reporting.supervision.models import Breach
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.people import signed_in_client
from tests.reporting.supervision.supervised import MONTH, Supervised, build_supervised

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("tests")


@pytest.fixture
def decided(alfa: Tenant) -> tuple[Supervised, Breach]:
    """An accepted month, and a breach in it for which a penalty of 50 zł was decided."""
    world = build_supervised(alfa)
    with world.in_tenant():
        when = Month.parse(MONTH)
        submit_month(world.contract, when, actor=ACTOR)
        open_points = answered_month(compare_month(when, contracts=[world.contract.pk]))
        points = [(one.code, one.subject) for one in open_points if one.is_must]
        justify_deviations(world.contract, when, points=points, reason="agreed", together=True, actor=ACTOR)
        accept_month(world.contract, when, actor=ACTOR)
    report = {"contract": world.contract.pk, "facts": "Trzy dni bez wizyt.", "basis": "§ 7 ust. 2"}
    assert world.post("inspector", "report_breach", report).status_code == 302
    with world.in_tenant():
        breach = Breach.objects.get()
    world.post("ngo", "answer_breach", {"answer": "Choroba opiekunki."}, pk=breach.pk)
    decision = {"outcome": "penalty", "reasons": "Brak zastępstwa.", "amount": "50", "month": MONTH}
    assert world.post("director", "decide_breach", decision, pk=breach.pk).status_code == 302
    return world, breach


def _address(world: Supervised, name: str) -> str:
    return reverse(
        f"settlement:{name}",
        kwargs={"tenant_slug": world.tenant.slug, "contract_pk": world.contract.pk, "month": MONTH},
    )


def _deduct(world: Supervised, proposal: object) -> Any:
    typed = {"reason": "Brak zastępstwa", "basis": "§ 7", "amount": "50", "proposal": str(proposal)}
    return world.clients["director"].post(_address(world, "penalty"), typed)


def test_it_is_offered_prefilled_and_deducted_once(decided: tuple[Supervised, Breach]) -> None:
    world, breach = decided
    director = world.clients["director"]
    link = f"{_address(world, 'penalty')}?proposal={breach.pk}"
    assert link in director.get(_address(world, "settlement")).content.decode()
    form = director.get(link).context["form"]
    assert (form["amount"].value(), form["basis"].value()) == (Decimal("50.00"), "§ 7 ust. 2")
    assert str(breach) in form["reason"].value()
    assert _deduct(world, breach.pk).status_code == 302
    assert link not in director.get(_address(world, "settlement")).content.decode()
    again = _deduct(world, breach.pk)
    assert again.status_code == 422 and "już potrącona" in again.content.decode()
    with world.in_tenant():
        assert Penalty.objects.get().proposal == breach.pk


def test_no_penalty_is_decided_for_a_settlement_that_deducts_nothing_more(
    decided: tuple[Supervised, Breach],
) -> None:
    world, breach = decided
    told = f"Kary za naruszenie {breach}"
    accountant = signed_in_client(Role.ACCOUNTANT, world.tenant)
    today = reverse("today", args=[world.tenant.slug])
    assert told in accountant.get(today).content.decode()
    assert _deduct(world, breach.pk).status_code == 302
    assert told not in accountant.get(today).content.decode()
    assert world.clients["director"].post(_address(world, "confirm")).status_code == 302
    report = {"contract": world.contract.pk, "facts": "Znowu bez wizyt.", "basis": "§ 7 ust. 2"}
    assert world.post("inspector", "report_breach", report).status_code == 302
    with world.in_tenant():
        second = Breach.objects.exclude(pk=breach.pk).get()
    world.post("ngo", "answer_breach", {"answer": "Choroba."}, pk=second.pk)
    decision = {"outcome": "penalty", "reasons": "Brak zastępstwa.", "amount": "10", "month": MONTH}
    assert world.post("director", "decide_breach", decision, pk=second.pk).status_code == 422
    with world.in_tenant(), pytest.raises(DomainError) as refused:
        decide_breach(
            second,
            outcome="penalty",
            reasons="Brak.",
            amount=Decimal(10),
            month=Month.parse(MONTH),
            actor=ACTOR,
        )
    assert refused.value.code == "month_outside"
    # Once nothing else is left, the settlement that closes the contract offers it.
    with world.in_tenant():
        Contract.objects.update(valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 31))
    closing = {**decision, "month": "2026-11"}
    assert world.post("director", "decide_breach", closing, pk=second.pk).status_code == 302
    where = _address(world, "settlement").replace(MONTH, "2026-11")
    assert f"?proposal={second.pk}" in accountant.get(where).content.decode()


def test_a_proposal_that_nobody_made_is_refused(decided: tuple[Supervised, Breach]) -> None:
    world, _breach = decided
    answer = _deduct(world, new_id())
    assert answer.status_code == 422
    with world.in_tenant():
        assert not Penalty.objects.exists()


def test_the_organisation_is_offered_nothing_to_deduct(decided: tuple[Supervised, Breach]) -> None:
    world, breach = decided
    page = world.clients["ngo"].get(_address(world, "settlement")).content.decode()
    assert "?proposal=" not in page
    assert world.clients["ngo"].get(f"{_address(world, 'penalty')}?proposal={breach.pk}").status_code == 403
