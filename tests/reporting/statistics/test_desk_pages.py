"""The desk's pages and files, and the public ones: every question is answered, from released cells alone."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook  # type: ignore[import-untyped]

from kernel.access import Actor
from reporting.statistics.actions.publishing import publish
from reporting.statistics.dictionary import dictionary
from reporting.statistics.models import ReleasedCell
from tenants.models import Tenant
from tests.factories.facts import care_told, fact_of, small_tenant
from tests.reporting.statistics.desk_world import AUGUST, OCTOBER, SEPTEMBER, released_country

pytestmark = pytest.mark.django_db
DESK = "/region/32/figures/"
OPEN = "/region/figures/"


@pytest.fixture
def analyst(sign_in: Callable[..., Client]) -> Client:
    return sign_in("regional_analyst", voivodeship="32")


@pytest.mark.parametrize("view", ["places", "time"])
@pytest.mark.parametrize("level", ["tenant", "county", "voivodeship"])
def test_every_indicator_is_answered_at_every_level(analyst: Client, level: str, view: str) -> None:
    released_country(AUGUST, SEPTEMBER, OCTOBER)
    for one in {one.code: one for one in dictionary().indicators}.values():
        page = analyst.get(DESK, {"indicator": one.code, "level": level, "view": view})
        assert page.status_code == 200, one.code
        assert page.context["asked"].indicator == one


def test_a_figure_of_few_stands_on_no_page_and_in_no_file(analyst: Client) -> None:
    tenants = released_country(SEPTEMBER, OCTOBER, few=4)
    few = tenants[1]
    secret = ("40:00", "36:00", "2400", "2160", "2 400")
    question = {"indicator": "care_hours_granted", "level": "tenant"}
    page = analyst.get(DESK, question).content.decode()
    assert "mniej niż 5 osób" in page and "powiat myśliborski" in page
    time = analyst.get(DESK, {**question, "view": "time", "place": str(few.pk)}).content.decode()
    alone = analyst.get(reverse("statistics:place", args=["32", few.pk])).content.decode()
    text = analyst.get(f"{DESK}file/csv/", question).content.decode("utf-8-sig")
    for shown in (page, time, alone, text):
        # Not within the keys of places, which hold any digits.
        assert not [one for one in secret if re.search(rf"(?<![0-9a-f-]){one}(?![0-9a-f-])", shown)]
    assert few.name in page and few.name in alone and few.name in text


def test_sorting_leaves_hidden_places_at_the_end(analyst: Client) -> None:
    released_country(OCTOBER)
    for sort in ("value", "-value", "name", "-name"):
        rows = analyst.get(DESK, {"indicator": "care_persons", "level": "tenant", "sort": sort}).context[
            "rows"
        ]
        assert [line.label for line in rows[-3:]] == ["Gmina 0", "Gmina 1", "Gmina 2"], sort
        assert {line.ranks for line in rows[:3]} == {"1", "2", "3"}
        assert {line.ranks for line in rows[3:]} == {""}


def test_files_say_what_the_page_says(analyst: Client) -> None:
    released_country(OCTOBER)
    question = {"indicator": "advice_no_show", "level": "tenant"}
    text = analyst.get(f"{DESK}file/csv/", question).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[0][1:3] == ["Miejsce", "Okres"]
    fourth = next(row for row in rows if row[1:2] == ["Gmina 3"])
    assert fourth[0].isdecimal() and len(fourth[0]) == 7, "the code of the register, not of our database"
    assert fourth[2:8] == ["2026-Q3", "25,00", "11", "44", "14,6", "39,4"]
    hidden = next(row for row in rows if row[1:2] == ["Gmina 1"])
    assert hidden[3:8] == [""] * 5 and "10 osób" in hidden[8] and hidden[9]
    book = load_workbook(io.BytesIO(analyst.get(f"{DESK}file/xlsx/", question).content))
    assert [sheet.title for sheet in book] == ["Dane", "O danych"]
    assert book.worksheets[0].max_row == 7
    assert "Definicja" in [row[0].value for row in book.worksheets[1]]
    pdf = analyst.get(f"{DESK}file/pdf/", question)
    assert pdf.content.startswith(b"%PDF") and "advice_no_show" in pdf["Content-Disposition"]
    assert analyst.get(f"{DESK}file/doc/", question).status_code == 404


def test_times_stand_in_hours_and_minutes_wherever_they_are_read(analyst: Client) -> None:
    tenants = released_country()
    for tenant in tenants:
        batch = care_told(tenant, OCTOBER, uslugi=30)
        fact_of(batch, "care_fulfilment", 45_030, denominator=60_030, persons=30)
    publish("month", OCTOBER, actor=Actor.system("tests"))
    question = {"indicator": "care_fulfilment", "level": "tenant"}
    page = analyst.get(DESK, question)
    assert page.context["terms"] == ["Czas wykonany [h]", "Czas przyznany [h]"]
    [line] = [one for one in page.context["rows"] if one.label == "Gmina 3"]
    assert (line.shown.numerator, line.shown.denominator) == ("750:30", "1\u202f000:30")
    address = reverse("statistics:place", args=["32", tenants[3].pk])
    assert "1\u202f000:30" in analyst.get(address, {"kind": "month"}).content.decode()
    book = load_workbook(io.BytesIO(analyst.get(f"{DESK}file/xlsx/", question).content)).worksheets[0]
    [told] = [row for row in book.iter_rows(min_row=2) if row[1].value == "Gmina 3"]
    assert [one.number_format for one in told[4:6]] == ["[h]:mm", "[h]:mm"]
    of_place = reverse("statistics:place_file", args=["32", tenants[3].pk, "xlsx"])
    rows = load_workbook(io.BytesIO(analyst.get(of_place, {"kind": "month"}).content)).worksheets[0]
    formats = {row[0].value: [row[one].number_format for one in (4, 6, 7)] for row in rows.iter_rows()}
    assert formats["care_hours_granted"][0] == "[h]:mm" != formats["care_persons"][0]
    assert formats["care_fulfilment"][1:] == ["[h]:mm", "[h]:mm"] != formats["care_fulfilment"][0]
    # Programs go on in minutes, and the head of the column says so.
    text = analyst.get(f"{DESK}file/csv/", question).content.decode("utf-8-sig")
    assert "czas przyznany [godziny (zapisane w minutach)]" in text and ";60030;" in text


def test_a_county_is_said_in_the_readers_language(analyst: Client) -> None:
    released_country(OCTOBER)
    question = {"indicator": "care_persons", "level": "county"}
    polish = [one.label for one in analyst.get(DESK, question).context["rows"]]
    assert any(one.startswith("powiat ") for one in polish)
    analyst.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = analyst.get(DESK, question)
    told = [one.label for one in english.context["rows"]]
    assert any(one.endswith(" county") for one in told) and not [one for one in told if "powiat" in one]
    assert "powiat" not in re.sub(r"<option.*?</option>", "", english.content.decode())


@pytest.mark.parametrize(
    "question",
    [
        {"indicator": "x", "period": "2026-13", "level": "y", "sort": "z", "part": "%00", "kind": "week"},
        {"view": "time", "place": "\x00", "beside": "99"},
        {"period": "0001"},
        {"voivodeship": ""},
    ],
)
def test_whatever_is_asked_is_answered(analyst: Client, client: Client, question: dict[str, str]) -> None:
    released_country(OCTOBER)
    assert analyst.get(DESK, question).status_code == 200
    assert client.get(OPEN, question).status_code == 200


def test_what_cannot_be_shown_is_said_with_what_is_shown(analyst: Client, client: Client) -> None:
    tenants = released_country(OCTOBER)
    place = reverse("statistics:place", args=["32", tenants[3].pk])
    said = "W adresie jest „{}”, czego nie da się tu pokazać. Widzisz: {}. Wybierz spośród tego, co proponuje strona."
    for reader, page in ((analyst, DESK), (client, OPEN), (analyst, place)):
        shown = reader.get(page, {"period": "2019-13", "kind": "month"}).content.decode()
        assert said.format("2019-13", "październik 2026") in shown, page
        assert "nie da się" not in reader.get(page, {"period": "2026-10", "kind": "month"}).content.decode()
    assert said.format("zzz", "")[:40] in analyst.get(DESK, {"indicator": "zzz"}).content.decode()
    lost = analyst.get(DESK, {"view": "time", "place": "99"}).content.decode()
    assert "W adresie jest „99”" in lost
    # A file of another period than is asked for would be taken for the right one.
    of_place = reverse("statistics:place_file", args=["32", tenants[3].pk, "csv"])
    for file in (f"{DESK}file/csv/", f"{OPEN}file/csv/", of_place):
        assert analyst.get(file, {"kind": "month", "period": "2026-10"}).status_code == 200, file
        assert analyst.get(file, {"kind": "month", "period": "2019-10"}).status_code == 404, file


def test_a_change_of_kind_keeps_to_the_time_that_was_looked_at(analyst: Client) -> None:
    released_country(AUGUST, SEPTEMBER, OCTOBER)
    asked = analyst.get(DESK, {"indicator": "care_persons", "kind": "month", "period": "2026-Q3"})
    assert str(asked.context["asked"].span) == "2026-09"
    assert "nie da się tu pokazać" not in asked.content.decode()


def test_an_analyst_sees_tenants_of_her_own_voivodeship_only(analyst: Client) -> None:
    tenants = released_country(OCTOBER)
    other = tenants[-1]
    assert analyst.get(reverse("statistics:place", args=["32", tenants[3].pk])).status_code == 200
    assert analyst.get(reverse("statistics:place", args=["32", other.pk])).status_code == 404
    assert analyst.get("/region/12/figures/").status_code == 404
    page = analyst.get(DESK, {"view": "time", "place": str(other.pk)})
    assert page.context["asked"].place == "32"
    assert other.name not in page.content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_a_tenants_page_can_be_taken_along(analyst: Client, form: str) -> None:
    tenants = released_country(OCTOBER)
    address = reverse("statistics:place", args=["32", tenants[3].pk])
    page = analyst.get(address, {"kind": "month"})
    [link] = [one for name, one in page.context["files"] if name == form.upper()]
    assert link.replace("&", "&amp;") in page.content.decode()
    told = analyst.get(link)
    assert told.status_code == 200
    assert f"gmina-3-2026-10.{form}" in told["Content-Disposition"]
    if form == "csv":
        rows = [line.split(";") for line in told.content.decode("utf-8-sig").splitlines()]
        assert {row[4] for row in rows if row[0] == "care_persons"} == {"29"}
        # Few persons stay hidden in the file, with the reason.
        few = analyst.get(reverse("statistics:place_file", args=["32", tenants[1].pk, "csv"])).content
        hidden = [
            line.split(";")
            for line in few.decode("utf-8-sig").splitlines()
            if line.startswith("care_persons")
        ]
        assert all(row[4] == "" and "5 osób" in row[8] for row in hidden)
    assert analyst.get(reverse("statistics:place_file", args=["32", tenants[-1].pk, form])).status_code == 404
    assert analyst.get(reverse("statistics:place_file", args=["32", tenants[3].pk, "doc"])).status_code == 404


@pytest.mark.parametrize("few", [3, 43])
def test_a_county_of_one_tenant_is_public_under_the_rule_for_every_cell(client: Client, few: int) -> None:
    """A city with county rights: its county's sum is its own figure, shown or hidden as its own cell is."""
    places = ("3210012", "3262011", "3210022", "3211012", "3211022", "3212012", "3212022")
    city = released_country(OCTOBER, few=few, places=places)[1]
    own = ReleasedCell.objects.care().get(place=str(city.pk))
    question = {"indicator": "care_persons", "level": "county", "voivodeship": "32"}
    page = client.get(OPEN, question)
    assert (
        "jak w każdym mieście na prawach powiatu, suma powiatu jest jego własną liczbą"
        in page.content.decode()
    )
    [row] = [line.one.row for line in page.context["rows"] if line.one.row.place == "3262"]
    answer = client.get("/region/api/v1/figures/", {"indicator": "care_persons", "level": "county"}).json()
    [told] = [one for one in answer["figures"] if one["place"] == "3262"]
    if few < 5:
        assert own.hidden and row.only.is_hidden and told["missing"] == "persons"
        assert row.only.numerator is None and told["value"] is None and told["numerator"] is None
    else:
        assert own.figures["care_persons"][1] == str(row.only.numerator) == told["numerator"] == str(few)
    # What is hidden does not come out as the voivodeship less what is shown of its other counties.
    hidden = [line for line in page.context["rows"] if line.one.row.only.is_hidden]
    assert len(hidden) != 1
    assert city.name not in page.content.decode() and str(city.pk) not in str(answer)


def test_everybody_reads_sums_and_no_tenant_by_name(client: Client) -> None:
    tenants = released_country(OCTOBER)
    for question in (
        {"level": "tenant", "voivodeship": "32"},
        {"view": "time", "place": str(tenants[3].pk)},
        {"indicator": "care_persons", "level": "county", "voivodeship": "32"},
    ):
        page = client.get(OPEN, question)
        assert page.status_code == 200
        assert page.context["asked"].level in ("county", "voivodeship")
        assert page.context["asked"].place in ("32", "PL")
        levels = {row.level for row in page.context["table"].rows}
        assert levels and levels <= {"county", "voivodeship", "country"}
        text = page.content.decode()
        assert not [one for one in tenants if one.name in text]
    counties = client.get(OPEN, {"indicator": "care_persons", "level": "county", "voivodeship": "32"})
    assert len(counties.context["rows"]) == 3
    assert client.get(OPEN, {"voivodeship": "99"}).status_code == 404
    assert client.get(f"{OPEN}file/csv/", {"indicator": "care_persons"}).status_code == 200


@pytest.mark.parametrize("language", ["pl", "en"])
def test_pages_without_anything_released_say_so(analyst: Client, client: Client, language: str) -> None:
    analyst.cookies["django_language"] = client.cookies["django_language"] = language
    for page in (analyst.get(DESK), client.get(OPEN), analyst.get(DESK, {"view": "time"})):
        assert page.status_code == 200
        assert page.context["asked"].span is None
    assert analyst.get(f"{DESK}file/csv/").status_code == 404


@pytest.mark.parametrize("view", ["places", "time"])
def test_statements_of_pages_do_not_grow(
    analyst: Client, view: str, django_assert_max_num_queries: Any
) -> None:
    released_country(OCTOBER)
    question = {"indicator": "care_persons", "level": "tenant", "view": view}
    analyst.get(DESK, question)
    with django_assert_max_num_queries(30) as few:
        analyst.get(DESK, question)
    cells = list(ReleasedCell.objects.care().filter(level="tenant", voivodeship="32").order_by("place"))
    for number in range(40):
        cell = cells[number % 4]
        tenant: Tenant = small_tenant(500 + number, f"32{10 + number % 3}{20 + number:02d}2")
        cell.pk, cell.place = None, str(tenant.pk)
        ReleasedCell.objects.create(
            **{
                field.attname: getattr(cell, field.attname)
                for field in ReleasedCell._meta.concrete_fields
                if field.name != "id"
            }
        )
    with django_assert_max_num_queries(len(few)):
        page = analyst.get(DESK, question)
    if view == "places":
        assert len(page.context["rows"]) == 46
