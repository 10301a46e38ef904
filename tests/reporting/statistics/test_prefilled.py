"""Tables for reports: the unit's own figures counted once, the region's from released cells, marks with reasons."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook  # type: ignore[import-untyped]

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.statistics.actions.publishing import publish
from reporting.statistics.collecting import collect_month
from reporting.statistics.collecting.reports import collect_reports
from reporting.statistics.desk.spans import Kind, Span
from reporting.statistics.dictionary import dictionary
from reporting.statistics.prefilled.filling import fill
from reporting.statistics.prefilled.layout import ROW_VALUE, layouts
from reporting.statistics.prefilled.stretches import Year
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory
from tests.factories.facts import care_told, fact_of, small_tenant
from tests.reporting.statistics.desk_world import ACTOR, released_country
from tests.reporting.statistics.sending_world import accept

pytestmark = pytest.mark.django_db
OWN = "/alfa/statistics/tables/"
REGION = "/region/32/tables/"
YEAR = Year(2026)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def director(alfa: Tenant, sign_in: Callable[..., Client]) -> Client:
    return sign_in("director", alfa)


@pytest.fixture
def analyst(sign_in: Callable[..., Client]) -> Client:
    return sign_in("regional_analyst", voivodeship="32")


def _cells(page: Any, row: str) -> dict[str, Any]:
    filled = page.context["filled"]
    return {
        cell.column: cell
        for _heading, lines in filled.blocks
        for line in lines
        if line.name == row
        for cell in line.cells
    }


def test_every_cell_names_what_the_layout_and_the_dictionary_know() -> None:
    known = layouts()
    references = set(known.references())
    assert references <= known.figures.keys() | known.reasons.keys()
    assert not known.figures.keys() & known.reasons.keys()
    assert known.figures.keys() <= references
    assert {one.mark for one in known.reasons.values()} == set(known.marks) == {".", "x"}
    for form in known.forms:
        columns = {code for code, _words in form.columns} or {ROW_VALUE}
        assert all(row.cells.keys() == columns for block in form.blocks for row in block.rows)
        assert form.source and form.deadlines and all(one.source for one in form.deadlines)
    words = [one.names for one in known.figures.values()] + [
        one.definitions for one in known.figures.values()
    ]
    assert all(text["pl"] and text["en"] for text in [*words, *(one.words for one in known.reasons.values())])


def test_what_a_region_fills_in_adds_up_in_the_dictionary() -> None:
    """A figure of a region is of an indicator that exists then, adds up over time, and has the parts that are named."""
    for one in layouts().figures.values():
        assert bool(one.indicator) != bool(one.not_released), one.code
        if not one.indicator:
            assert one.not_released in layouts().reasons
            continue
        versions = dictionary().versions(one.indicator)
        assert versions, one.code
        indicator = versions[-1]
        assert indicator.over_time, one.code
        categories = indicator.breakdown.categories.keys() if indicator.breakdown else set()
        assert set(one.parts) == {"*"} or indicator.by_service or set(one.parts) <= categories, one.code


def test_what_a_unit_fills_in_is_collected(alfa: Tenant) -> None:
    """The names under which figures are collected are those that the layout asks for."""
    indicators = {one.code for one in dictionary().indicators}
    with tenant_scope(alfa):
        collected = collect_reports((YEAR,)).told[YEAR]
    for one in layouts().figures.values():
        assert one.own in collected or one.own.partition("/")[0] in indicators | {"social_workers"}, one.code


def test_deadlines_are_dated_and_say_where_they_come_from() -> None:
    mrips, ozps = layouts().form("mrips03", 2026), layouts().form("ozps", 2026)
    assert mrips is not None
    assert ozps is not None
    assert [one.of(2026) for one in mrips.deadlines_of(Year(2026, half=True))] == [date(2026, 7, 20)]
    assert [one.of(2026) for one in mrips.deadlines_of(YEAR)] == [date(2027, 1, 20)]
    assert [one.of(2026) for one in ozps.deadlines_of(YEAR)] == [date(2027, 4, 30), date(2027, 6, 30)]
    assert ozps.deadlines_of(Year(2011)) == []


def test_half_years_and_years_are_periods_of_the_desk() -> None:
    half = Year.parse("2026-H1")
    assert (half.first, half.last) == (date(2026, 1, 1), date(2026, 6, 30))
    assert [str(one) for one in half.spans] == ["2026-Q1", "2026-Q2"]
    assert YEAR.spans == (Span(date(2026, 1, 1), Kind.YEAR),)
    assert half.bounds()[1] - half.bounds()[0] == timedelta(days=181) - timedelta(hours=1)
    for text in ("2026-H2", "1900", "26", "", "2026-Q1"):
        with pytest.raises(ValueError, match="half-year"):
            Year.parse(text)


def test_a_person_with_two_decisions_counts_once_and_amounts_are_those_of_the_months(
    alfa: Tenant, director: Client
) -> None:
    with tenant_scope(alfa):
        contract = ContractFactory()
        decisions = [DecisionFactory(contract=contract) for _ in range(3)]
        again = DecisionFactory(
            contract=contract,
            person=decisions[0].person,
            service=ServiceFactory(code="specialist", name="Specj."),
        )
        accept([*decisions, again], SEPTEMBER)
        accept([*decisions, again], OCTOBER, delivered=1000)
        monthly = [
            one
            for month in (Month(2026, 9), Month(2026, 10))
            for one in collect_month(month).figures
            if (one.service, one.category) == ("*", "")
        ]
        accepted = ContractMonth.objects.aggregate(sum=Sum("accepted_minutes"))["sum"]
    hours = sum(one.numerator for one in monthly if one.indicator == "care_hours_accepted") / 60
    value = sum(one.numerator for one in monthly if one.indicator == "hour_price")
    page = director.get(OWN, {"period": "2026"})
    care = list(_cells(page, "Usługi opiekuńcze").values())
    assert hours * 60 == accepted == 8400
    assert [care[0].value, care[1].value, care[2].value] == [3, hours, value]
    assert (care[3].mark, care[4].value) == ("x", value)
    assert [cell.mark for cell in care[5:]] == [".", ".", "."]
    specialist = list(_cells(page, "Specjalistyczne usługi opiekuńcze").values())
    assert [specialist[0].value, specialist[1].value] == [1, 0]
    assert specialist[3].mark == "."
    users = _cells(
        director.get(OWN, {"form": "ozps", "period": "2026"}), "Osoby objęte usługami przyznanymi decyzją"
    )
    assert users["2026"].value == 3
    assert (users["2024"].mark, users["2027, prognoza"].mark, users["2028, prognoza"].mark) == (".", "x", "x")
    assert users["2024"].why == layouts().reasons["before"].words["pl"]


def test_months_that_are_not_accepted_are_no_zero(alfa: Tenant, director: Client) -> None:
    with tenant_scope(alfa):
        contract = ContractFactory()
        decision = DecisionFactory(contract=contract)
    unknown = list(_cells(director.get(OWN, {"period": "2026"}), "Usługi opiekuńcze").values())
    assert [unknown[0].value, unknown[1].mark, unknown[2].mark] == [1, ".", "."]
    assert unknown[1].why == layouts().reasons["not_accepted"].words["pl"]
    with tenant_scope(alfa):
        accept([decision])
    page = director.get(OWN, {"period": "2026"})
    assert next(iter(page.context["remarks"])) and "Miesiące umów przyjęte: 1 z" in page.content.decode()


@pytest.mark.parametrize("form", ["mrips03", "ozps"])
def test_the_file_says_what_the_page_says(alfa: Tenant, director: Client, form: str) -> None:
    with tenant_scope(alfa):
        accept([DecisionFactory(contract=ContractFactory())])
    question = {"form": form, "period": "2026"}
    page = director.get(OWN, question)
    answer = director.get(f"{OWN}file/", question)
    assert form in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    assert [sheet.title for sheet in book] == ["Tabela", "Znaki w tabeli", "Definicje", "O tabeli"]
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    filled = page.context["filled"]
    assert rows[0][2:] == filled.columns
    shown = [line for _heading, lines in filled.blocks for line in lines]
    for row, line in zip(rows[1:], shown, strict=True):
        assert row[1] == line.name
        told = [cell.mark or Decimal(str(value)) for cell, value in zip(line.cells, row[2:], strict=True)]
        assert told == [cell.mark or cell.value for cell in line.cells]
    about = dict(row[:2] for row in book.worksheets[3].iter_rows(values_only=True))
    assert about["Czym jest"] == "Tabela wypełniona wstępnie danymi platformy, nie formularz urzędowy."
    assert "Zgodności z obowiązującym" in about["Układ tabeli"]
    assert about["."] and about["x"] and about["Data sporządzenia"]


def test_whatever_is_asked_is_answered(director: Client, analyst: Client) -> None:
    for query in (
        {},
        {"form": "x", "period": "2026-13"},
        {"form": "ozps", "period": "2026-H1"},
        {"period": "1066"},
    ):
        for page in (director.get(OWN, query), analyst.get(REGION, query)):
            assert page.status_code == 200
            assert not page.context["asked"].period.half


def test_what_cannot_be_shown_is_said(director: Client, analyst: Client) -> None:
    for client, address in ((director, OWN), (analyst, REGION)):
        for query in ({"form": "nieznany"}, {"period": "1999"}, {"period": "kiedyś"}):
            assert "nie da się tu pokazać" in client.get(address, query).content.decode()
        assert "nie da się tu pokazać" not in client.get(address).content.decode()


def test_another_region_is_not_found(analyst: Client) -> None:
    assert analyst.get("/region/12/tables/").status_code == 404
    assert analyst.get("/region/12/tables/file/").status_code == 404


def _half_year(persons: dict[str, int]) -> None:
    """January to June, told and released: tenants by territory with so many persons, each with 500 accepted minutes."""
    tenants = {small_tenant(number, place): count for number, (place, count) in enumerate(persons.items())}
    for month in (date(2026, number, 1) for number in range(1, 7)):
        for tenant, count in tenants.items():
            batch = care_told(tenant, month, uslugi=count)
            for service in ("uslugi", "*"):
                fact_of(batch, "care_hours_accepted", count * 500, persons=count, service=service)
        publish("month", month, actor=ACTOR)


def test_a_region_adds_up_what_is_released(analyst: Client) -> None:
    _half_year({"3210012": 30, "3211012": 18, "1201012": 40})
    care = list(_cells(analyst.get(REGION, {"period": "2026-H1"}), "Usługi opiekuńcze").values())
    assert care[1].value == Decimal((30 + 18) * 500 * 6) / 60
    assert (care[0].mark, care[0].why) == (".", layouts().reasons["persons_once"].words["pl"])
    assert (care[2].mark, care[3].mark) == (".", "x")
    year = list(_cells(analyst.get(REGION, {"period": "2026"}), "Usługi opiekuńcze").values())
    assert (year[1].mark, year[1].why) == (".", layouts().reasons["incomplete"].words["pl"])


def test_what_is_hidden_of_a_region_stays_hidden_with_its_reason(analyst: Client) -> None:
    _half_year({"3210012": 3, "1201012": 40, "1202012": 30})
    page = analyst.get(REGION, {"period": "2026-H1"})
    benefits = list(_cells(page, "Usługi opiekuńcze").values())[1]
    assert (benefits.mark, benefits.value) == ("⋯", None)
    assert benefits.why.startswith("Ukryte")
    assert page.context["filled"].is_bare
    book = load_workbook(io.BytesIO(analyst.get(f"{REGION}file/", {"period": "2026-H1"}).content))
    assert next(book.worksheets[0].iter_rows(min_row=2, values_only=True))[3] == "⋯"
    reasons = [row for row in book.worksheets[1].iter_rows(values_only=True) if row[2] == "⋯"]
    assert [row[3] for row in reasons] == [benefits.why]


@pytest.mark.parametrize("form", ["mrips03", "ozps"])
def test_statements_do_not_grow(alfa: Tenant, director: Client, analyst: Client, form: str) -> None:
    released_country(SEPTEMBER, OCTOBER, places=("3210012", "3210022", "3211012"))
    with tenant_scope(alfa):
        contract = ContractFactory()
        accept([DecisionFactory(contract=contract)])
    question = {"form": form, "period": "2026"}

    def counted(client: Client, address: str) -> int:
        client.get(address, question)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address, question).status_code == 200
        return len(caught)

    before = counted(director, OWN), counted(analyst, REGION)
    with tenant_scope(alfa):
        for _ in range(6):
            other = ContractFactory()
            accept([DecisionFactory(contract=other), DecisionFactory(contract=other)])
    assert counted(director, OWN) == before[0]
    assert counted(analyst, REGION) == before[1]
    assert fill(layouts().forms[0], YEAR, lambda _known, _at: Decimal(1)).is_bare is False
