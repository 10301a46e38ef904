"""What became of earlier promises of those who bid again: told to the committee after the opening, as facts."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracting.contracts.models import Contract
from contracting.tenders.hooks import track_records
from kernel.tenancy import tenant_scope
from reporting.evaluation.models import Measurement
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.contracting.tenders.outcomes_world import build_scored
from tests.factories.care import ContractFactory
from tests.factories.people import OrganisationFactory

HEADING = "Wcześniejsze umowy z tą jednostką"


def measured(contract: Contract, month: int, *outcomes: str, side: str = "confirmed") -> None:
    for place, outcome in enumerate(outcomes):
        Measurement.objects.create(
            conditions={},
            contract=contract,
            month=date(2026, month, 1),
            key=f"{side[:1]}{place}",
            position=place,
            indicator="Obietnica",
            direction="at_least",
            promised=Decimal(1),
            measure="reported",
            outcome=outcome,
            reason="no_rule" if outcome == "unmeasured" else "",
            side="" if outcome == "unmeasured" else side,
        )


def with_record(tenant: Tenant, organisation: Organisation) -> None:
    """Two contracts measured in two months: three results of four met, one not measurable, and two of its own word."""
    with tenant_scope(tenant):
        for _ in range(2):
            contract = ContractFactory(organisation=organisation)
            measured(contract, 9, "met", "unmeasured")
        measured(contract, 10, "met", "not_met")
        measured(contract, 10, "met", "not_met", side="stated")


@pytest.mark.django_db
def test_records_count_results_months_and_contracts(alfa: Tenant, beta: Tenant) -> None:
    ours, unmeasured, new = OrganisationFactory(), OrganisationFactory(), OrganisationFactory()
    with_record(alfa, ours)
    with_record(beta, new)
    with tenant_scope(alfa):
        measured(ContractFactory(organisation=unmeasured), 9, "unmeasured")
        found = track_records([ours.pk, unmeasured.pk, new.pk])
    assert set(found) == {ours.pk}
    record = found[ours.pk]
    assert (record.met, record.judged, record.months, record.contracts) == (3, 4, 2, 2)
    assert (record.stated_met, record.stated) == (1, 2)


@pytest.mark.django_db
def test_the_committee_reads_facts_beside_the_offers(alfa: Tenant) -> None:
    world: JudgingWorld = build_scored(alfa)
    with_record(alfa, world.organisations[0])
    client = world.client(world.people[0])
    compared = client.get(world.url("compare")).content.decode()
    table = compared.split(HEADING)[-1]
    assert HEADING in compared and "3 z 4" in table and "nie wchodzą do punktów" in table
    assert "Podane przez organizację, niepotwierdzone" in table and "1 z 2" in table
    assert (
        world.organisations[0].name in table and world.organisations[1].name not in table.split("</table>")[0]
    )
    read = client.get(world.url("offers", world.offers[0])).content.decode()
    assert (
        "Dotrzymane zobowiązania: 3 z 4 wyników miesięcznych (zmierzono: 2\u00a0miesiące, 2\u00a0umowy)"
        in read.replace("2 miesiące, 2 umowy", "2\u00a0miesiące, 2\u00a0umowy")
    )
    assert "Podane przez organizację i niepotwierdzone: 1 z 2." in read
    assert HEADING not in client.get(world.url("offers", world.offers[1])).content.decode()


@pytest.mark.django_db
def test_points_stay_hidden_and_so_does_the_table_before_the_scoring_is_closed(alfa: Tenant) -> None:
    world = build_judging(alfa)
    with_record(alfa, world.organisations[0])
    assert HEADING not in world.client(world.people[0]).get(world.url("compare")).content.decode()


@pytest.mark.django_db
def test_a_bidder_sees_the_own_record_once_the_offer_is_opened(
    alfa: Tenant, sign_in: Callable[..., Any]
) -> None:
    world = build_judging(alfa)
    with_record(alfa, world.organisations[0])
    own = sign_in("ngo_manager", alfa, world.organisations[0])
    rival = sign_in("ngo_manager", alfa, world.organisations[1])
    assert HEADING in own.get(f"/alfa/offers/{world.offers[0].pk}/").content.decode()
    assert HEADING not in rival.get(f"/alfa/offers/{world.offers[1].pk}/").content.decode()
    assert rival.get(f"/alfa/offers/{world.offers[0].pk}/").status_code == 404
