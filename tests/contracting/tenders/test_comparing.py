"""The comparison after the scoring: ranking, sorting, weights tried out, cells, pairs, exports, and its cost."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from contracting.tenders.models import Score, Seat
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld
from tests.contracting.tenders.outcomes_world import build_scored, page
from tests.factories.judging import pass_form, score
from tests.factories.people import OrganisationFactory
from tests.factories.tenders import opened_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    return build_scored(alfa)


def test_the_matrix_has_averages_ranks_and_the_spread(world: JudgingWorld) -> None:
    html = page(world, world.url("compare"))
    rows = re.findall(r"<tr[^>]* data-row>(.*?)</tr>", html, re.S)
    shown = [
        (
            re.findall(r'class="num rank">(\S+)<', row)[0],
            re.findall(r"Fundacja Jodła (\d)", row)[0],
            re.findall(r"<b>([\d,]+)</b>", row)[0],
        )
        for row in rows
    ]
    # 40/40×40 + 17/20×35 + 26/3/10×25; 40/42×40 + 12/20×35 + 7/10×25; 40/44×40 + 15/20×35 + 19/3/10×25
    assert shown == [("1", "1", "91,42"), ("2", "3", "78,45"), ("3", "2", "76,60")]
    assert html.count("is-wide") == 2
    assert "Fundacja Jodła 4" in html.split("Nieporównywane")[1]
    assert "Zmiana żadnej z wag o 5 punktów tego nie zmienia" in html


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("rank", "132"), ("-rank", "231"), ("number", "123"), ("-number", "321"), ("c1", "321"), ("-c2", "132"),
        ("c3", "321"), ("-spread", "321"), ("total", "231"), ("bidder", "123"), ("price", "123"), ("c9", "132"), ("zzz", "132"),
    ],
)  # fmt: skip
def test_every_column_sorts(world: JudgingWorld, sort: str, order: str) -> None:
    html = page(world, world.url("compare") + f"?sort={sort}")
    assert "".join(re.findall(r"data-row>.*?Fundacja Jodła (\d)", html, re.S)) == order


def test_members_points_show_on_demand(world: JudgingWorld) -> None:
    assert "18 · 17 · 16" not in page(world, world.url("compare"))
    assert "18 · 17 · 16" in page(world, world.url("compare") + "?marks=1")


def test_weights_are_tried_out_and_change_nothing(world: JudgingWorld) -> None:
    html = page(world, world.url("compare") + "?w1=100&w2=0&w3=0")
    assert "wagi próbne" in html
    assert "".join(re.findall(r"data-row>.*?Fundacja Jodła (\d)", html, re.S)) == "123"
    assert "100,00" in html
    html = page(world, world.url("compare") + "?w1=40&w2=35&w3=25")
    assert "wagi próbne" not in html
    for junk in ("?w1=-5", "?w1=abc", "?w1=99999999999", "?w1=0&w2=0&w3=0", "?lot=77", "?lot=x"):
        page(world, world.url("compare") + junk)
    with tenant_scope(world.tenant):
        assert list(world.call.criteria.values_list("weight", flat=True)) == [40, 35, 25]


def test_a_cell_shows_points_reasons_and_the_passage_of_the_offer(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        criterion = world.call.criteria.get(position=2)
    address = world.url("offers", world.offers[0], "points", criterion)
    html = page(world, address)
    for expected in (
        "Powód członka 1",
        "Członek 3",
        "17,00",
        "organisation Fundacja Jodła 1: opis koncepcji",
    ):
        assert expected in html
    fragment = world.client(world.people[0]).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Powód członka 1" in fragment


def test_two_offers_stand_side_by_side(world: JudgingWorld) -> None:
    first, second, _third, failed = world.offers
    html = page(world, world.url("compare/two") + f"?offer={first.pk}&offer={second.pk}")
    assert html.count("opis koncepcji") >= 2
    assert "91,42" in html
    assert "76,60" in html
    client = world.client(world.people[0])
    for query in ("", f"?offer={first.pk}", f"?offer={first.pk}&offer={failed.pk}", "?offer=x&offer=y"):
        assert client.get(world.url("compare/two") + query).url == world.url("compare")


def test_exports_hold_all_scores_and_run_nothing(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        Score.objects.filter(points=18).update(reason="=CMD|' /C calc'!A0")
        world.organisations[0].__class__.objects.filter(pk=world.organisations[0].pk).update(name="+Fundacja")
    client = world.client(world.people[0])
    text = client.get(world.url("compare/csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert rows[1][1:4] == ["1", "1", "'+Fundacja"]
    head = {title: place for place, title in enumerate(rows[0])}
    assert rows[1][head["Koncepcja usługi: Członek 2"]] == "17,00"
    assert rows[1][head["Punkty na 100"]] == "91,42"
    assert len(rows) == 4
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(world.url("compare/xlsx")).content))
    offers, reasons = (book.get_sheet_by_index(place).to_python() for place in (0, 1))
    assert offers[1][head["Koncepcja usługi: Członek 2"]] == 17
    assert len(reasons) == 1 + 18
    assert "'=CMD|' /C calc'!A0" in {row[6] for row in reasons}
    assert not any(str(cell)[:1] in "=+@" and str(cell) for row in [*rows, *offers, *reasons] for cell in row)


def test_the_comparison_costs_the_same_for_any_number_of_offers(world: JudgingWorld) -> None:
    client = world.client(world.people[0])

    def cost(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    addresses = [world.url("compare"), world.url("opinion"), world.url("compare/csv")]
    before = [cost(address) for address in addresses]
    with tenant_scope(world.tenant):
        for place in range(5):
            offer = opened_offer(world.call, OrganisationFactory(name=f"Kolejna {place}"))
            pass_form(world.call)
            for seat in Seat.objects.all():
                seat.declarations.create(offer=offer, impartial=True)
                score(seat, offer)
    assert [cost(address) for address in addresses] == before
    assert max(before) <= 26


def test_tried_weights_and_thresholds_speak_of_one_percentage(world: JudgingWorld) -> None:
    html = page(world, world.url("compare") + "?w1=87.5&w2=7.2917&w3=5.2083")
    (slider,) = re.findall(r'id="w1" name="w1" value="([^"]*)"><output[^>]*>([^<]*)<', html)
    assert slider == ("87.5", "87,5 %")
    assert "87,5 %, maks." in html.replace("\xa0", " ")
    # Weights that do not sum to 100 are shown as what they count: percent of all.
    html = page(world, world.url("compare") + "?w1=90&w2=35&w3=25")
    (slider,) = re.findall(r'id="w1" name="w1" value="([^"]*)"><output[^>]*>([^<]*)<', html)
    assert slider == ("60", "60 %") and "60 %, maks." in html.replace("\xa0", " ")
    with tenant_scope(world.tenant):
        # The cheapest offer is weak now, so who wins depends on what the price weighs.
        Score.objects.filter(offer=world.offers[0]).update(points=3)
    thresholds = re.findall(r"[≤≥] [^<]*", page(world, world.url("compare")))
    assert thresholds and all(re.fullmatch(r"[≤≥] \d+(,\d)? %\s*", one) for one in thresholds), thresholds
