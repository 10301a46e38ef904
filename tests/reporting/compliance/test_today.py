"""The start page of every role: what it says, what it never shows, and that it asks the database a fixed number of times."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Reading
from contracting.contracts.models import Contract
from kernel.periods import Month, working_day_after
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.models import ContractMonth
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, plan, visit
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)

SignIn = Callable[..., Client]
READERS = [Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER, Role.INSPECTOR, Role.ACCOUNTANT]
SUNDAY = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_sunday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: SUNDAY)


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    return build_world(alfa, valid_from=OCTOBER.first)


def _page(client: Client, slug: str = "alfa") -> str:
    answer = client.get(f"/{slug}/")
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def _submit(world: ClosingWorld) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_start_page_with_the_date(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, role: Role
) -> None:
    organisation = (
        world.organisation if role in (Role.NGO_MANAGER, Role.NGO_COORDINATOR, Role.WORKER) else None
    )
    page = _page(sign_in(role, alfa, organisation))
    assert "niedziela, 22 listopada 2026" in page
    assert "Ośrodek Pomocy Społecznej w Alfie" in page


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.COORDINATOR])
def test_whoever_accepts_is_told_of_the_month_with_its_counts(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, role: Role
) -> None:
    _submit(world)
    page = _page(sign_in(role, alfa))
    assert "Październik 2026 czeka na przyjęcie" in page
    assert "2 osoby" in page
    assert "1 do wyjaśnienia" in page
    assert "3 do wiadomości" in page
    assert f"/alfa/month/{world.contract.pk}/2026-10/" in page
    assert "Przejrzyj miesiąc" in page


@pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.INSPECTOR, Role.ACCOUNTANT])
def test_others_of_the_unit_see_the_month_without_being_asked(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, role: Role
) -> None:
    _submit(world)
    page = _page(sign_in(role, alfa))
    assert "czeka na przyjęcie" not in page
    assert "Październik 2026 czeka na ośrodek" in page


def test_a_provider_is_asked_to_hand_in_by_the_fifth_working_day(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(Role.NGO_COORDINATOR, alfa, world.organisation)
    assert working_day_after(OCTOBER.last, 5) == date(2026, 11, 6)
    assert "Październik 2026: termin oddania minął 6 listopada 2026" in _page(client)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 6, 11, tzinfo=UTC))
    assert "Oddaj październik 2026 do 6 listopada 2026" in _page(client)
    _submit(world)
    assert "Oddaj październik" not in _page(client)


@pytest.mark.parametrize(("first", "shown"), [(date(2026, 3, 15), "marzec"), (date(2026, 9, 1), "wrzesień")])
def test_a_month_waits_until_it_is_handed_in_however_long_it_takes(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, first: date, shown: str
) -> None:
    with tenant_scope(alfa):
        Contract.objects.update(valid_from=first)
    page = _page(sign_in(Role.NGO_COORDINATOR, alfa, world.organisation))
    if shown == "wrzesień":
        assert "Wrzesień 2026: termin oddania minął 7 października 2026" in page
        assert "Październik 2026: termin oddania minął 6 listopada 2026" in page
    else:
        assert "Nie oddano 8 miesięcy: marzec 2026 – październik 2026" in page
        assert "termin oddania minął" not in page
        assert f"/alfa/month/{world.contract.pk}/2026-03/" in page
        assert "8 miesięcy" in _page(sign_in(Role.DIRECTOR, alfa))
        # Every month handed in leaves one less.
        with tenant_scope(alfa):
            world.contract.refresh_from_db()
            actions.submit_month(world.contract, Month(2026, 3), actor=PROVIDER)
        assert "7 miesięcy" in _page(sign_in(Role.NGO_MANAGER, alfa, world.organisation))


def test_what_is_open_is_counted_as_it_stands(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    _submit(world)
    client = sign_in(Role.DIRECTOR, alfa)
    with tenant_scope(alfa):
        # Neither was an answer nor a correction of the diary.
        actions.change_thresholds({"over_tolerance_minutes": 90}, actor=DIRECTOR)
    page = _page(client)
    assert "do wyjaśnienia" not in page
    assert "3 do wiadomości" in page
    with tenant_scope(alfa):
        subject = world.one("D4").subject
        actions.acknowledge_deviations(world.contract, OCTOBER, points=[("D4", subject)], actor=DIRECTOR)
    assert "2 do wiadomości" in _page(client)


def test_the_deadline_follows_the_thresholds(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        actions.change_thresholds({"close_working_day": 20}, actor=DIRECTOR)
    page = _page(sign_in(Role.NGO_MANAGER, alfa, world.organisation))
    assert "Oddaj październik 2026 do 30 listopada 2026" in page


def test_a_returned_month_comes_back_with_its_reason(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    _submit(world)
    with tenant_scope(alfa):
        actions.return_month(world.contract, OCTOBER, reason="Brak wizyty 12.10", actor=DIRECTOR)
    page = _page(sign_in(Role.NGO_COORDINATOR, alfa, world.organisation))
    assert "Październik 2026 wrócił do poprawy" in page
    assert "Brak wizyty 12.10" in page
    assert "Brak wizyty 12.10" not in _page(sign_in(Role.DIRECTOR, alfa))


def test_another_organisation_sees_nothing_of_it(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    _submit(world)
    with tenant_scope(alfa):
        other = ContractFactory()
    page = _page(sign_in(Role.NGO_MANAGER, alfa, other.organisation))
    assert world.contract.number not in page
    assert "Łącka" not in page
    assert "Nic na Ciebie nie czeka" in page


def test_the_month_so_far_and_the_cap(alfa: Tenant, sign_in: SignIn) -> None:
    world = build_world(alfa, cap_minutes=600)
    with tenant_scope(alfa):
        visit(world.clean, world.worker, date(2026, 11, 2), "08:00", 90)
    page = _page(sign_in(Role.DIRECTOR, alfa))
    assert "4:00" in page
    assert "37,5" in page
    assert f"Godzin z umowy {world.contract.number} wystarczy do" in page
    assert "7 h" in page
    with tenant_scope(alfa):
        visit(world.clean, world.worker, date(2026, 11, 3), "08:00", 240)
    assert f"Godziny z umowy {world.contract.number} są wyczerpane" in _page(sign_in(Role.ACCOUNTANT, alfa))


def test_a_carer_sees_their_own_day(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    client = sign_in(Role.WORKER, alfa, world.organisation)
    assert "Nie masz dziś zaplanowanych wizyt" in _page(client)
    with tenant_scope(alfa):
        world.worker.user_id = client.user.pk  # type: ignore[attr-defined]
        world.worker.save(update_fields=["user_id"])
        plan(world.over, (7, "12:00", 60), (7, "16:00", 60))
        plan(world.clean, (7, "09:00", 60))
        visit(world.over, world.worker, date(2026, 11, 16), "10:00", 210)
        visit(world.over, world.worker, date(2026, 11, 22), "12:05", 60)
    page = _page(client)
    assert page.count("=Łącka Helena") == 2
    assert "12:05" in page
    assert "16:00" in page
    assert "Czysta" not in page
    assert "przyznano" not in page
    with tenant_scope(alfa):
        assert Reading.objects.latest("at").subject_ids == [str(world.over.person_id)]


@pytest.mark.parametrize("role", [Role.COMMITTEE_MEMBER, Role.BENEFITS_WORKER])
def test_roles_without_months_are_told_what_will_come(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, role: Role
) -> None:
    page = _page(sign_in(role, alfa))
    assert "Nic dziś na Ciebie nie czeka" in page
    assert world.contract.number not in page


def test_an_empty_tenant_is_told_where_to_begin(beta: Tenant, sign_in: SignIn) -> None:
    page = _page(sign_in(Role.DIRECTOR, beta), "beta")
    assert "Nie ma jeszcze żadnej umowy" in page
    assert "/beta/contracts/" in page


def test_strangers_stay_out(alfa: Tenant, beta: Tenant, sign_in: SignIn, client: Client) -> None:
    assert client.get("/alfa/").status_code == 302
    assert sign_in(Role.DIRECTOR, beta).get("/alfa/").status_code == 404
    assert sign_in("regional_analyst").get("/alfa/").status_code == 404


def test_queries_grow_neither_with_persons_nor_with_months(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    _submit(world)
    client = sign_in(Role.DIRECTOR, alfa)
    counts = []
    for persons, since in ((5, date(2026, 10, 1)), (50, date(2025, 1, 1))):
        with tenant_scope(alfa):
            Contract.objects.update(valid_from=since)
            for number in range(persons):
                decision = DecisionFactory(contract=world.contract, person=PersonFactory())
                plan(decision, (1, "08:00", 60))
                visit(decision, world.worker, date(2026, 11, 2) + timedelta(days=number % 20), "08:00", 60)
            ContractFactory(organisation=world.organisation, cap_minutes=6_000)
        _page(client)
        with CaptureQueriesContext(connection) as seen:
            _page(client)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    # Each app that tells the start page asks a few of its own.
    assert counts[0] <= 80


def test_an_accepted_month_waits_no_more(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        ContractMonth.objects.create(
            contract=world.contract,
            month=Month(2026, 10).first,
            state="accepted",
            accepted_minutes=330,
            snapshot_sha256="0" * 64,
        )
    page = _page(sign_in(Role.DIRECTOR, alfa))
    assert "Październik 2026" not in page
