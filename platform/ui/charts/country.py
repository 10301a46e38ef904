"""A map of Poland's sixteen voivodeships, shaded by one figure."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ui.charts.parts import (
    HIDDEN,
    Chart,
    Hidden,
    Number,
    Series,
    Unit,
    Value,
    anchor_of,
    element,
    hatch,
    legend_of,
    linked_mark,
    picture,
    spoken,
    table_of,
)
from ui.charts.shading import RegionValue, bounds_of, entries_of, kind_of

_GEOMETRY = Path(__file__).resolve().parent.parent / "map" / "voivodeships.json"


def choropleth(
    *,
    title: str,
    description: str,
    column: str,
    values: Mapping[str, RegionValue],
    unit: Unit,
    beside: Sequence[Value] = (),
) -> Chart:
    """The map: keys are two-digit TERC codes; voivodeships without a value are grey, hidden ones hatched.

    `column` names the figure in the legend and the table; `beside` are the values of a picture on the same page, in
    which a shade shall mean the same. Raises KeyError for a code that is no voivodeship.
    """
    geometry = _geometry()
    regions: dict[str, dict[str, Any]] = geometry["regions"]
    for code in values:
        regions[code]
    shown = {code: values.get(code, RegionValue(None)) for code in regions}
    bounds = bounds_of([*(item.value for item in shown.values()), *beside], unit)
    anchor = anchor_of("map", title)
    svg = picture(
        "map",
        title,
        description,
        (geometry["width"], geometry["height"]),
        hatch(anchor, "hidden"),
        *(_region(anchor, regions[code], item, bounds, unit) for code, item in shown.items()),
        *(_label(regions[code], item, bounds, unit) for code, item in shown.items()),
        linked=any(item.href for item in shown.values()),
    )
    codes = sorted(shown, key=lambda code: _polish_order(regions[code]["name"]))
    row = Series(column, [shown[code].value for code in codes], [shown[code].href for code in codes])
    names = [str(regions[code]["name"]) for code in codes]
    return Chart(
        svg,
        legend_of(entries_of([item.value for item in shown.values()], bounds, unit)),
        table_of(gettext("Voivodeship"), names, [row], unit),
    )


def _region(
    anchor: str, region: Mapping[str, Any], item: RegionValue, bounds: Sequence[Number], unit: Unit
) -> SafeString:
    kind = kind_of(item.value, bounds)
    words = f"{region['name']}: {spoken(item.value, unit)}"
    shape = element("path", d=region["path"], class_=f"region region-{kind}")
    if item.value is HIDDEN:
        shape += element("path", d=region["path"], class_="region-hatch", fill=f"url(#{anchor}-hatch)")
    return linked_mark(item.href, words, shape)


def _label(region: Mapping[str, Any], item: RegionValue, bounds: Sequence[Number], unit: Unit) -> SafeString:
    if item.value is None:
        return SafeString("")
    x, y = region["label"]
    written = (
        unit.write_tick(float(item.value))
        if unit is Unit.MINUTES and not isinstance(item.value, Hidden)
        else unit.write(item.value)
    )
    return element(
        "text",
        written,
        x=x,
        y=y + 5,
        text_anchor="middle",
        class_=f"region-label region-label-{kind_of(item.value, bounds)}",
        aria_hidden="true",
    )


def _polish_order(name: str) -> list[int]:
    alphabet = "aąbcćdeęfghijklłmnńoóprsśtuwyzźż"
    return [alphabet.find(letter) for letter in name]


@lru_cache(maxsize=1)
def _geometry() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_GEOMETRY.read_text(encoding="utf-8"))
    return loaded
