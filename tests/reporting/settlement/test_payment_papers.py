"""Papers of what persons pay: each amount opens the visits it is counted from, and they add up to it."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from audit.models import Reading
from contracting.commissioning.models import PaymentTable
from kernel.tenancy import tenant_scope
from reporting.settlement import actions
from reporting.settlement.models import PaymentBasis
from reporting.settlement.payment_cases import payments_of
from reporting.settlement.payment_visits import visits_behind
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.reporting.settlement.test_payments_of_corrections import ALL, NOVEMBER, Paying, build
from tests.reporting.settlement.test_settlement_pages import page
from tests.reporting.settlement.world import in_december

SignIn = Callable[..., Client]
FILES = "/alfa/settlement/payments/{month}/{kind}/"


def _sheets(client: Client, month: object) -> list[Any]:
    content = client.get(FILES.format(month=month, kind="xlsx")).content
    return list(load_workbook(BytesIO(content)).worksheets)


def _place(cell: Any) -> str:
    """Where a cell leads: the path with its place."""
    link = cell.hyperlink
    path = link.target.partition("//")[2].partition("/")[2]
    return f"/{path}#{link.location}" if link.location else f"/{path}"


@pytest.fixture
def world(alfa: Tenant) -> Paying:
    """100 minutes on 5 October at 10 % of 30.00 zł, and 20 and 25 more at 15 %; rounded to ten grosze."""
    with tenant_scope(alfa):
        made = build(alfa, 100, rounding="ten_grosze")
        PaymentTable.objects.update(small_uncollected=False)
        [decision] = made.decisions
        for day, minutes in ((20, 20), (21, 25)):
            made.visits.append(visit(decision, made.worker, date(2026, 10, day), "08:00", minutes))
        later = actions.BasisTerms(date(2026, 10, 16), Decimal(3000), None, False, "wywiad")
        actions.enter_basis(decision, later, actor=DIRECTOR)
        made.accept(OCTOBER)
    return made


@pytest.mark.parametrize("confirmed", [False, True])
def test_every_zloty_opens_its_visits(alfa: Tenant, world: Paying, sign_in: SignIn, confirmed: bool) -> None:
    if confirmed:
        with tenant_scope(alfa):
            actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
    accountant, [decision] = sign_in(Role.ACCOUNTANT, alfa), world.decisions
    where = f"/alfa/settlement/{world.contract.pk}/2026-10/visits/{decision.pk}/"
    payments, visits, rules = _sheets(accountant, OCTOBER)
    first, second, total = [*payments.iter_rows()][1:]
    # 100 min × 3.00 zł are 5.00 zł; 45 min × 4.50 zł are 3.38 zł, to ten grosze 3.40 zł.
    assert [row[7].value for row in (first, second)] == [5, 3.4] and total[8].value == 8.4
    assert [_place(row[10]) for row in (first, second)] == [where] * 2
    sums: dict[int, Decimal] = defaultdict(Decimal)
    rows = [*visits.iter_rows()][1:]
    for row, held in zip(rows, world.visits, strict=True):
        assert _place(row[8]) == f"{where}#visit-{held.pk}"
        assert (row[1].value.date(), row[4].value, row[5].value) == (held.date, held.minutes, None)
        sums[row[7].value] += Decimal(str(row[6].value))
    assert sums == {2: Decimal("5"), 3: Decimal("3.4")}
    shown = accountant.get(where).content.decode()
    assert all(f'id="visit-{held.pk}"' in shown for held in world.visits)
    assert "sumują się do jej kwoty" in str([row[0].value for row in rules.iter_rows()])
    pdf = accountant.get(FILES.format(month=OCTOBER, kind="pdf"))
    assert pdf["Content-Disposition"] == 'attachment; filename="odplatnosc_2026-10.pdf"'
    assert pdf.content.startswith(b"%PDF")
    for held in world.visits:
        assert f"{where}#visit-{held.pk}".encode() in pdf.content
    with tenant_scope(alfa):
        read = set(Reading.objects.values_list("page", flat=True))
    assert {"settlement.payments_xlsx", "settlement.payments_pdf"} <= read
    assert f'href="{where}"' in accountant.get("/alfa/settlement/payments/?month=2026-10").content.decode()


def test_a_correction_stands_behind_the_payment_that_carries_it(
    alfa: Tenant, world: Paying, sign_in: SignIn
) -> None:
    """Ten minutes less of October, carried by November, open the visit in October."""
    with tenant_scope(alfa):
        actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
        world.correct(-10, NOVEMBER)
        with in_december():
            world.accept(NOVEMBER)
    accountant, [decision] = sign_in(Role.ACCOUNTANT, alfa), world.decisions
    payments, visits, *_rules = _sheets(accountant, NOVEMBER)
    parts = [*payments.iter_rows()][1:-1]
    # 90 min instead of 100: 4.50 zł instead of 5.00 zł.
    assert [row[7].value for row in parts] == [4.5, 3.4] and parts[-1][8].value == -0.5
    rows = [*visits.iter_rows()][1:]
    where = f"/alfa/settlement/{world.contract.pk}/2026-10/visits/{decision.pk}/#visit-{world.visits[0].pk}"
    assert [_place(row[8]) for row in rows[:2]] == [where] * 2
    assert [(row[4].value, row[5].value, row[6].value) for row in rows[:2]] == [
        (100, None, 5),
        (None, -10, -0.5),
    ]
    pdf = accountant.get(FILES.format(month=NOVEMBER, kind="pdf")).content
    assert where.encode() in pdf
    # October itself is what it was.
    assert [row[7].value for row in [*_sheets(accountant, OCTOBER)[0].iter_rows()][1:-1]] == [5, 3.4]


def test_what_cannot_be_counted_opens_its_visits_too(alfa: Tenant, world: Paying, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        PaymentBasis.objects.all().delete()
    accountant, [decision] = sign_in(Role.ACCOUNTANT, alfa), world.decisions
    payments, visits = _sheets(accountant, OCTOBER)
    row = [*payments.iter_rows()][1]
    assert "dochod" in row[9].value and row[8].value is None
    assert _place(row[10]).endswith(f"/2026-10/visits/{decision.pk}/")
    assert visits.max_row == 1
    assert accountant.get(FILES.format(month=OCTOBER, kind="pdf")).content.startswith(b"%PDF")


def test_the_pdf_is_for_those_who_read_payments_and_of_a_month(
    alfa: Tenant, beta: Tenant, world: Paying, sign_in: SignIn
) -> None:
    file = FILES.format(month=OCTOBER, kind="pdf")
    page(sign_in(Role.NGO_MANAGER, alfa, world.contract.organisation), file, 403)
    accountant = sign_in(Role.ACCOUNTANT, alfa)
    page(accountant, FILES.format(month="2026-13", kind="pdf"), 404)
    assert accountant.get(file).content == accountant.get(file).content
    stranger = sign_in(Role.ACCOUNTANT, beta)
    page(stranger, file, 404)
    other = stranger.get(file.replace("alfa", "beta")).content
    assert str(world.decisions[0].pk).encode() not in other


def test_visits_are_read_in_as_many_queries_for_many_payments(alfa: Tenant, world: Paying) -> None:
    def asked() -> tuple[int, int]:
        payments = payments_of(OCTOBER, ALL)
        with CaptureQueriesContext(connection) as queries:
            visits_behind(OCTOBER, payments)
        return len(payments), len(queries)

    with tenant_scope(alfa):
        one, queries = asked()
        for _count in range(2):
            contract: Any = ContractFactory(service=world.contract.service)
            decision: Any = DecisionFactory(contract=contract, minutes=60)
            worker: Any = WorkerFactory(organisation=contract.organisation)
            held = visit(decision, worker, date(2026, 10, 7), "08:00", 60)
            basis = actions.BasisTerms(date(2026, 1, 1), Decimal(2323), None, False, "wywiad")
            actions.enter_basis(decision, basis, actor=DIRECTOR)
            Paying(contract, worker, [decision], [held]).accept(OCTOBER)
        assert asked() == (one + 2, queries)
