"""An indicator that changes within a year: batches, tables, series, quarters and years, comparison, and the cycle."""

import csv
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_month
from reporting.statistics.batches.document import read
from reporting.statistics.desk.cuts import Cut, read_cut
from reporting.statistics.desk.spans import Span
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import Fact, FactsBatch, PushConsent, ReleasedCell, ReleasedQuartiles
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.reporting.statistics.desk_world import ACTOR
from tests.reporting.statistics.later_dictionary import CODE, WORDS, count_anew, edited, fulfilment_anew
from tests.reporting.statistics.sending_world import accept

pytestmark = pytest.mark.django_db
YEAR = [date(2025, month, 1) for month in range(1, 13)]
AUGUST, SEPTEMBER, OCTOBER = YEAR[7:10]
FIGURES = "/region/32/figures/"


@pytest.fixture(autouse=True)
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fulfilment counts accepted hours from September 2025 on."""
    count_anew(monkeypatch)
    with edited(monkeypatch, tmp_path, fulfilment_anew("2025-09")):
        yield


def _tell(tenant: Tenant, month: date, *, persons: int = 20, version: int = 0) -> None:
    """A month of 100 minutes granted to each person: 90 delivered (version 1), of which 80 accepted (version 2)."""
    counted = version or (1 if month < SEPTEMBER else 2)
    Fact.objects.filter(tenant=tenant, period=month, current=True).update(current=False)
    batch = batch_of(tenant, month)
    care_facts(batch, persons, persons * 100, persons * 90)
    fact_of(
        batch,
        CODE,
        persons * (90 if counted == 1 else 80),
        denominator=Decimal(persons * 100),
        persons=persons,
        version=counted,
    )


def _told_year() -> list[Tenant]:
    tenants = [small_tenant(number, place) for number, place in enumerate(("3210012", "3210022", "3211012"))]
    for month in YEAR:
        for tenant in tenants:
            _tell(tenant, month)
        publish("month", month, actor=ACTOR)
    return tenants


def _figure(text: str, code: str = CODE, place: str = "32") -> Any:
    span = Span.parse(text)
    found = read_cut(Cut(code, (span,), places=(place,))).figure(place, span)
    assert found is not None
    return found


def test_each_month_is_sent_and_shown_by_the_version_in_force(alfa: Tenant) -> None:
    PushConsent.objects.filter(tenant=alfa).update(edition=2)
    with tenant_scope(alfa):
        contract = ContractFactory(valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 31))
        decisions = [DecisionFactory(contract=contract) for _ in range(6)]
        for month in (AUGUST, SEPTEMBER):
            accepted = accept(decisions, month, granted=1000, delivered=900)
            ContractMonth.objects.filter(pk=accepted.pk).update(accepted_minutes=4800, refused_minutes=600)
            push_month(month, actor=ACTOR)
    sent = {
        batch.period: {
            (one.version, one.numerator, one.denominator)
            for one in read(batch.document).content.figures
            if (one.indicator, one.service) == (CODE, "*")
        }
        for batch in FactsBatch.objects.filter(tenant=alfa, kind="month")
    }
    assert sent == {AUGUST: {(1, 5400, 6000)}, SEPTEMBER: {(2, 4800, 6000)}}
    for month in (AUGUST, SEPTEMBER):
        publish("month", month, actor=ACTOR)
    for text, version, value in (("2025-08", 1, 90), ("2025-09", 2, 80)):
        table = read_cut(Cut(CODE, (Span.parse(text),), places=(str(alfa.pk),)))
        figure = table.rows[0].only
        assert figure and (figure.version, figure.value) == (version, value)
        assert table.indicator == dictionary().version(CODE, version) and table.earlier == ()


def test_months_of_two_versions_make_no_quarter_and_no_year_and_the_page_says_why(
    sign_in: Callable[..., Client],
) -> None:
    _told_year()
    assert [_figure(f"2025-Q{number}").value for number in (1, 2, 4)] == [90, 90, 80]
    for text in ("2025-Q3", "2025"):
        figure = _figure(text)
        assert (figure.why, figure.value, figure.is_hidden) == ("changed", None, False)
        assert _figure(text, "care_hours_delivered").is_shown
    analyst = sign_in("regional_analyst", voivodeship="32")
    asked = {"indicator": CODE, "kind": "year", "period": "2025", "level": "county"}
    why = "Wskaźnik zmienił się w tym okresie; jego części nie można dodać"
    page = analyst.get(FIGURES, asked)
    assert why in page.content.decode()
    rows = list(
        csv.reader(
            StringIO(analyst.get(f"{FIGURES}file/csv/", asked).content.decode("utf-8-sig")), delimiter=";"
        )
    )
    assert any(why in cell for row in rows for cell in row)


def test_a_tenants_page_and_file_name_what_was_counted_also_by_who_counts_the_old_way(
    sign_in: Callable[..., Client],
) -> None:
    tenants = [small_tenant(number, f"321001{number}") for number in (2, 3)]
    for tenant, version in zip(tenants, (1, 2), strict=True):
        _tell(tenant, OCTOBER, version=version)
    publish("month", OCTOBER, actor=ACTOR)
    analyst = sign_in("regional_analyst", voivodeship="32")
    first = dictionary().version(CODE, 1)
    assert first is not None
    names = (first.words["pl"].name, WORDS["pl"]["name"])
    for tenant, meant, other in zip(tenants, names, reversed(names), strict=True):
        page = analyst.get(reverse("statistics:place", args=["32", tenant.pk])).content.decode()
        address = reverse("statistics:place_file", args=["32", tenant.pk, "csv"])
        asked = {"kind": "month", "period": "2025-10"}
        text = analyst.get(address, asked).content.decode("utf-8-sig")
        rows = [row for row in csv.reader(StringIO(text), delimiter=";") if row[:1] == [CODE]]
        assert meant in page and other not in page
        assert rows and {row[2] for row in rows} == {meant}


def test_a_line_over_the_change_names_both_versions(sign_in: Callable[..., Client]) -> None:
    _told_year()
    table = read_cut(Cut(CODE, Span.parse("2025-12").last_ones(12), places=("32",)))
    assert [one.value for one in table.rows[0].figures if one] == [90] * 8 + [80] * 4
    assert (table.indicator.version, [one.version for one in table.earlier]) == (2, [1])
    analyst = sign_in("regional_analyst", voivodeship="32")
    asked = {"indicator": CODE, "period": "2025-12", "view": "time", "place": "32"}
    first = dictionary().version(CODE, 1)
    assert first is not None
    text = analyst.get(FIGURES, asked).content.decode()
    assert WORDS["pl"]["definition"] in text and first.words["pl"].definition in text
    assert "wersja 1, do: sierpień 2025" in text
    file = analyst.get(f"{FIGURES}file/csv/", asked).content.decode("utf-8-sig")
    assert "Realizacja po odbiorze" in file
    # A month before the change is shown under the name that it had.
    old = analyst.get(FIGURES, asked | {"view": "places", "period": "2025-08"}).content.decode()
    assert first.words["pl"].definition in old and WORDS["pl"]["definition"] not in old


def test_what_tenants_counted_in_two_ways_is_not_added_up() -> None:
    tenants = [small_tenant(number, place) for number, place in enumerate(("3210012", "3210022", "3211012"))]
    for number, tenant in enumerate(tenants):
        _tell(tenant, OCTOBER, version=1 if number == 0 else 2)
    publish("month", OCTOBER, actor=ACTOR)

    def told(place: str) -> dict[str, Any]:
        cell = ReleasedCell.objects.current().get(population="care", place=place, part="*")
        assert cell.figures is not None
        return cell.figures

    assert told(str(tenants[0].pk))[CODE] == [1, "1800", "2000"]
    assert told("3211")[CODE] == [2, "1600", "2000"]
    for place in ("3210", "32", "PL"):
        assert CODE not in told(place) and told(place)["care_persons"]


def test_only_those_are_compared_who_count_in_the_same_way(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    tenants = [small_tenant(number, f"3201{number:02d}2") for number in range(10, 22)]
    Tenant.objects.filter(pk__in=[alfa.pk, *(one.pk for one in tenants)]).update(
        population=12_000, kind="commune"
    )
    for number, tenant in enumerate([*tenants, alfa]):
        _tell(tenant, OCTOBER, version=1 if number < 2 else 2)
    publish("month", OCTOBER, actor=ACTOR)
    row = ReleasedQuartiles.objects.get(measure="fulfilment", voivodeship="", group="commune:to_20")
    assert (row.peers, row.low, row.high) == (11, 80, 80)
    director = sign_in("director", alfa)
    page = director.get("/alfa/statistics/benchmark/").content.decode().replace("\xa0", " ")
    assert "80,0 %" in page and "90,0 %" not in page


def test_the_line_of_the_region_says_from_when_on_it_counts_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign_in: Callable[..., Client]
) -> None:
    _told_year()
    analyst = sign_in("regional_analyst", voivodeship="32")
    said = "Zmiana w sposobie liczenia na wykresie"
    assert said not in analyst.get("/region/32/").content.decode()

    def anew(raw: Any) -> None:
        rows = raw["indicators"]
        place = next(at for at, row in enumerate(rows) if row["code"] == "care_hours_granted")
        rows.insert(place + 1, {**rows[place], "version": 2, "valid_from": "2025-09"})

    with edited(monkeypatch, tmp_path, anew):
        assert f"{said}, pierwszy miesiąc: wrzesień 2025" in analyst.get("/region/32/").content.decode()
        assert said not in analyst.get("/region/32/", {"month": "2025-08"}).content.decode()
