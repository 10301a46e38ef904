"""A map of Poland's sixteen voivodeships, shaded by one figure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
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

_GEOMETRY = Path(__file__).resolve().parent.parent / "map" / "voivodeships.json"
_STEPS = 5


@dataclass(frozen=True)
class RegionValue:
    """The figure of one voivodeship (`HIDDEN` where withheld, None where nothing was reported) and its page."""

    value: Value
    href: str | None = None


def choropleth(
    *, title: str, description: str, column: str, values: Mapping[str, RegionValue], unit: Unit
) -> Chart:
    """The map: keys are two-digit TERC codes; voivodeships without a value are grey, hidden ones hatched.

    `column` names the figure in the legend and the table. Raises KeyError for a code that is no voivodeship.
    """
    geometry = _geometry()
    regions: dict[str, dict[str, Any]] = geometry["regions"]
    for code in values:
        regions[code]
    shown = {code: values.get(code, RegionValue(None)) for code in regions}
    bounds = _bounds([item.value for item in shown.values()], unit)
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
        legend_of(_legend(shown, bounds, unit)),
        table_of(gettext("Voivodeship"), names, [row], unit),
    )


def _region(
    anchor: str, region: Mapping[str, Any], item: RegionValue, bounds: Sequence[Number], unit: Unit
) -> SafeString:
    kind = _kind(item.value, bounds)
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
        class_=f"region-label region-label-{_kind(item.value, bounds)}",
        aria_hidden="true",
    )


def _bounds(values: Sequence[Value], unit: Unit) -> list[Number]:
    """Lower bounds of the steps of shade, ascending: equal steps between round ends; at most five."""
    known = [float(value) for value in values if value is not None and not isinstance(value, Hidden)]
    if not known:
        return []
    grain = unit.step * (5 if unit is Unit.PERCENT else 1)
    low = int(min(known) // grain * grain)
    span = max(known) - low
    step = max(-(-span // (_STEPS * grain)) * grain, grain)
    return [
        low + int(step) * index for index in range(_STEPS) if index == 0 or low + step * index <= max(known)
    ]


def _kind(value: Value, bounds: Sequence[Number]) -> str:
    if value is None:
        return "absent"
    if isinstance(value, Hidden):
        return "hidden"
    return str(sum(1 for bound in bounds if Decimal(str(value)) >= Decimal(str(bound))))


def _legend(shown: Mapping[str, RegionValue], bounds: Sequence[Number], unit: Unit) -> list[tuple[str, str]]:
    entries = []
    for index, bound in enumerate(bounds):
        words = unit.write_tick(float(bound))
        last = index == len(bounds) - 1
        entries.append(
            (
                f"region-{index + 1}",
                gettext("%(value)s and more") % {"value": words}
                if last
                else gettext("from %(low)s to below %(high)s")
                % {"low": words, "high": unit.write_tick(float(bounds[index + 1]))},
            )
        )
    if any(item.value is HIDDEN for item in shown.values()):
        entries.append(("hidden", gettext("hidden: fewer than 5 persons")))
    if any(item.value is None for item in shown.values()):
        entries.append(("region-absent", gettext("no figure")))
    return entries


def _polish_order(name: str) -> list[int]:
    alphabet = "aąbcćdeęfghijklłmnńoóprsśtuwyzźż"
    return [alphabet.find(letter) for letter in name]


@lru_cache(maxsize=1)
def _geometry() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_GEOMETRY.read_text(encoding="utf-8"))
    return loaded
