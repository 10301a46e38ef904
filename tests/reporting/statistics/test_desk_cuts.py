"""Cuts through released figures: sums of periods, what is hidden and why, and statements that do not grow."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reporting.statistics.actions.publishing import publish
from reporting.statistics.desk.cuts import Cut, Level, kinds_of, newest_version, read_cut, released_spans
from reporting.statistics.desk.places import read_place
from reporting.statistics.desk.spans import Kind, Span
from reporting.statistics.models import Fact, ReleasedCell
from tests.factories.facts import care_told, small_tenant
from tests.reporting.statistics.desk_world import (
    ACTOR,
    AUGUST,
    JULY,
    OCTOBER,
    SEPTEMBER,
    THIRD_QUARTER,
    released_country,
)

pytestmark = pytest.mark.django_db
IN_OCTOBER = (Span.parse("2026-10"),)
IN_THE_QUARTER = (Span.parse("2026-Q3"),)


def test_a_cut_shows_what_is_released_and_says_of_the_rest_why() -> None:
    tenants = released_country(OCTOBER)
    table = read_cut(Cut("care_hours_delivered", IN_OCTOBER, Level.TENANT, within="32"))
    assert [row.label for row in table.rows] == [f"Gmina {number}" for number in range(6)]
    fourth, few = table.rows[3].only, table.rows[1].only
    assert fourth and (fourth.value, fourth.is_hidden) == (Decimal(29 * 540), False)
    assert few and few.is_hidden and few.value is None and few.numerator is None
    assert few.shown_in == "powiat myśliborski"
    assert table.figure(str(tenants[3].pk), IN_OCTOBER[0]) == fourth
    assert table.released_at is not None


def test_every_level_adds_up_to_the_next() -> None:
    released_country(OCTOBER)
    whole = read_cut(Cut("care_persons", IN_OCTOBER, places=("PL",))).rows[0].only
    parts = read_cut(Cut("care_persons", IN_OCTOBER, Level.VOIVODESHIP)).rows
    assert whole and whole.value == sum(row.only.value for row in parts if row.only and row.only.value)
    assert [row.place for row in parts] == ["12", "32"]


def test_a_quarter_of_months_is_the_sum_of_shown_ones_and_nothing_more() -> None:
    tenants = released_country(JULY, AUGUST, SEPTEMBER)
    table = read_cut(Cut("care_hours_granted", IN_THE_QUARTER, Level.TENANT, within="32"))
    shown = table.figure(str(tenants[3].pk), IN_THE_QUARTER[0])
    hidden = table.figure(str(tenants[1].pk), IN_THE_QUARTER[0])
    assert shown and shown.value == 3 * 29 * 600
    assert hidden and hidden.is_hidden and hidden.why == "parts" and hidden.numerator is None


def test_a_year_of_which_months_are_missing_has_no_figure() -> None:
    tenants = released_country(JULY, AUGUST)
    figure = read_cut(Cut("care_hours_granted", (Span.parse("2026"),), Level.TENANT)).figure(
        str(tenants[3].pk), Span.parse("2026")
    )
    assert figure and figure.why == "incomplete" and figure.value is None and not figure.is_hidden
    assert released_spans(newest_version("care_hours_granted"), Kind.YEAR) == ()


def test_zero_is_a_figure_and_nothing_told_is_none() -> None:
    tenants = released_country(OCTOBER)
    table = read_cut(Cut("annulled_calls", IN_THE_QUARTER, Level.TENANT, within="32"))
    zero = table.figure(str(tenants[0].pk), IN_THE_QUARTER[0])
    assert zero and zero.is_shown and zero.value == 0 and not zero.is_hidden
    assert read_cut(Cut("single_offer_calls", IN_THE_QUARTER, Level.TENANT)).rows[0].only is None


def test_what_is_not_additive_is_asked_in_its_own_periods_only() -> None:
    assert kinds_of(newest_version("care_persons")) == (Kind.MONTH,)
    assert kinds_of(newest_version("care_fulfilment")) == (Kind.MONTH, Kind.QUARTER, Kind.YEAR)
    assert kinds_of(newest_version("advice")) == (Kind.QUARTER, Kind.YEAR)
    with pytest.raises(KeyError):
        read_cut(Cut("nonsense", IN_OCTOBER, Level.TENANT))


@pytest.mark.parametrize("text", ["2026-13", "2026-Q5", "26", "x", "", "0001", "9999-12", "2026-Q", "2026-1"])
def test_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Span.parse(text)


@pytest.mark.parametrize("text", ["2026-10", "2026-Q3", "2026", "2025-12"])
def test_a_period_reads_as_it_is_written(text: str) -> None:
    span = Span.parse(text)
    assert str(span) == text
    assert span.previous().next() == span
    assert len(span.parts("month")) == {"month": 1, "quarter": 3, "year": 12}[span.kind]
    assert [str(one) for one in span.last_ones(3)][-1] == text


def test_all_of_a_place_in_a_quarter() -> None:
    tenants = released_country(OCTOBER)
    span = Span(THIRD_QUARTER, Kind.QUARTER)
    lines = {
        line.indicator.code: line.figure
        for topic in read_place(str(tenants[1].pk), span, voivodeship="32")
        for line in topic.lines
        if line.part == "*"
    }
    assert lines["advice"].is_hidden and lines["advice_no_show"].is_hidden
    assert lines["annulled_calls"].value == 10
    assert lines["advice"].shown_in


def test_cuts_read_released_cells_alone(django_assert_max_num_queries: Any) -> None:
    released_country(OCTOBER)
    cut = Cut("care_persons", IN_OCTOBER, Level.TENANT, within="32")
    before = read_cut(cut)
    ReleasedCell.objects.current().filter(place="3211").update(current=False)
    Fact.objects.update(numerator=1)
    with django_assert_max_num_queries(3):
        assert read_cut(cut) == before
    counties = read_cut(Cut("care_persons", IN_OCTOBER, Level.COUNTY, within="32")).rows
    assert {row.place for row in counties} == {"3210", "3212"}


def test_statements_do_not_grow_with_places_and_periods(django_assert_max_num_queries: Any) -> None:
    released_country(OCTOBER, places=("3210012", "3210022"))
    with django_assert_max_num_queries(3):
        read_cut(Cut("care_persons", IN_OCTOBER, Level.TENANT))
    many = tuple(f"32{county:02d}{commune:02d}2" for county in range(20, 24) for commune in range(1, 9))
    ReleasedCell.objects.update(current=False)
    for number, place in enumerate(many):
        tenant = small_tenant(100 + number, place)
        for month in (SEPTEMBER, OCTOBER):
            care_told(tenant, month, uslugi=9 + number)
    for month in (SEPTEMBER, OCTOBER):
        publish("month", month, actor=ACTOR)
    with django_assert_max_num_queries(3):
        table = read_cut(Cut("care_persons", Span.parse("2026-10").last_ones(2), Level.TENANT))
    assert len(table.rows) >= 32
    assert date(2026, 9, 1) == table.cut.spans[0].first
