"""Contracts for advice and crisis intervention have no month to close: nowhere late, never handed in (0020, 0027)."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from contracting.contracts.models import Commitment, Contract
from kernel.errors import DomainError
from reporting.care.models import Decision
from reporting.compliance.actions import submit_month
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.kinds import has_close, services_of
from reporting.compliance.queries.late import late_months
from reporting.compliance.queries.papers import contracts_in
from reporting.compliance.today.closing import months_waiting
from reporting.crisis.models import CrisisCase
from reporting.evaluation.actions.measuring import keep_measurements
from reporting.evaluation.models import Measurement
from reporting.supervision.queries.late import late_reports
from reporting.supervision.queries.services import unreported
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory, WorkerFactory, visit
from tests.reporting.supervision.asking import ACTOR
from tests.reporting.supervision.serving import Serving, advised, build_serving, case, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Any) -> Serving:
    """Two months ago there was advice and a case; the days of grace after that month are over."""
    made = build_serving(alfa)
    made.month = made.month.previous()
    with made.in_tenant():
        advised(made, 3)
        case(made, 4)
    return made


def _months(world: Serving, who: str) -> str:
    address = f"/{world.tenant.slug}/month/months/?month={world.month}"
    return str(world.clients[who].get(address).content.decode())


def _rows(page: str) -> str:
    return page.partition('id="contracts"')[2].partition("</table>")[0]


@pytest.mark.parametrize("who", ["director", "ngo"])
def test_the_list_of_months_calls_no_month_late_that_nobody_can_close(world: Serving, who: str) -> None:
    with world.in_tenant():
        care = ContractFactory(
            number="U/O/1",
            organisation=world.organisation,
            valid_from=world.contract.valid_from,
            valid_to=world.contract.valid_to,
        )
        DecisionFactory(contract=care, valid_from=world.month.first, issued_on=world.month.first)
    page = _months(world, who)
    assert "U/O/1" in _rows(page) and "▲ po terminie" in _rows(page)
    assert "U/P/1" not in _rows(page) and "U/K/1" not in _rows(page)
    for contract in (world.contract, world.crisis):
        assert f'/supervision/dossiers/{contract.pk}/{world.month}/"' in page
    assert "zamiast przyjęcia miesiąca jest jego teczka" in page


def test_a_tenant_with_advice_only_reads_of_its_dossiers_and_of_nothing_late(world: Serving) -> None:
    page = _months(world, "director")
    assert "▲ po terminie" not in page and "nie obowiązuje żadna umowa" not in page
    assert f'/supervision/dossiers/{world.contract.pk}/{world.month}/"' in page


@pytest.mark.parametrize("which", ["contract", "crisis"])
def test_no_month_without_decisions_is_handed_in(world: Serving, which: str) -> None:
    contract = getattr(world, which)
    with world.in_tenant(), pytest.raises(DomainError) as refused:
        submit_month(contract, world.month, actor=ACTOR)
    assert refused.value.code == "no_month"
    address = f"/{world.tenant.slug}/month/{contract.pk}/{world.month}/"
    page = world.clients["ngo"].get(address).content.decode()
    assert f"{address}submit/" not in page and "w teczce miesiąca" in page
    sent = world.clients["ngo"].post(f"{address}submit/")
    assert sent.status_code in {409, 422}
    assert "Złóż sprawozdanie w teczce miesiąca" in sent.content.decode()
    with world.in_tenant():
        assert not ContractMonth.objects.exists()


def test_with_decisions_in_force_the_same_contract_has_a_month(world: Serving) -> None:
    with world.in_tenant():
        first = world.month.first
        DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
    assert "U/P/1" in _rows(_months(world, "ngo")) and "▲ po terminie" in _months(world, "ngo")
    with world.in_tenant():
        assert submit_month(world.contract, world.month, actor=ACTOR).state == "submitted"


def test_a_month_that_lost_its_decisions_is_no_longer_asked_for(world: Serving) -> None:
    with world.in_tenant():
        returned = timezone.now() - timedelta(days=20)
        ContractMonth.objects.create(
            contract=world.contract, month=world.month.first, state="returned", returned_at=returned
        )
        today = timezone.localdate()
        waiting = months_waiting([world.contract], today)
        assert late_months(today) == [] and waiting.returned == [] and waiting.to_hand_in == []


def test_an_accepted_month_keeps_no_promises_where_the_dossier_does(world: Serving) -> None:
    """As was possible before: accepted although nothing was granted."""
    with world.in_tenant():
        Commitment.objects.create(
            contract=world.contract,
            indicator="Porady",
            direction="at_least",
            promised=Decimal(1),
            measure="sessions",
        )
        ContractMonth.objects.create(
            contract=world.contract,
            month=world.month.first,
            state="accepted",
            accepted_minutes=0,
            snapshot={},
            snapshot_sha256="x",
        )
        keep_measurements(month=world.month.first, actor=ACTOR)
        assert not Measurement.objects.exists()
    for verb, sent in (("conclude_dossier", {"conclusions": "Tak."}), ("reopen_dossier", {"reason": "Nie."})):
        assert world.post("director", verb, sent, **world.at()).status_code == 302
        with world.in_tenant():
            assert Measurement.objects.exists() is (verb == "conclude_dossier")


def test_an_accepted_month_keeps_its_promises_when_all_its_decisions_are_gone_later(world: Serving) -> None:
    first = world.month.first
    with world.in_tenant():
        Commitment.objects.create(
            contract=world.contract,
            indicator="Porady",
            direction="at_least",
            promised=Decimal(1),
            measure="sessions",
        )
        decision = DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
        submit_month(world.contract, world.month, actor=ACTOR)
        ContractMonth.objects.update(
            state="accepted", accepted_minutes=0, snapshot={"decisions": [{"number": decision.number}]},
            snapshot_sha256="x", accepted_at=timezone.now(),
        )  # fmt: skip
        keep_measurements(month=first, actor=ACTOR)
        assert Measurement.objects.count() == 1
        # Taken back as though it had never held.
        Decision.objects.filter(pk=decision.pk).update(revoked_from=first)
        assert not has_close(world.contract, world.month)
        # Nor is a report asked for beside the month; of the other contract it is.
        late = {one.contract for one in late_reports(timezone.localdate(), None) if one.month == world.month}
        assert late == {world.crisis}
        assert world.contract not in unreported(world.month) and world.crisis in unreported(world.month)
        keep_measurements(month=first, actor=ACTOR)
        assert Measurement.objects.count() == 1


def test_the_page_of_a_month_that_nobody_closes_shows_no_figures_of_one(world: Serving) -> None:
    address = f"/{world.tenant.slug}/month/{world.contract.pk}/{world.month}/"
    page = world.clients["director"].get(address).content.decode()
    assert "bez miesiąca do zamknięcia" in page and "w teczce miesiąca" in page
    assert "○ otwarty" not in page and "przyznano" not in page and not re.search(r"\b0:00", page)
    assert f"{address}pdf/" not in page
    for paper in ("pdf", "xlsx"):
        refused = world.clients["director"].get(f"{address}{paper}/")
        assert refused.status_code == 422 and "w teczce miesiąca" in refused.content.decode()
    with world.in_tenant():
        first = world.month.first
        DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
    page = world.clients["director"].get(address).content.decode()
    assert "○ otwarty" in page and "8:00" in page and f"{address}pdf/" in page


def test_advice_and_sessions_use_up_the_cap_as_visits_do(world: Serving) -> None:
    with world.in_tenant():
        for contract in (world.contract, world.crisis):
            contract.cap_minutes = 90
            contract.save(update_fields=["cap_minutes"])
        session(world, CrisisCase.objects.get(), 5, minutes=80)
        told = contracts_in(world.month)
        assert told[str(world.contract.pk)].minutes_before == 60
        assert told[str(world.crisis.pk)].minutes_before == 80
        assert contracts_in(world.month.previous())[str(world.contract.pk)].minutes_before == 0
        first = world.month.first
        decision = DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
        worker = WorkerFactory(organisation=world.organisation)
        visit(decision, worker, world.month.days()[9], "10:00", 60)
        found = compare_month(world.month, contracts=[world.contract.pk])
        assert [one.minutes for one in found.deviations() if one.code == "C1"] == [30]
    usage = world.clients["director"].get(f"/{world.tenant.slug}/month/usage/{world.crisis.pk}/")
    assert "1:20" in usage.content.decode()


def _unused(world: Serving, *measures: str, **told: Any) -> Contract:
    """A contract in the month under which nothing was ever booked or opened; of a service of its own unless said."""
    made: Contract = ContractFactory(
        number="U/N/1",
        organisation=world.organisation,
        valid_from=world.contract.valid_from,
        valid_to=world.contract.valid_to,
        service=told.get("service") or ServiceFactory(code="unused", name="Usługa nierozpoczęta"),
    )
    for position, measure in enumerate(measures, start=1):
        Commitment.objects.create(
            contract=made,
            position=position,
            indicator=f"Obietnica {measure}",
            direction="at_least",
            promised=Decimal(1),
            measure=measure,
        )
    return made


@pytest.mark.parametrize("measure", ["sessions", "no_show"])
def test_a_service_that_never_began_is_asked_about_and_measured(world: Serving, measure: str) -> None:
    with world.in_tenant():
        contract = _unused(world, measure)
        assert services_of(contract) == {"advice", "crisis"}
        assert contract in unreported(world.month)
    assert "U/N/1" in world.get("director", "dossiers", f"?month={world.month}").content.decode()
    assert world.get("director", "dossier", **world.at(contract)).status_code == 200
    sent = world.post("director", "conclude_dossier", {"conclusions": "Nic nie było."}, **world.at(contract))
    assert sent.status_code == 302
    with world.in_tenant():
        kept = Measurement.objects.get()
        expected = {"sessions": (0, "not_met"), "no_show": (None, "unmeasured")}
        assert (kept.value, kept.outcome) == expected[measure]


def test_a_contract_is_for_what_its_service_is_for_unless_decisions_grant_it(world: Serving) -> None:
    with world.in_tenant():
        advice, care = (
            ServiceFactory(code="porady", name="Porady"),
            ServiceFactory(code="opieka", name="Opieka"),
        )
        world.contract.service = advice
        world.contract.save()
        world.crisis.service = care
        world.crisis.save()
        granting = ContractFactory(number="U/O/9", service=care, valid_from=world.contract.valid_from)
        DecisionFactory(contract=granting, valid_from=world.month.first, issued_on=world.month.first)
        beside, carers = _unused(world, service=advice), ContractFactory(number="U/O/2", service=care)
        assert services_of(beside) == {"advice"} and not has_close(beside, world.month)
        assert services_of(carers) == {"care"} and has_close(carers, world.month)
        assert services_of(world.crisis) == {"crisis"} and not has_close(world.crisis, world.month)
