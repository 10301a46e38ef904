"""A service over its providers: the contracts of a month side by side, for those who may see them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracting.commissioning.models import Service
from kernel.tenancy import tenant_scope
from reporting.compliance.actions import accept_month, submit_month
from reporting.supervision.models import Survey
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory, WorkerFactory, plan, visit
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)
from tests.reporting.evaluation.measuring_world import promise
from tests.reporting.supervision.asking import published
from tests.reporting.supervision.serving import advised, build_serving, case, session

SignIn = Callable[..., Client]


@pytest.fixture
def world(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> ClosingWorld:
    """October of one contract is handed in with open points; another provider's is accepted as granted."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, 22, 11, tzinfo=UTC))
    made = build_world(alfa, number="U/A/2026")
    with tenant_scope(alfa):
        submit_month(made.contract, OCTOBER, actor=PROVIDER)
        _another("U/B/2026", Decimal("38.00"))
    return made


def _another(number: str, price: Decimal) -> Any:
    """A contract of another organisation with two hours of October planned, delivered and accepted; a promise met."""
    contract: Any = ContractFactory(number=number, price_per_hour=price)
    decision: Any = DecisionFactory(contract=contract, minutes=120)
    plan(decision, (1, "10:00", 30))
    worker: Any = WorkerFactory(organisation=contract.organisation)
    for day in (5, 12, 19, 26):
        visit(decision, worker, date(2026, 10, day), "10:00", 30)
    promise(contract, ["delivered_hours"])
    submit_month(contract, OCTOBER, actor=PROVIDER)
    accept_month(contract, OCTOBER, actor=DIRECTOR)
    return contract


def _address(tenant: Tenant, query: str = "?month=2026-10") -> str:
    with tenant_scope(tenant):
        return f"/alfa/evaluation/services/{Service.objects.get(code='care').pk}/{query}"


def _rows(answer: Any) -> dict[str, dict[str, str]]:
    """The cells of each contract by their labels, as text."""
    assert answer.status_code == 200
    page = re.sub(r"[\u00a0\u202f]", " ", answer.content.decode())
    found = {}
    for row in re.findall(r"<tr.*?</tr>", page[page.index('id="providers"') :], re.S)[1:]:
        cells = dict(re.findall(r'data-label="([^"]+)">(.*?)</td>', row, re.S))
        number = re.search(r"U/[^<]+", row)
        assert number is not None
        found[number[0]] = {key: _text(cell) for key, cell in cells.items()}
    return found


def _text(cell: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell)).strip()


def test_contracts_of_a_service_stand_side_by_side(world: ClosingWorld, sign_in: SignIn) -> None:
    director = sign_in(Role.DIRECTOR, world.tenant)
    with tenant_scope(world.tenant):
        Survey.objects.create(
            contract=world.contract,
            questionnaire=published(),
            year=2026,
            number=1,
            first_month=date(2026, 9, 1),
            last_month=OCTOBER.first,
            method="random",
            seed="x",
            population=1,
            closes_on=date(2026, 11, 1),
            started_at=timezone.now(),
        )
    answer = director.get(_address(world.tenant))
    assert _rows(answer) == {
        "U/A/2026": {
            "Przyznano, h": "4:00",
            "Zaplanowano, h": "14:00",
            "Wykonano, h": "5:30",
            "%": "137,5",
            "Przyjęto, h": "● oddany",
            "Do wyjaśnienia / do wiadomości": "1 do wyjaśnienia / 3 do wiadomości",
            "Dotrzymane zobowiązania": "po przyjęciu",
            "Ankiety: odpowiedzi": "A/1/2026 0 z 0",
            "Cena godziny": "41,50 zł",
        },
        "U/B/2026": {
            "Przyznano, h": "2:00",
            "Zaplanowano, h": "2:00",
            "Wykonano, h": "2:00",
            "%": "100,0",
            "Przyjęto, h": "2:00",
            "Do wyjaśnienia / do wiadomości": "0 do wyjaśnienia / 0 do wiadomości",
            "Dotrzymane zobowiązania": "1 z 1",
            "Ankiety: odpowiedzi": "–",
            "Cena godziny": "38,00 zł",
        },
    }
    page = answer.content.decode()
    for contract in (world.contract.pk,):
        assert f'href="/alfa/month/{contract}/2026-10/"' in page
        assert f'href="/alfa/supervision/dossiers/{contract}/2026-10/"' in page
    assert "1 miesiąc jeszcze nieprzyjęty" in page
    assert _address(world.tenant) in director.get("/alfa/month/months/?month=2026-10").content.decode()


def test_a_plan_changed_after_acceptance_changes_nothing_of_it(world: ClosingWorld, sign_in: SignIn) -> None:
    director = sign_in(Role.DIRECTOR, world.tenant)
    with tenant_scope(world.tenant):
        other = DecisionFactory._meta.model.objects.get(contract__number="U/B/2026")
        plan(other, (3, "08:00", 600))
    assert _rows(director.get(_address(world.tenant)))["U/B/2026"]["Zaplanowano, h"] == "2:00"


def test_who_sees_what(world: ClosingWorld, alfa: Tenant, beta: Tenant, sign_in: SignIn) -> None:
    accountant = _rows(sign_in(Role.ACCOUNTANT, alfa).get(_address(alfa)))
    assert set(accountant) == {"U/A/2026", "U/B/2026"}
    assert "Ankiety: odpowiedzi" not in accountant["U/A/2026"]
    assert "/supervision/" not in sign_in(Role.ACCOUNTANT, alfa).get(_address(alfa)).content.decode()
    provider = sign_in(Role.NGO_MANAGER, alfa, world.organisation)
    assert set(_rows(provider.get(_address(alfa)))) == {"U/A/2026"}
    assert sign_in(Role.BENEFITS_WORKER, alfa).get(_address(alfa)).status_code == 403
    with tenant_scope(beta):
        ServiceFactory()
    stranger = sign_in(Role.DIRECTOR, beta)
    assert stranger.get(_address(alfa).replace("alfa", "beta")).status_code == 404
    assert stranger.get(_address(alfa)).status_code == 404


def test_a_month_without_contracts_or_of_no_calendar(world: ClosingWorld, sign_in: SignIn) -> None:
    director = sign_in(Role.DIRECTOR, world.tenant)
    empty = director.get(_address(world.tenant, "?month=2019-01")).content.decode()
    assert "nie obowiązuje żadna umowa na tę usługę" in empty
    wrong = director.get(_address(world.tenant, "?month=2026-13")).content.decode()
    assert "W adresie jest „2026-13”" in wrong and "U/A/2026" in wrong


def test_as_many_queries_for_many_providers(world: ClosingWorld, sign_in: SignIn) -> None:
    director = sign_in(Role.DIRECTOR, world.tenant)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert director.get(_address(world.tenant)).status_code == 200
        return len(queries)

    asked()
    few = asked()
    with tenant_scope(world.tenant):
        for number in range(3):
            _another(f"U/C{number}/2026", Decimal("40.00"))
    assert asked() == few


def test_advice_shows_what_was_held_and_nothing_to_accept(alfa: Tenant) -> None:
    served = build_serving(alfa)
    with served.in_tenant():
        promise(served.contract, ["delivered_hours"])
        advised(served, 3, minutes=90)
        advised(served, 4)
        advised(served, 5, state="no_show")
        session(served, case(served, 3), 4)
    query = f"?month={served.month}"
    answer = served.clients["director"].get(_address(alfa, query))
    none = {"Przyznano, h": "–", "Zaplanowano, h": "–", "%": "–", "Przyjęto, h": "–"}
    rows = _rows(answer)
    for number, held in (("U/P/1", "2:30 2 rozmowy"), ("U/K/1", "1:00 1 rozmowa")):
        assert rows[number]["Wykonano, h"] == held
        assert rows[number]["Do wyjaśnienia / do wiadomości"] == "–"
        assert rows[number]["Dotrzymane zobowiązania"] == "po zamknięciu teczki"
        assert rows[number].items() >= none.items()
    page = _text(answer.content.decode())
    assert (
        "nieprzyjęt" not in page
        and "po przyjęciu" not in page
        and "Przyjęto" not in page.split("Umowy na")[0]
    )
    assert "odbyte porady i sesje kryzysowe" in page and "3:30" in page
    assert page.count("teczka jeszcze niezamknięta") == 2
    served.post("director", "conclude_dossier", {"conclusions": "Tak."}, **served.at(served.contract))
    page = _text(served.clients["director"].get(_address(alfa, query)).content.decode())
    assert page.count("teczka jeszcze niezamknięta") == 1 and page.count("teczka zamknięta") == 1
    with served.in_tenant():
        DecisionFactory(contract=served.contract, minutes=480, valid_from=served.month.first)
    rows = _rows(served.clients["director"].get(_address(alfa, query)))
    assert rows["U/P/1"]["Przyznano, h"] == "8:00" and rows["U/K/1"]["Przyznano, h"] == "–"
