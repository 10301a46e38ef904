"""The account of a month over HTTP: from its lines to their visits, through confirmation, invoices and back."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from audit.models import Entry
from contracting.contracts.models import Contract, ContractAmendment, Tranche
from documents.models import StoredFile
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Adjustment, Invoice, Penalty, Settlement
from tenants.models import Partnership, Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, visit
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.reporting.settlement.test_settlement_rules import FA
from tests.reporting.settlement.world import SettledWorld, accept, accepted_world

pytestmark = pytest.mark.usefixtures("served_as")

SignIn = Callable[..., Client]


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


@pytest.fixture
def accountant(sign_in: SignIn, world: SettledWorld) -> Client:
    return sign_in(Role.ACCOUNTANT, world.tenant)


@pytest.fixture
def manager(sign_in: SignIn, world: SettledWorld) -> Client:
    return sign_in(Role.NGO_MANAGER, world.tenant, world.organisation)


def address(world: SettledWorld, rest: str = "") -> str:
    return f"/alfa/settlement/{world.contract.pk}/2026-10/{rest}"


def text_of(answer: Any) -> str:
    bare = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", bare.replace("&nbsp;", " ").replace("\u00a0", " ").replace("\u202f", " "))


def page(client: Client, where: str, status: int = 200) -> str:
    answer = client.get(where)
    assert answer.status_code == status
    return text_of(answer)


def post(client: Client, where: str, typed: dict[str, Any] | None = None, status: int = 302) -> str:
    answer = client.post(where, typed or {})
    assert answer.status_code == status, text_of(answer)[-1500:]
    return text_of(answer)


def change(world: SettledWorld, **fields: Any) -> None:
    with tenant_scope(world.tenant):
        Contract.objects.filter(pk=world.contract.pk).update(**fields)


def stored(world: SettledWorld) -> tuple[str, str]:
    with tenant_scope(world.tenant):
        row = Settlement.objects.filter(contract=world.contract).first()
        return (row.state if row else "", ContractMonth.objects.get(contract=world.contract).state)


def test_every_zloty_opens_its_visits(world: SettledWorld, accountant: Client) -> None:
    told = page(accountant, address(world))
    # 120 min of each decision at 41.50 zł an hour.
    assert told.count("83,00 zł") == 2
    assert "166,00 zł" in told
    assert "zaokrągla do grosza" in told
    listed = page(accountant, "/alfa/settlement/?month=2026-10")
    assert world.contract.number in listed
    visits = page(accountant, address(world, f"visits/{world.over.pk}/"))
    assert "05.10.2026" in visits
    assert "3:30" in visits
    assert "1:30" in visits
    assert "2:00" in visits
    assert "2 h × 41,50 zł = 83,00 zł" in visits


def test_confirmed_by_the_provider_settled_by_the_accountant_and_frozen(
    world: SettledWorld, accountant: Client, manager: Client, sign_in: SignIn
) -> None:
    post(accountant, address(world, "offer/"))
    seen = re.search(r'name="seen" value="([^"]+)"', manager.get(address(world, "confirm/")).content.decode())
    assert seen
    post(manager, address(world, "confirm/"), {"seen": seen[1]})
    assert stored(world) == ("confirmed", "accepted")
    assert manager.post(address(world, "settle/")).status_code == 403
    # What a contract is changed to later moves nothing that is confirmed.
    change(world, price_per_hour=Decimal(99))
    told = page(accountant, address(world))
    assert "Należność 166,00 zł" in told
    assert "Dziś wyszłoby 396,00 zł" in told
    post(accountant, address(world, "settle/"))
    assert stored(world) == ("settled", "settled")
    with tenant_scope(world.tenant):
        row = Settlement.objects.get()
        assert (row.due, row.minutes, row.part) == (Decimal("166.00"), 240, Decimal("166.00"))
        verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"confirm_settlement", "settle", "settle_month"} <= verbs
    assert row.sha256 in page(accountant, address(world))
    director = sign_in(Role.DIRECTOR, world.tenant)
    month = f"/alfa/month/{world.contract.pk}/2026-10/reopen/"
    assert "najpierw je cofnij" in post(director, month, {"reason": "Błąd"}, 422)
    assert stored(world) == ("settled", "settled")
    post(accountant, address(world, "take-back/"), {"reason": ""}, 422)
    post(accountant, address(world, "take-back/"), {"reason": "Zła cena"})
    assert stored(world) == ("draft", "accepted")
    assert "Zła cena" in page(manager, address(world))
    assert "396,00 zł" in page(accountant, address(world))
    post(director, month, {"reason": "Błąd"})
    assert stored(world) == ("draft", "returned")
    assert "nie jest jeszcze przyjęty" in page(accountant, address(world))
    for rest in ("pdf/", "xlsx/", f"visits/{world.over.pk}/", f"correct/{world.long.pk}/"):
        page(accountant, address(world, rest), 404)
    assert "Najpierw przyjmij miesiąc" in post(accountant, address(world, "confirm/"), status=422)


def test_who_confirms_what_changed_meanwhile_is_told(world: SettledWorld, accountant: Client) -> None:
    post(accountant, address(world, "confirm/"), {"seen": "older"}, 409)
    assert stored(world)[0] == ""
    post(accountant, address(world, "confirm/"))
    assert "ktoś był szybszy" in post(accountant, address(world, "confirm/"), status=422)


def test_a_price_changed_inside_the_month_by_an_amendment(world: SettledWorld, accountant: Client) -> None:
    with tenant_scope(world.tenant):
        ContractAmendment.objects.create(
            contract=world.contract, number=1, state="signed", reason="Waloryzacja", effective_on=date(2026, 10, 3),
            changes={"price_per_hour": ["41.50", "50.00"]},
        )  # fmt: skip
    change(world, price_per_hour=Decimal("50.00"))
    told = page(accountant, address(world))
    # The visit of 1 October at the old price, that of 5 October at the new one.
    assert "83,00 zł" in told
    assert "100,00 zł" in told
    assert "183,00 zł" in told


def test_minutes_above_the_cap_are_accepted_and_not_paid(world: SettledWorld, accountant: Client) -> None:
    change(world, cap_minutes=200)
    told = page(accountant, address(world))
    assert "Ponad limit umowy: 40 min" in told
    # 80 of the 120 minutes of the last visit: 55.33 zł.
    assert "55,33 zł" in told
    assert "138,33 zł" in told


def test_penalties(world: SettledWorld, accountant: Client, manager: Client) -> None:
    where = address(world, "penalty/")
    for wrong in (
        {"reason": "", "basis": "§ 9", "amount": "5"},
        {"reason": "x", "basis": "§ 9", "amount": "-5"},
    ):
        post(accountant, where, wrong, 422)
    post(accountant, where, {"reason": "Brak opiekunki", "basis": "§ 9", "amount": "200,00"})
    assert "Kary przekraczają należność o 34,00 zł" in page(manager, address(world))
    assert "34,00 zł" in post(accountant, address(world, "confirm/"), status=422)
    with tenant_scope(world.tenant):
        pk = Penalty.objects.get().pk
    assert manager.post(address(world, f"penalty/{pk}/remove/")).status_code == 403
    post(accountant, address(world, f"penalty/{pk}/remove/"))
    post(accountant, where, {"reason": "Brak opiekunki", "basis": "§ 9", "amount": "16,00"})
    post(accountant, address(world, "confirm/"))
    assert "150,00 zł" in page(manager, address(world))
    post(accountant, where, {"reason": "Jeszcze", "basis": "§ 9", "amount": "1"}, 422)


KSEF = "5265877635-20250826-0100001AF629-AF"
INVOICE = {"number": "FV/1", "issued_on": "03.11.2026", "amount": "166,00", "ksef_number": KSEF}


def xml(amount: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("fv.xml", FA.format(currency="PLN", amount=amount).encode(), "application/xml")


def test_under_procurement_a_month_is_settled_by_invoices(
    world: SettledWorld, accountant: Client, manager: Client
) -> None:
    where = address(world, "invoice/")
    # Of a grant none is asked for.
    assert "dotyczy dotacji" in page(manager, where)
    change(world, procured=True)
    post(accountant, address(world, "confirm/"))
    assert "najpierw ją wprowadź" in post(accountant, address(world, "settle/"), status=422)
    assert "nie jest numerem KSeF" in post(manager, where, INVOICE | {"ksef_number": "123"}, 422)
    assert "W pliku XML jest 100,00 zł" in post(manager, where, INVOICE | {"file": xml("100.00")}, 422)
    assert "nie jest fakturą FA" in post(manager, where, INVOICE | {"file": xml("dużo")}, 422)
    notes = SimpleUploadedFile("fv.docx", b"PK", "application/msword")
    post(manager, where, INVOICE | {"file": notes}, 422)
    post(manager, where, INVOICE | {"number": "FV/0", "amount": "0", "ksef_number": ""}, 422)
    post(manager, where, INVOICE | {"file": xml("166.00")})
    post(manager, where, INVOICE | {"number": "FV/2"}, 422)
    told = page(accountant, address(world))
    assert KSEF in told
    assert "Faktury zgadzają się z należnością" in told
    with tenant_scope(world.tenant):
        pk = Invoice.objects.get().pk
    file = manager.get(f"/alfa/settlement/invoices/{pk}/file/")
    assert b"<P_15>166.00</P_15>" in file.content
    post(
        manager, where, {"number": "FV/1/K", "issued_on": "04.11.2026", "amount": "-6,00", "ksef_number": ""}
    )
    assert "różnica -6,00 zł" in page(accountant, address(world)).replace("−", "-")
    assert "wyjaśnij różnicę" in post(accountant, address(world, "settle/"), status=422)
    post(
        accountant, address(world, "settle/"), {"difference_note": "Korekta za dojazd, dopłata w listopadzie"}
    )
    with tenant_scope(world.tenant):
        frozen = Settlement.objects.get().figures
    assert [one["amount"] for one in frozen["invoices"]] == ["166.00", "-6.00"]
    assert frozen["invoices"][0]["file_sha256"]
    assert manager.post(address(world, f"invoice/{pk}/remove/")).status_code == 422


def test_an_invoice_is_taken_out_with_its_file_before_the_month_is_settled(
    world: SettledWorld, manager: Client, django_capture_on_commit_callbacks: Any
) -> None:
    change(world, procured=True)
    post(manager, address(world, "invoice/"), INVOICE | {"file": xml("166.00")})
    with tenant_scope(world.tenant):
        kept = Invoice.objects.get()
        key = kept.file.key
        assert default_storage.exists(key)
    with django_capture_on_commit_callbacks(execute=True):
        post(manager, address(world, f"invoice/{kept.pk}/remove/"))
    with tenant_scope(world.tenant):
        assert not default_storage.exists(key)
        assert not StoredFile.objects.filter(key=key).exists()
    post(manager, address(world, "invoice/"), INVOICE)
    with tenant_scope(world.tenant):
        pk = Invoice.objects.get().pk
    page(manager, f"/alfa/settlement/invoices/{pk}/file/", 404)
    post(manager, address(world, f"invoice/{pk}/remove/"))
    with tenant_scope(world.tenant):
        assert not Invoice.objects.exists()


def test_what_was_paid_beforehand_is_settled_first(
    world: SettledWorld, accountant: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"/alfa/settlement/tranches/{world.contract.pk}/"
    assert "nie ma transz" in page(accountant, where)
    with tenant_scope(world.tenant):
        Tranche.objects.create(contract=world.contract, year=2026, amount=Decimal(500))
    typed = {"year": "2026", "paid_on": "02.10.2026", "amount": "100,00"}
    assert "500,00 zł" in post(accountant, where, typed | {"amount": "500,01"}, 422)
    post(accountant, where, typed | {"year": "2027"}, 422)
    post(accountant, where, typed)
    assert "66,00 zł" in page(accountant, address(world))
    post(accountant, address(world, "confirm/"))
    assert "Pozostało do rozliczenia 0,00 zł" in page(accountant, where)
    change(world, procured=True)
    page(accountant, where, 404)


def test_the_commune_bears_its_part_up_to_the_amount(world: SettledWorld, accountant: Client) -> None:
    change(world, amount=Decimal(100), outside_grant=Decimal(50))
    told = page(accountant, address(world))
    assert "-55,33 zł" in told.replace("−", "-")
    assert "110,67 zł" not in told
    assert "-10,67 zł" in told.replace("−", "-")
    assert "Należność 100,00 zł" in told


def test_a_correction_through_its_page(world: SettledWorld, accountant: Client, manager: Client) -> None:
    where = address(world, f"correct/{world.long.pk}/")
    typed = {
        "direction": "less", "minutes": "2:01", "reason": "shorter", "words": "Krócej", "carried_in": "2026-11",
    }  # fmt: skip
    assert manager.post(where, typed).status_code == 403
    assert "jest większa niż sama wizyta" in post(accountant, where, typed, 422)
    post(accountant, where, typed | {"carried_in": "2026-10"}, 422)
    post(accountant, where, typed | {"words": ""}, 422)
    post(accountant, where, typed | {"minutes": "0:30"})
    told = page(manager, address(world, f"visits/{world.over.pk}/"))
    assert "−0:30" in told
    assert "listopad 2026" in told
    with tenant_scope(world.tenant):
        pk = Adjustment.objects.get().pk
    post(accountant, address(world, f"withdraw/{pk}/"), {"reason": "Pomyłka"})
    assert "Pomyłka" in page(manager, address(world, f"visits/{world.over.pk}/"))
    post(accountant, address(world, f"withdraw/{pk}/"), {"reason": "Jeszcze raz"}, 422)


def test_papers_say_what_the_page_says(world: SettledWorld, accountant: Client, sign_in: SignIn) -> None:
    pdf = accountant.get(address(world, "pdf/"))
    assert pdf.content.startswith(b"%PDF-")
    assert b"pdfuaid" in pdf.content
    assert accountant.get(address(world, "pdf/")).content == pdf.content
    book = load_workbook(BytesIO(accountant.get(address(world, "xlsx/")).content))
    care, visits, _corrections, due = book.worksheets
    assert care["H2"].number_format == "#,##0.00"
    amounts = [row[7] for row in care.iter_rows(min_row=2, values_only=True)]
    assert amounts == [83, 83]
    lines = list(visits.iter_rows(min_row=2, values_only=True))
    # The line that a visit belongs to is the row of the first sheet with its decision; its visits add up to it.
    assert [care.cell(row[10], 1).value for row in lines] == [row[0] for row in lines]
    assert [care.cell(row[10], 8).value for row in lines] == [row[9] for row in lines] == [83, 83]
    for row in (2, 3):
        where = visits.cell(row, 12).hyperlink
        path = where.target.split("/alfa/", 1)[1]
        assert f'id="{where.location}"' in accountant.get(f"/alfa/{path}").content.decode()
    # The annex of the paper and its lines open the same pages.
    assert pdf.content.count(b"/settlement/") >= 4
    refused = [row[5] for row in visits.iter_rows(min_row=2, values_only=True)]
    assert sorted(refused, key=str) == [0, 90]
    assert any(row[1] == 166 for row in due.iter_rows(min_row=2, values_only=True))
    named = load_workbook(BytesIO(sign_in(Role.DIRECTOR, world.tenant).get(address(world, "xlsx/")).content))
    names = [row[1] for row in named.worksheets[0].iter_rows(min_row=2, values_only=True)]
    # A name that a spreadsheet would run is escaped.
    assert sorted(map(str, names)) == ["'=Łącka Helena", "Czysta Ewa"]


def test_an_organisation_sees_its_own_only(world: SettledWorld, sign_in: SignIn) -> None:
    with tenant_scope(world.tenant):
        other: Any = ContractFactory().organisation
    Partnership.objects.create(tenant=world.tenant, organisation=other)
    stranger = sign_in(Role.NGO_MANAGER, world.tenant, other)
    assert world.contract.number not in page(stranger, "/alfa/settlement/?month=2026-10")
    for rest in ("", "pdf/", f"visits/{world.over.pk}/", "confirm/"):
        page(stranger, address(world, rest), 404)


def test_the_start_page_tells_what_waits(world: SettledWorld, accountant: Client, manager: Client) -> None:
    assert "1 przyjęty miesiąc czeka na rozliczenie" in page(accountant, "/alfa/")
    assert "rozliczenie" not in page(manager, "/alfa/").replace("Rozliczenia", "")
    post(accountant, address(world, "offer/"))
    assert "czeka na rozliczenie" not in page(accountant, "/alfa/")
    assert "1 rozliczenie czeka na Twoje potwierdzenie" in page(manager, "/alfa/")
    post(manager, address(world, "confirm/"))
    assert "1 potwierdzone rozliczenie czeka na zakończenie" in page(accountant, "/alfa/")
    assert "rozliczenie" not in page(manager, "/alfa/").replace("Rozliczenia", "")


def test_the_queries_do_not_grow_with_the_contract(
    world: SettledWorld, alfa: Tenant, accountant: Client
) -> None:
    def asked(where: str) -> int:
        page(accountant, where)
        with CaptureQueriesContext(connection) as queries:
            page(accountant, where)
        return len(queries)

    listed, account = "/alfa/settlement/?month=2026-10", address(world)
    before = [asked(listed), asked(account)]
    with tenant_scope(alfa):
        for _ in range(3):
            ContractFactory(organisation=world.organisation)
        more = [DecisionFactory(contract=world.contract, minutes=60) for _ in range(3)]
        compliance.reopen_month(world.contract, OCTOBER, reason="Błąd", actor=DIRECTOR)
        for at, decision in enumerate(more):
            visit(decision, world.worker, date(2026, 10, 20 + at), "08:00", 60)
        accept(world)
    assert [asked(listed), asked(account)] == before
