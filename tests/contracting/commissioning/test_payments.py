"""Tables of payments and the calculator through HTTP: versions, bands, roles, and that no case is stored."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.models import PaymentTable, Service
from kernel.tenancy import tenant_scope
from tests.factories.care import ServiceFactory


@pytest.fixture
def service(alfa: Any) -> Service:
    with tenant_scope(alfa):
        return ServiceFactory()


def _text(page: Any) -> str:
    return " ".join(page.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def _refusal(page: Any) -> str:
    """The list of what needs correcting, as the page shows it."""
    found = re.search(r'class="error-summary".*?</ul>', _text(page))
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


def _table(
    service: Service, bands: list[tuple[str, str, str, str]] | None = None, **changes: Any
) -> dict[str, Any]:
    rows = [("0", "100", "0", "0"), ("100", "", "10", "15")] if bands is None else bands
    data = {
        "service": str(service.pk),
        "name": "Odpłatność 2026",
        "source": "Uchwała nr X/1/2025 Rady Gminy",
        "valid_from": "2026-01-01",
        "price_per_hour": "30,00",
        "rounding": "grosz",
        "seen": "",
        "bands-TOTAL_FORMS": len(rows),
        "bands-INITIAL_FORMS": 0,
    }
    for place, (over, up_to, alone, family) in enumerate(rows):
        data |= {
            f"bands-{place}-over": over, f"bands-{place}-up_to": up_to,
            f"bands-{place}-alone": alone, f"bands-{place}-family": family,
        }  # fmt: skip
    return {**data, **changes}


def _national(service: Service, **fields: Any) -> PaymentTable:
    values: dict[str, Any] = {
        "name": "Tabela krajowa", "source": "rozporządzenie", "valid_from": date(2026, 1, 1),
        "price_per_hour": Decimal("30.00"), "bands": [band.as_json() for band in NATIONAL_BANDS], **fields,
    }  # fmt: skip
    made: PaymentTable = PaymentTable.objects.create(service=service, **values)
    return made


def _case(service: Service, **changes: Any) -> dict[str, Any]:
    return {
        "service": str(service.pk), "on": "2026-11-01", "living": "alone", "income": "2 323,00",
        "persons": "2", "minutes": "20 h", **changes,
    }  # fmt: skip


def test_the_accountant_enters_a_table_and_everybody_of_the_unit_reads_it(
    alfa: Any, sign_in: Any, service: Service
) -> None:
    client = sign_in("accountant", alfa)
    assert client.get("/alfa/payments/new/").status_code == 200
    answer = client.post("/alfa/payments/new/", _table(service))
    assert answer.status_code == 302
    page = _text(sign_in("social_worker", alfa).get(answer.url))
    assert "30,00 zł" in page and "powyżej 100" in page and "Popraw tabelę" not in page
    with tenant_scope(alfa):
        assert Entry.objects.get(verb="create_payment_table").payload["after"]["price_per_hour"] == "30.00"


@pytest.mark.parametrize("role", ["coordinator", "social_worker", "inspector"])
def test_others_cannot_enter_tables(alfa: Any, sign_in: Any, service: Service, role: str) -> None:
    client = sign_in(role, alfa)
    assert client.post("/alfa/payments/new/", _table(service)).status_code == 403
    assert "Wpisz tabelę" not in _text(client.get("/alfa/payments/"))
    with tenant_scope(alfa):
        assert not PaymentTable.objects.exists()


@pytest.mark.parametrize(
    ("bands", "changes", "said"),
    [
        ([], {}, "co najmniej jeden przedział"),
        ([("10", "", "0", "0")], {}, "zaczyna się od 0 %"),
        ([("0", "100", "0", "0"), ("110", "", "5", "5")], {}, "luka"),
        ([("0", "100", "0", "0"), ("90", "", "5", "5")], {}, "nakłada się"),
        ([("0", "100", "0", "0")], {}, "zostaw koniec ostatniego przedziału pusty"),
        ([("0", "", "101", "0")], {}, "płaci samotnie"),
        (None, {"price_per_hour": "0"}, "Cena godziny"),
        (None, {"source": ""}, "Źródło"),
        (None, {"valid_from": "2026-02-30"}, "Obowiązuje od: „2026-02-30”"),
        (None, {"rounding": "always up"}, "Zaokrąglenie"),
        (None, {"rounding": ""}, "Zaokrąglenie"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    alfa: Any, sign_in: Any, service: Service, bands: Any, changes: dict[str, str], said: str
) -> None:
    answer = sign_in("director", alfa).post("/alfa/payments/new/", _table(service, bands, **changes))
    assert answer.status_code == 422 and said in _refusal(answer)
    with tenant_scope(alfa):
        assert (
            not PaymentTable.objects.exists()
            and not Entry.objects.filter(subject_type="payment_table").exists()
        )


def test_the_national_table_and_an_earlier_version_are_beginnings(
    alfa: Any, sign_in: Any, service: Service
) -> None:
    client = sign_in("accountant", alfa)
    page = client.get(f"/alfa/payments/new/?from=national&service={service.pk}")
    rows = [row.initial for row in page.context["rows"].initial_forms]
    assert len(rows) == 8 and rows[1]["alone"] == Decimal("1.5") and rows[7]["up_to"] is None
    assert "Dz.U. 2024 poz. 816" in _text(page)
    with tenant_scope(alfa):
        earlier = _national(service, price_per_hour=Decimal("33.40"))
    page = client.get(f"/alfa/payments/new/?from={earlier.pk}")
    assert len(page.context["rows"].initial_forms) == 8 and "33,40" in _text(page)
    assert client.get("/alfa/payments/new/?from=nonsense&service=x").status_code == 200


def test_a_version_in_force_stays_and_one_to_come_may_go(alfa: Any, sign_in: Any, service: Service) -> None:
    client = sign_in("director", alfa)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with tenant_scope(alfa):
        old, new = _national(service), _national(service, valid_from=tomorrow, name="Nowa")
    assert client.post(f"/alfa/payments/{old.pk}/remove/").status_code == 422
    listed = _text(client.get("/alfa/payments/"))
    assert "obowiązuje" in listed and "od przyszłej daty" in listed
    assert client.post(f"/alfa/payments/{new.pk}/remove/").status_code == 302
    with tenant_scope(alfa):
        assert list(PaymentTable.objects.values_list("pk", flat=True)) == [old.pk]
        assert Entry.objects.get(verb="remove_payment_table").payload["before"]["name"] == "Nowa"
    second = client.post("/alfa/payments/new/", _table(service))
    assert second.status_code == 422 and "tabelę obowiązującą od tego dnia" in _text(second)


def test_the_rates_of_a_version_in_force_stay(alfa: Any, sign_in: Any, service: Service) -> None:
    client = sign_in("accountant", alfa)
    client.post("/alfa/payments/new/", _table(service, valid_from="2026-01-01"))
    with tenant_scope(alfa):
        table = PaymentTable.objects.get()
        before = table.bands
    address = f"/alfa/payments/{table.pk}/edit/"
    for change in ({"price_per_hour": "99,00"}, {"valid_from": "2026-02-01"}, {"bands-0-alone": "1"}):
        refused = client.post(address, _table(service, **{"valid_from": "2026-01-01", **change}))
        assert refused.status_code == 422 and "wpisz nową wersję" in _text(refused), change
    named = _table(service, valid_from="2026-01-01", name="Uchwała XII/3")
    assert client.post(address, named).status_code == 302
    with tenant_scope(alfa):
        table.refresh_from_db()
        assert (table.name, table.price_per_hour, table.bands) == ("Uchwała XII/3", 30, before)


def test_a_correction_says_who_was_quicker(alfa: Any, sign_in: Any, service: Service) -> None:
    client = sign_in("director", alfa)
    with tenant_scope(alfa):
        tomorrow = timezone.localdate() + timedelta(days=1)
        table = _national(service, valid_from=tomorrow)
    address, day = f"/alfa/payments/{table.pk}/edit/", {"valid_from": tomorrow.isoformat()}
    seen = client.get(address).context["form"].initial["seen"]
    assert client.post(address, _table(service, **day, price_per_hour="31", seen=seen)).status_code == 302
    assert client.post(address, _table(service, **day, price_per_hour="32", seen=seen)).status_code == 409
    with tenant_scope(alfa):
        assert PaymentTable.objects.get().price_per_hour == 31
        assert Entry.objects.filter(verb="change_payment_table").count() == 1


@pytest.mark.parametrize(
    ("changes", "fee"),
    [
        ({}, "60,00 zł"),
        ({"living": "family", "income": "3 785,80", "persons": "2"}, "90,00 zł"),
        ({"income": "1010"}, "0,00 zł"),
        ({"income": "1010,01"}, "9,00 zł"),
        ({"income": "99 999"}, "600,00 zł"),
        ({"minutes": "0:20", "income": "99999"}, "10,00 zł"),
    ],
)
def test_the_calculator(alfa: Any, sign_in: Any, service: Service, changes: dict[str, str], fee: str) -> None:
    """230 % of 1 010 zł alone: 10 % of 30 zł for 20 h are 60 zł; 230 % of 823 zł each of two: 15 % are 90 zł."""
    with tenant_scope(alfa):
        _national(service)
    answer = sign_in("social_worker", alfa).post("/alfa/payments/calculator/", _case(service, **changes))
    assert answer.status_code == 200 and f"{fee} miesięcznie" in _text(answer)


def test_the_calculator_stores_nothing_and_puts_no_income_into_addresses(
    alfa: Any, sign_in: Any, service: Service
) -> None:
    with tenant_scope(alfa):
        _national(service)
    client = sign_in("social_worker", alfa)
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/alfa/payments/calculator/", _case(service))
    assert 'method="post"' in answer.content.decode() and "?" not in answer.request["PATH_INFO"]
    writes = [q["sql"] for q in queries if q["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert [sql for sql in writes if "session" not in sql] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on": "2025-12-31"}, "nie miała jeszcze tabeli"),
        ({"income": "-5"}, "Dochód"),
        ({"minutes": "900 h"}, "744 h"),
        ({"living": "family", "persons": ""}, "ile osób liczy rodzina"),
    ],
)
def test_a_case_that_cannot_be_is_refused(
    alfa: Any, sign_in: Any, service: Service, changes: dict[str, str], said: str
) -> None:
    with tenant_scope(alfa):
        _national(service)
    answer = sign_in("social_worker", alfa).post("/alfa/payments/calculator/", _case(service, **changes))
    assert answer.status_code == 422 and said in _refusal(answer)


def test_a_day_without_a_known_criterion_says_where_to_enter_it(
    alfa: Any, sign_in: Any, service: Service
) -> None:
    with tenant_scope(alfa):
        _national(service, valid_from=date(2020, 1, 1))
    answer = sign_in("accountant", alfa).post("/alfa/payments/calculator/", _case(service, on="2023-05-01"))
    assert answer.status_code == 422 and "dyrektor wpisuje ją na stronie" in _text(answer)


def test_without_tables_the_calculator_says_what_to_do_first(
    alfa: Any, sign_in: Any, service: Service
) -> None:
    assert "Nie ma jeszcze tabeli odpłatności" in _text(
        sign_in("inspector", alfa).get("/alfa/payments/calculator/")
    )


def test_queries_do_not_grow_with_tables(alfa: Any, sign_in: Any, service: Service) -> None:
    client = sign_in("accountant", alfa)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/alfa/payments/").status_code == 200
        return len(queries)

    with tenant_scope(alfa):
        _national(service)
    client.get("/alfa/payments/")
    few = asked()
    with tenant_scope(alfa):
        for number in range(8):
            other = Service.objects.create(code=f"s{number}", name=f"Usługa {number}")
            _national(other)
            _national(other, valid_from=date(2025, 1, 1))
    assert asked() == few
