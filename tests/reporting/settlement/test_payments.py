"""What persons pay for a month, through the pages: the source's example, changes inside the month, what is missing."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Entry, Reading
from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.models import PaymentTable
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.compliance import actions as compliance
from reporting.settlement import actions
from reporting.settlement.models import PaymentBasis
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.people import partner
from tests.reporting.advice.test_notes import _everything_stored
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.settlement.test_settlement_pages import page, post

SignIn = Callable[..., Client]
ALONE = {"valid_from": "01.01.2026", "living": "alone", "income": "2323,00", "source": "wywiad"}
# 230 % of 823 zł for each of three.
NEGATIVE = actions.BasisTerms(date(2026, 1, 1), Decimal(-1), None, False, "wywiad")
FAMILY = ALONE | {"living": "family", "persons": "3", "income": "5678,70"}


@pytest.fixture
def decisions(alfa: Tenant) -> list[Decision]:
    """Two decisions, each with 20 hours accepted in October, and the national table at 30.00 zł."""
    organisation = partner(alfa)
    with tenant_scope(alfa):
        contract: Any = ContractFactory(organisation=organisation)
        made: list[Any] = [DecisionFactory(contract=contract, minutes=1200) for _ in range(2)]
        for at, decision in enumerate(made):
            worker: Any = WorkerFactory(organisation=organisation)
            for day in range(1, 11):
                visit(decision, worker, date(2026, 10, day), f"{8 + 3 * at:02d}:00", 120)
        PaymentTable.objects.create(
            service=contract.service, name="Specjalistyczne", source="Dz.U. 2024 poz. 816",
            valid_from=date(2025, 1, 1), price_per_hour=Decimal("30.00"),
            bands=[band.as_json() for band in NATIONAL_BANDS],
        )  # fmt: skip
        compliance.submit_month(contract, OCTOBER, actor=PROVIDER)
        compliance.accept_month(contract, OCTOBER, actor=DIRECTOR)
    return made


def address(decision: Decision) -> str:
    return f"/alfa/settlement/payments/{decision.pk}/"


def test_the_example_of_the_source(alfa: Tenant, decisions: list[Decision], sign_in: SignIn) -> None:
    """30.00 zł × 20 h at 230 % of the criterion: 60.00 zł alone, 90.00 zł in a family."""
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)
    assert "brak dochodu" in page(clerk, "/alfa/settlement/payments/?month=2026-10")
    post(clerk, address(decisions[0]), ALONE)
    post(clerk, address(decisions[1]), FAMILY)
    told = page(clerk, "/alfa/settlement/payments/?month=2026-10")
    assert "30,00 zł × 10 % × 20 h = 60,00 zł" in told
    assert "30,00 zł × 15 % × 20 h = 90,00 zł" in told
    assert "150,00 zł" in told
    assert told.count("230,00 % kryterium") == 2
    assert "15.11.2026" in told
    assert "5 678,70 zł" in page(clerk, address(decisions[1]))
    with tenant_scope(alfa):
        read = set(Reading.objects.values_list("page", flat=True))
    assert {"settlement.payments", "settlement.basis"} <= read


def test_page_and_file_say_how_amounts_are_rounded(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    clerk, where = sign_in(Role.BENEFITS_WORKER, alfa), "/alfa/settlement/payments/?month=2026-10"
    assert "zaokrągla się" not in page(clerk, where)
    post(clerk, address(decisions[0]), ALONE)
    with tenant_scope(alfa):
        PaymentTable.objects.update(rounding="ten_grosze")
    rule = "zaokrągla się tak, jak mówi tabela odpłatności: do dziesięciu groszy, połówki w górę."
    assert rule in page(clerk, where)
    answer: Any = clerk.get(FILE)
    told = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name("Jak policzono")
    assert rule in str(told.to_python())


def test_refused_input(alfa: Tenant, decisions: list[Decision], sign_in: SignIn) -> None:
    clerk, where = sign_in(Role.BENEFITS_WORKER, alfa), address(decisions[0])
    for wrong in (
        {"income": "-1"}, {"income": ""}, {"source": ""}, {"valid_from": "31.02.2026"},
        {"living": "family", "persons": ""}, {"living": "family", "persons": "0"},
    ):  # fmt: skip
        post(clerk, where, ALONE | wrong, 422)
    post(clerk, where, ALONE)
    assert "już podstawę odpłatności" in post(clerk, where, ALONE, 422)
    reader = sign_in(Role.ACCOUNTANT, alfa)
    assert "2 323,00 zł" in page(reader, where)
    post(reader, where, ALONE | {"valid_from": "01.02.2026"}, 200)
    with tenant_scope(alfa):
        assert PaymentBasis.objects.count() == 1


def test_an_income_that_changes_inside_the_month_splits_it(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    clerk, where = sign_in(Role.COORDINATOR, alfa), address(decisions[0])
    post(clerk, where, ALONE)
    post(clerk, where, ALONE | {"valid_from": "06.10.2026", "income": "3000,00"})
    told = page(clerk, "/alfa/settlement/payments/?month=2026-10")
    # Ten hours at 10 %, ten at 15 % (297 % of the criterion).
    assert "01.10.2026 – 05.10.2026: 30,00 zł × 10 % × 10 h = 30,00 zł" in told
    assert "06.10.2026 – 10.10.2026: 30,00 zł × 15 % × 10 h = 45,00 zł" in told
    assert "75,00 zł" in told


def test_who_is_exempt_pays_nothing(alfa: Tenant, decisions: list[Decision], sign_in: SignIn) -> None:
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)
    post(clerk, address(decisions[0]), ALONE | {"exempt": "on", "source": "§ 6 rozporządzenia"})
    told = page(clerk, "/alfa/settlement/payments/?month=2026-10")
    assert "zwolnienie z odpłatności: § 6 rozporządzenia" in told
    assert "0,00 zł" in told


def test_without_a_table_or_criterion_nothing_is_counted(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)
    assert "nie ma za co płacić" in page(clerk, "/alfa/settlement/payments/?month=2026-09")
    with tenant_scope(alfa):
        PaymentTable.objects.update(valid_from=date(2026, 10, 5))
    assert "brak tabeli odpłatności" in page(clerk, "/alfa/settlement/payments/?month=2026-10")


def test_an_income_is_nowhere_but_on_the_pages_of_those_who_read_it(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)
    post(clerk, address(decisions[0]), ALONE | {"income": "4711,37", "source": "zaświadczenie-4712"})
    assert "4 711,37 zł" in page(clerk, address(decisions[0]))
    page(clerk, "/alfa/settlement/payments/?month=2026-10")
    stored = _everything_stored(alfa.schema_name)
    # The search finds what is there: the source of the same row.
    assert "zaświadczenie-4712" in stored
    for spelling in ("4711.37", "4711,37", "471137", b"4711.37".hex()):
        assert spelling not in stored
        assert spelling not in caplog.text
    with tenant_scope(alfa):
        with pytest.raises(DomainError) as refused:
            actions.enter_basis(decisions[1], NEGATIVE, actor=DIRECTOR)
        assert refused.value.code == "income_negative"
        told = str(list(Entry.objects.values_list("payload", flat=True)))
    assert "4711" not in told


def test_organisations_read_no_incomes(alfa: Tenant, decisions: list[Decision], sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        organisation: Any = decisions[0].contract.organisation
    for role in (Role.NGO_MANAGER, Role.NGO_COORDINATOR):
        client = sign_in(role, alfa, organisation)
        page(client, "/alfa/settlement/payments/", 403)
        page(client, address(decisions[0]), 403)


def test_the_queries_do_not_grow_with_the_persons(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)

    def asked(*, entered: int) -> int:
        with tenant_scope(alfa):
            for decision in decisions[:entered]:
                PaymentBasis.objects.get_or_create(
                    decision=decision, valid_from=date(2026, 1, 1), defaults={"income": 2000, "source": "w"}
                )
        with CaptureQueriesContext(connection) as queries:
            page(clerk, "/alfa/settlement/payments/?month=2026-10")
        return len(queries)

    asked(entered=0)
    assert asked(entered=1) == asked(entered=2)


def test_the_queries_do_not_grow_with_the_contracts(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    clerk, where = sign_in(Role.BENEFITS_WORKER, alfa), "/alfa/settlement/payments/?month=2026-10"
    page(clerk, where)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(clerk, where)
        return len(queries)

    one = asked()
    with tenant_scope(alfa):
        for _ in range(3):
            contract: Any = ContractFactory(service=decisions[0].service)
            decision: Any = DecisionFactory(contract=contract, minutes=60)
            worker: Any = WorkerFactory(organisation=contract.organisation)
            visit(decision, worker, date(2026, 10, 7), "08:00", 60)
            compliance.submit_month(contract, OCTOBER, actor=PROVIDER)
            compliance.accept_month(contract, OCTOBER, actor=DIRECTOR)
    assert asked() == one
    assert page(clerk, where).count("brak dochodu") == 5


FILE = "/alfa/settlement/payments/2026-10/xlsx/"


def _rows_of(client: Client) -> list[list[Any]]:
    answer: Any = client.get(FILE)
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    return [[*row] for row in book.get_sheet_by_index(0).to_python()]


def test_a_payment_below_the_lowest_allowance_is_not_collected_where_the_table_says_so(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    """130 % of the criterion alone: 30.00 zł × 1.5 % × 20 h = 9.00 zł, below 20.00 zł (L-53, art. 38(4))."""
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)
    post(clerk, address(decisions[0]), ALONE | {"income": "1313,00"})
    post(clerk, address(decisions[1]), ALONE)
    where = "/alfa/settlement/payments/?month=2026-10"
    told = page(clerk, where)
    assert "= 9,00 zł" in told and "69,00 zł" in told and "nie pobiera się" not in told
    with tenant_scope(alfa):
        PaymentTable.objects.update(small_uncollected=True)
    told = page(clerk, where)
    assert "= 9,00 zł" in told and "poniżej 20,00 zł: nie pobiera się" in told and "69,00 zł" not in told
    # Exactly the lowest allowance is collected: 20 h at 10 % of 10.00 zł.
    with tenant_scope(alfa):
        PaymentTable.objects.update(price_per_hour=Decimal("10.00"))
    told = page(clerk, where)
    assert "= 20,00 zł" in told and told.count("nie pobiera się") == 1


def test_the_file_of_the_month_adds_up_and_its_reading_is_noted(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    clerk, accountant = sign_in(Role.COORDINATOR, alfa), sign_in(Role.ACCOUNTANT, alfa)
    post(clerk, address(decisions[0]), ALONE)
    post(clerk, address(decisions[0]), ALONE | {"valid_from": "06.10.2026", "income": "3000,00"})
    head, *rows, total = _rows_of(accountant)
    assert head[0] == "Decyzja" and len(rows) == 3
    first, second, missing = rows
    assert [first[5], first[6], first[7], first[8]] == [30.0, 10.0, 30.0, ""]
    assert [second[5], second[6], second[7], second[8]] == [30.0, 15.0, 45.0, 75.0]
    assert missing[0] == decisions[1].number and missing[8] == "" and "dochod" in missing[9]
    assert total[0] == "Razem" and total[8] == 75.0
    with tenant_scope(alfa):
        [read] = Reading.objects.filter(page="settlement.payments_xlsx")
        assert set(read.subject_ids) == {str(one.person_id) for one in decisions}
    post(clerk, address(decisions[1]), ALONE | {"income": "1313,00"})
    with tenant_scope(alfa):
        PaymentTable.objects.update(small_uncollected=True)
    _head, *_rows, small, total = _rows_of(accountant)
    assert (small[7], small[8], total[8]) == (9.0, 0.0, 75.0) and "nie pobiera się" in small[9]


def test_the_file_is_for_those_who_read_payments_and_of_a_month(
    alfa: Tenant, beta: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    with tenant_scope(alfa):
        organisation: Any = decisions[0].contract.organisation
    page(sign_in(Role.NGO_MANAGER, alfa, organisation), FILE, 403)
    page(sign_in(Role.ACCOUNTANT, alfa), "/alfa/settlement/payments/2026-13/xlsx/", 404)
    stranger = sign_in(Role.ACCOUNTANT, beta)
    page(stranger, FILE, 404)
    assert decisions[0].number.encode() not in stranger.get(FILE.replace("alfa", "beta")).content


def test_where_nothing_can_be_counted_no_sum_is_told(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    told = page(sign_in(Role.BENEFITS_WORKER, alfa), "/alfa/settlement/payments/?month=2026-10")
    assert "0,00 zł" not in told and told.count("brak dochodu") == 2
    assert "żadnej nie da się jeszcze wyliczyć" in told


def test_a_small_change_of_income_and_an_old_interview_are_warned_of(
    alfa: Tenant, decisions: list[Decision], sign_in: SignIn
) -> None:
    """10 % of 1010.00 zł are 101.00 zł: exactly as much does not change a payment, a grosz more does (L-47, L-48)."""
    clerk, where = sign_in(Role.BENEFITS_WORKER, alfa), address(decisions[0])
    today = timezone.localdate()
    old, recent = today - timedelta(days=220), today - timedelta(days=20)
    post(clerk, where, ALONE | {"valid_from": f"{old:%d.%m.%Y}"})
    assert "nie rzadziej niż co 6 miesięcy" in page(clerk, where)
    post(clerk, where, ALONE | {"valid_from": f"{recent:%d.%m.%Y}", "income": "2424,00"})
    told = page(clerk, where)
    assert "nie rzadziej niż co 6 miesięcy" not in told
    assert told.count("mała zmiana dochodu") == 1 and "101,00 zł na osobę" in told
    post(clerk, where, ALONE | {"valid_from": f"{today:%d.%m.%Y}", "income": "2525,01"})
    assert page(clerk, where).count("mała zmiana dochodu") == 1
