"""Places of one size side by side, shaded by one figure: a map where small places are not lost beside large ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from ui.charts.parts import (
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

_COLUMNS, _WIDTH, _HEIGHT, _GAP = 4, 176, 62, 4
_NAME_LENGTH = 19


@dataclass(frozen=True)
class Tile:
    """One place: its short name in the picture, the whole one elsewhere, and its figure."""

    short: str
    name: str
    value: RegionValue


def tile_map(
    *,
    title: str,
    description: str,
    head: str,
    column: str,
    tiles: Sequence[Tile],
    unit: Unit,
    beside: Sequence[Value] = (),
) -> Chart:
    """Tiles in rows of four in the order given; hidden ones are hatched, those without a figure grey.

    `head` names the places in the table beside it, `column` the figure; `beside` are the values of a picture on the
    same page, in which a shade shall mean the same.
    """
    bounds = bounds_of([*(tile.value.value for tile in tiles), *beside], unit)
    anchor = anchor_of("tiles", title)
    rows = -(-len(tiles) // _COLUMNS) or 1
    size = (_COLUMNS * (_WIDTH + _GAP) - _GAP, rows * (_HEIGHT + _GAP) - _GAP)
    svg = picture(
        "tiles",
        title,
        description,
        size,
        hatch(anchor, "hidden"),
        *(_tile(anchor, number, tile, bounds, unit) for number, tile in enumerate(tiles)),
        linked=any(tile.value.href for tile in tiles),
    )
    row = Series(column, [tile.value.value for tile in tiles], [tile.value.href for tile in tiles])
    return Chart(
        svg,
        legend_of(entries_of([tile.value.value for tile in tiles], bounds, unit)),
        table_of(head, [tile.name for tile in tiles], [row], unit),
    )


def _tile(anchor: str, number: int, tile: Tile, bounds: Sequence[Number], unit: Unit) -> SafeString:
    x, y = number % _COLUMNS * (_WIDTH + _GAP), number // _COLUMNS * (_HEIGHT + _GAP)
    value = tile.value.value
    kind = kind_of(value, bounds)
    frame = {"x": x, "y": y, "width": _WIDTH, "height": _HEIGHT, "rx": 3}
    shape = element("rect", **frame, class_=f"region region-{kind}")
    if isinstance(value, Hidden):
        shape += element("rect", **frame, class_="region-hatch", fill=f"url(#{anchor}-hatch)")
    return linked_mark(
        tile.value.href,
        f"{tile.name}: {spoken(value, unit)}",
        shape,
        _text(tile.short, x, y + 25, kind, "tile-name"),
        _text(unit.write(value), x, y + 46, kind, "tile-value"),
    )


def _text(text: str, x: int, y: int, kind: str, also: str) -> SafeString:
    shown = text if len(text) <= _NAME_LENGTH else f"{text[: _NAME_LENGTH - 1]}…"
    return element(
        "text",
        shown,
        x=x + _WIDTH / 2,
        y=y,
        text_anchor="middle",
        class_=f"region-label region-label-{kind} {also}",
        aria_hidden="true",
    )
