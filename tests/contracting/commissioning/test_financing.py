"""Step 4 through HTTP: sources and costs to the grosz, months without money, who may edit, the gate."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.models import CostLine, Cycle, FundingSource, PaymentTable, ScopeItem
from contracting.commissioning.plans import financing_table
from kernel.tenancy import tenant_scope
from tests.factories.commissioning import make_cycle, put_at


@pytest.fixture
def cycle(alfa: Any) -> Cycle:
    """A cycle of 2027 at step 4 whose scope plans 65 h a month (3 × 60 min × 5 persons)."""
    with tenant_scope(alfa):
        made = put_at(make_cycle(), steps.FINANCING)
        ScopeItem.objects.create(
            cycle=made, activity=made.service.activities.first(), performer="carer", mode="together",
            times_week=3, minutes_each=60, persons=5,
        )  # fmt: skip
    return made


def _text(page: Any) -> str:
    return " ".join(page.content.decode().replace("\u00a0", " ").replace("\u202f", " ").split())


def _refusal(page: Any) -> str:
    """The list of what needs correcting, as the page shows it."""
    found = re.search(r'class="error-summary".*?</ul>', _text(page))
    return re.sub(r"<[^>]+>", " ", found[0]) if found else ""


def _rows(*rows: dict[str, Any], seen: str = "") -> dict[str, Any]:
    data: dict[str, Any] = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0, "seen": seen}
    for place, row in enumerate(rows):
        data |= {f"rows-{place}-{name}": value for name, value in row.items()}
    return data


def _source(amount: str, year: int = 2027, kind: str = "own_budget", name: str = "") -> dict[str, Any]:
    return {"year": year, "kind": kind, "name": name, "amount": amount}


def _cost(
    cost: str, quantity: str, kind: str = "care_hours", year: int = 2027, name: str = ""
) -> dict[str, Any]:
    return {"year": year, "kind": kind, "name": name, "unit_cost": cost, "quantity": quantity, "unit": "h"}


def _enter(client: Any, cycle: Cycle, sources: list[dict[str, Any]], costs: list[dict[str, Any]]) -> None:
    for page, rows in (("sources", sources), ("costs", costs)):
        answer = client.post(f"/alfa/cycles/{cycle.pk}/financing/{page}/", _rows(*rows))
        assert answer.status_code == 302, _text(answer)


def test_the_accountant_enters_sources_and_costs_to_the_grosz(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("accountant", alfa)
    sources = [_source("330 710,44 zł", kind="state_grant"), _source("40715", kind="own_contribution")]
    costs = [_cost("40,00", "780"), _cost("0,01", "34022544", kind="other", name="pozostałe")]
    _enter(client, cycle, sources, costs)
    with tenant_scope(alfa):
        assert CostLine.objects.get(kind="care_hours").amount == Decimal("31200.00")
        whole = financing_table(cycle).whole
        assert (whole.sources, whole.costs, whole.balance) == (
            Decimal("371425.44"), Decimal("371425.44"), Decimal(0),
        )  # fmt: skip
        assert {entry.verb for entry in Entry.objects.filter(subject_id=str(cycle.pk))} >= {
            "edit_sources",
            "edit_costs",
        }
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/financing/"))
    assert "371 425,44 zł" in text and "89,04" in text and "10,96" in text
    assert "Pieniędzy starcza na każdą zaplanowaną godzinę" in text


def test_a_source_of_nothing_is_refused(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    answer = sign_in("accountant", alfa).post(
        f"/alfa/cycles/{cycle.pk}/financing/sources/", _rows(_source("0,00"))
    )
    assert answer.status_code == 422 and "wpisz co najmniej 0,01" in _refusal(answer)
    with tenant_scope(alfa):
        assert not cycle.funding_sources.exists()


def test_months_without_money_are_named_with_what_is_missing(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("accountant", alfa)
    # 780 h planned at 40 zł cost 31 200 zł; 28 200 zł are left after travel: 705 h, November lacks 10 h.
    _enter(
        client, cycle, [_source("29 200,00")], [_cost("40,00", "780"), _cost("10,00", "100", kind="travel")]
    )
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/financing/"))
    assert "2 miesiące nie są w pełni pokryte" in text
    assert "listopad 2027 65:00 55:00 10:00 400,00 zł" in _plain(text)
    assert "grudzień 2027 65:00 0:00 65:00 2 600,00 zł" in _plain(text)
    assert "705:00" in text and "−3 000,00 zł" in text


def _plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_last_year_without_money_is_seen(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    with tenant_scope(alfa):
        Cycle.objects.update(period_to=date(2028, 2, 29))
    client = sign_in("coordinator", alfa)
    _enter(client, cycle, [_source("40000"), _source("500", year=2030)], [_cost("40", "780")])
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/financing/"))
    assert "styczeń 2028" in text and "luty 2028" in text and "poza cyklem" in text


@pytest.mark.parametrize(
    ("page", "row", "said"),
    [
        ("sources", _source("-1"), "Wiersz 1"),
        ("sources", _source("12,345"), "Wiersz 1"),
        ("sources", _source("dużo"), "to nie jest liczba"),
        ("sources", _source("100", year=1999), "Wiersz 1"),
        ("sources", _source("100", kind="bank"), "Wiersz 1"),
        ("costs", _cost("-1", "2"), "Wiersz 1"),
        ("costs", _cost("1", ""), "Wiersz 1"),
        ("costs", _cost("99999999,99", "9999999999,99"), "Wiersz 1"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    alfa: Any, sign_in: Any, cycle: Cycle, page: str, row: dict[str, Any], said: str
) -> None:
    answer = sign_in("accountant", alfa).post(f"/alfa/cycles/{cycle.pk}/financing/{page}/", _rows(row))
    assert answer.status_code == 422 and said in _refusal(answer)
    with tenant_scope(alfa):
        assert not FundingSource.objects.exists() and not CostLine.objects.exists()


@pytest.mark.parametrize("role", ["social_worker", "benefits_worker", "inspector"])
def test_who_only_reads_changes_no_money(alfa: Any, sign_in: Any, cycle: Cycle, role: str) -> None:
    client = sign_in(role, alfa)
    shown = client.get(f"/alfa/cycles/{cycle.pk}/financing/")
    assert shown.status_code == 200 and "Edytuj źródła" not in _text(shown)
    for page in ("sources", "costs"):
        assert (
            client.post(f"/alfa/cycles/{cycle.pk}/financing/{page}/", _rows(_source("1"))).status_code == 403
        )
    with tenant_scope(alfa):
        assert not FundingSource.objects.exists()


def test_two_people_at_once_learn_of_each_other(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    one, other = sign_in("accountant", alfa), sign_in("director", alfa)
    address = f"/alfa/cycles/{cycle.pk}/financing/sources/"
    seen = one.get(address).context["form"].initial["seen"]
    assert other.post(address, _rows(_source("100"), seen=seen)).status_code == 302
    assert one.post(address, _rows(_source("200"), seen=seen)).status_code == 409
    with tenant_scope(alfa):
        assert FundingSource.objects.get().amount == 100


def test_the_gate_wants_the_first_year_funded_in_full(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    director = sign_in("director", alfa)
    gate = f"/alfa/cycles/{cycle.pk}/steps/financing/pass/"
    refused = _text(director.post(gate, {"note": "jest budżet"}))
    for said in ("co najmniej jedno źródło", "godziny usługi z kosztem godziny", "nie są w pełni pokryte"):
        assert said in refused
    _enter(director, cycle, [_source("31199,99")], [_cost("40", "780")])
    refused = _text(director.post(gate, {"note": "jest budżet"}))
    assert "W roku 2027 brakuje 0,01 zł" in refused
    _enter(director, cycle, [_source("31200")], [_cost("40", "780")])
    assert director.post(gate, {"note": "jest budżet"}).status_code == 302
    late = director.post(f"/alfa/cycles/{cycle.pk}/financing/sources/", _rows(_source("1")))
    assert late.status_code == 422
    with tenant_scope(alfa):
        assert FundingSource.objects.get().amount == 31_200


def test_the_chain_tells_what_the_money_pays(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("director", alfa)
    _enter(client, cycle, [_source("15600")], [_cost("40", "780")])
    text = _text(client.get(f"/alfa/cycles/{cycle.pk}/"))
    assert "pieniądze na" in text and "32 h 30 min" in text and "65 h" in text


def test_queries_do_not_grow_with_money(alfa: Any, sign_in: Any, cycle: Cycle) -> None:
    client = sign_in("accountant", alfa)
    addresses = [f"/alfa/cycles/{cycle.pk}/financing/{page}" for page in ("", "sources/", "costs/")]

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    _enter(client, cycle, [_source("1")], [_cost("1", "1")])
    client.get(addresses[0])
    few = [asked(address) for address in addresses]
    _enter(
        client, cycle,
        [_source("1", year=2027 + number % 4, name=str(number)) for number in range(16)],
        [_cost("1", "1", year=2027 + number % 4, name=str(number)) for number in range(16)],
    )  # fmt: skip
    assert [asked(address) for address in addresses] == few


def test_empty_costs_begin_with_the_planned_hours_at_the_price_of_the_table(
    alfa: Any, sign_in: Any, cycle: Cycle
) -> None:
    client = sign_in("accountant", alfa)
    address = f"/alfa/cycles/{cycle.pk}/financing/costs/"
    with tenant_scope(alfa):
        Cycle.objects.update(period_to=date(2028, 1, 31))
        PaymentTable.objects.create(
            service=cycle.service, name="Odpłatność", source="uchwała", valid_from=date(2026, 1, 1),
            price_per_hour=Decimal("41.50"), bands=[],
        )  # fmt: skip
    suggested = [row.initial for row in client.get(address).context["rows"].initial_forms]
    assert [(row["year"], row["unit_cost"], row["quantity"]) for row in suggested] == [
        (2027, Decimal("41.50"), 780), (2028, Decimal("41.50"), 65),
    ]  # fmt: skip
