"""Charts are well-formed, need no inline style, hide what is hidden, and carry their table."""

import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.utils import translation

from ui.charts import (
    HEAT_STATES,
    HIDDEN,
    Chart,
    RegionValue,
    Series,
    Tile,
    Unit,
    bar_cell,
    bar_pair,
    choropleth,
    heat_cell,
    heat_legend,
    line_chart,
    sparkline,
    tile_map,
)
from ui.charts.parts import scale_of

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert(\"x\")</script> & 'ł'"


def parse(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - our own output


def lines(**changes: object) -> Chart:
    given: dict[str, object] = {
        "title": "Godziny",
        "description": "Opis",
        "head": "Miesiąc",
        "labels": ["01.2026", "02.2026", "03.2026", "04.2026"],
        "series": [Series("wykonano", [600, HIDDEN, None, 90], ["/a", "/b", None, "/d"])],
        "unit": Unit.MINUTES,
    }
    return line_chart(**(given | changes))  # type: ignore[arg-type]


def bars() -> Chart:
    return bar_pair(
        title="Przyznano i wykonano",
        description=NASTY,
        head="Gmina",
        labels=["A", NASTY, "C"],
        granted=Series("przyznano", [600, 300, HIDDEN]),
        delivered=Series("wykonano", [540, 360, HIDDEN], ["/a"]),
    )


def map_of(values: dict[str, RegionValue]) -> Chart:
    return choropleth(title="Mapa", description="Opis", column="realizacja", values=values, unit=Unit.PERCENT)


ALL = [
    lines().svg,
    lines(title=NASTY, labels=[NASTY, "b", "c", "d"]).svg,
    bars().svg,
    map_of({"32": RegionValue(Decimal("95.8"), "/region/32"), "18": RegionValue(HIDDEN)}).svg,
    sparkline([1, None, 3], NASTY),
    sparkline([], "nic"),
    bar_cell(600, 660, 1200, NASTY),
]


def test_a_shade_means_the_same_in_pictures_of_one_page() -> None:
    ninety = RegionValue(Decimal("92.3"))
    country = {"32": ninety, "28": RegionValue(Decimal("87.3"))}
    tiles = {
        "title": "Powiaty", "description": "Opis", "head": "Powiat", "column": "realizacja", "unit": Unit.PERCENT,
        "tiles": [Tile("myśliborski", "powiat myśliborski", ninety)],
    }  # fmt: skip
    map_shown = map_of(country)
    assert 'class="region region-2"' in map_shown.svg
    beside = tile_map(**tiles, beside=[one.value for one in country.values()])  # type: ignore[arg-type]
    assert "region-2" in beside.svg and "region-1" not in beside.svg
    # The map has places without a figure, too.
    assert str(map_shown.legend).startswith(str(beside.legend).removesuffix("</ul>"))
    # By itself one place has one shade.
    assert "region-1" in tile_map(**tiles).svg  # type: ignore[arg-type]


@pytest.mark.parametrize("svg", ALL)
def test_pictures_are_well_formed_named_and_free_of_inline_code(svg: str) -> None:
    root = parse(svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") in ("img", "group")
    if named_by := root.get("aria-labelledby"):
        names = [element.text for element in root.iter() if element.get("id") == named_by]
        assert names
        assert names[0]
    else:
        assert root.get("aria-label")
    for element in root.iter():
        assert element.tag != f"{SVG}script"
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("chart", [lines(), bars(), map_of({"02": RegionValue(HIDDEN)})])
def test_tables_and_legends_are_well_formed(chart: Chart) -> None:
    parse(f"<table>{chart.table}</table>")
    parse(chart.legend)


def test_the_table_says_what_the_picture_says() -> None:
    rows = parse(f"<table>{lines().table}</table>").findall("tbody/tr")
    assert ["".join(row.itertext()) for row in rows] == [
        "01.202610:00",
        "02.2026⋯",
        "03.2026–",
        "04.20261:30",
    ]
    assert [link.get("href") for link in rows[0].iter("a")] == ["/a"]


def test_a_hidden_value_appears_nowhere() -> None:
    with translation.override("pl"):
        chart = lines()
    root = parse(chart.svg)
    marks = [element for element in root.iter() if element.get("class") == "dot"]
    assert len(marks) == 2
    assert len([element for element in root.iter() if element.get("class") == "band-hidden"]) == 1
    assert "ukryte" in chart.legend
    # The line is broken where a value is missing or hidden: two runs, each begun anew.
    line = next(element for element in root.iter() if element.get("class") == "line")
    assert (line.get("d") or "").count("M") == 2


def test_a_hidden_value_leads_nowhere() -> None:
    assert "/b" not in lines().svg
    assert "/b" not in lines().table


def test_more_than_granted_has_its_own_mark() -> None:
    classes = [element.get("class") for element in parse(bars().svg).iter()]
    assert classes.count("bar-over") == 1
    assert classes.count("over-mark") == 1
    assert classes.count("bar-granted") == 2


def test_a_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="one value for each label"):
        lines(labels=["01.2026"])


def test_the_map_knows_sixteen_voivodeships_and_refuses_others() -> None:
    chart = map_of({"32": RegionValue(Decimal(50))})
    root = parse(chart.svg)
    regions = [
        element for element in root.iter() if (element.get("class") or "").startswith("region region-")
    ]
    assert len(regions) == 16
    names = re.findall(r'<th scope="row">([^<]+)</th>', chart.table)
    assert len(names) == 16
    assert names[0] == "dolnośląskie"
    assert names.index("łódzkie") == names.index("lubuskie") + 1
    assert names[-1] == "zachodniopomorskie"
    with pytest.raises(KeyError):
        map_of({"33": RegionValue(None)})


def test_shades_of_the_map_follow_the_figures() -> None:
    values = {code: RegionValue(Decimal(value)) for code, value in (("02", 60), ("04", 75), ("06", 100))}
    root = parse(map_of(values).svg)
    kinds = {
        (element.get("d") or "")[:20]: element.get("class")
        for element in root.iter()
        if (element.get("class") or "").startswith("region region-")
    }
    shades = sorted(kind for kind in kinds.values() if kind and kind[-1].isdigit())
    assert shades == ["region region-1", "region region-2", "region region-5"]


def test_scales_are_round_and_reach_the_highest() -> None:
    assert scale_of(0, Unit.COUNT) == [0, 1]
    assert scale_of(7, Unit.COUNT) == [0, 2, 4, 6, 8]
    assert scale_of(74_400, Unit.MINUTES) == [0, 30_000, 60_000, 90_000]
    assert scale_of(95.8, Unit.PERCENT) == [0, 50, 100]


@pytest.mark.parametrize("state", HEAT_STATES)
def test_heat_cells_say_their_state_in_words(state: str) -> None:
    linked = parse(heat_cell(state, NASTY, href="/day?a=1&b=2", refused=True, off=True))
    link = linked.find("a")
    assert link is not None
    assert link.get("aria-label") == NASTY
    assert link.get("href") == "/day?a=1&b=2"
    assert linked.get("class") == f"heat heat-{state} heat-refused heat-off"
    plain = parse(heat_cell(state, NASTY))
    assert plain.find("a") is None
    assert NASTY in ["".join(plain.itertext()), *(element.get("aria-label") for element in plain)]


def test_an_unknown_state_of_a_heat_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="sunny"):
        heat_cell("sunny", "x")


def test_the_heat_legend_names_every_mark_in_polish() -> None:
    with translation.override("pl"):
        items = parse(heat_legend()).findall("li")
    assert len(items) == len(HEAT_STATES)  # "none" has no mark, "refused" has one of its own
    assert "".join(items[1].itertext()) == "wykonane"
