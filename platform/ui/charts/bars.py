"""Granted against delivered: pairs of columns, and a bar for a table cell."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ui.charts.axes import HEIGHT, LEFT, RIGHT, WIDTH, axis_label, grid_line, height_of
from ui.charts.parts import (
    Chart,
    Hidden,
    Series,
    Unit,
    Value,
    anchor_of,
    element,
    hatch,
    hidden_words,
    highest_of,
    legend_of,
    linked_mark,
    picture,
    scale_of,
    spoken,
    table_of,
)

_WIDEST_COLUMN = 56.0


def bar_pair(
    *,
    title: str,
    description: str,
    head: str,
    labels: Sequence[str],
    granted: Series,
    delivered: Series,
    unit: Unit = Unit.MINUTES,
) -> Chart:
    """For each label a column: what was granted as an outline, what was delivered solid inside it.

    What exceeds the outline is amber with a ▲; a hidden pair is a hatched column. Raises ValueError where a series
    has not one value for each label.
    """
    pair = (granted, delivered)
    if any(len(row.values) != len(labels) for row in pair):
        raise ValueError("every series needs one value for each label")
    ticks = scale_of(highest_of(pair), unit)
    anchor = anchor_of("bars", title)
    room = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    width = min(room * 0.6, _WIDEST_COLUMN)
    spots = [(LEFT + room * (index + 0.5), width) for index in range(len(labels))]
    said = [
        f"{label}: " + ", ".join(f"{row.name} {spoken(row.values[index], unit)}" for row in pair)
        for index, label in enumerate(labels)
    ]
    svg = picture(
        "bars",
        title,
        description,
        (WIDTH, HEIGHT),
        hatch(anchor, "hidden"),
        *(grid_line(tick, ticks[-1], unit) for tick in ticks),
        *(axis_label(label, index, len(labels), spots[index][0]) for index, label in enumerate(labels)),
        *(_column(anchor, index, pair, words, spots[index], ticks[-1]) for index, words in enumerate(said)),
        linked=any(any(row.links) for row in pair),
    )
    return Chart(svg, legend_of(_legend(pair)), table_of(head, labels, pair, unit))


def bar_cell(granted: int, delivered: int, scale: int, label: str) -> SafeString:
    """A bar for a table cell: granted as an outline, delivered solid, the excess amber.

    All three in the same unit; `scale` is the value of the whole width (the greatest of the column).
    """
    width = max(scale, granted, delivered, 1)
    solid = 100 * min(delivered, granted) / width
    excess = 100 * max(delivered - granted, 0) / width
    return element(
        "svg",
        element("rect", x=0, y=3, width=solid, height=10, class_="bar-delivered"),
        element("rect", x=solid, y=3, width=excess, height=10, class_="bar-over") if excess else "",
        element("rect", x=0, y=1, width=100 * granted / width, height=14, class_="bar-granted"),
        xmlns="http://www.w3.org/2000/svg",
        class_="bar-cell",
        viewBox="0 0 100 16",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )


def _column(
    anchor: str, index: int, pair: tuple[Series, Series], words: str, spot: tuple[float, float], top: int
) -> SafeString:
    granted, delivered = (row.values[index] for row in pair)
    middle, width = spot
    if isinstance(granted, Hidden) or isinstance(delivered, Hidden):
        marks = [_rect(middle, width, 0, top, top, "band-hidden", fill=f"url(#{anchor}-hatch)")]
    else:
        marks = _bars(granted, delivered, middle, width, top)
    return linked_mark(pair[1].link(index) or pair[0].link(index), words, *marks)


def _bars(granted: Value, delivered: Value, middle: float, width: float, top: int) -> list[SafeString]:
    outline = _plain(granted)
    solid = _plain(delivered)
    marks = [_rect(middle, width - 10, 0, min(solid, outline), top, "bar-delivered")]
    if solid > outline:
        marks.append(_rect(middle, width - 10, outline, solid, top, "bar-over"))
        marks.append(
            element(
                "text", "▲", x=middle, y=height_of(solid, top) - 5, text_anchor="middle", class_="over-mark"
            )
        )
    if granted is not None:
        marks.append(_rect(middle, width, 0, outline, top, "bar-granted"))
    return marks


def _rect(
    middle: float, width: float, low: float, high: float, top: int, kind: str, fill: str | None = None
) -> SafeString:
    upper = height_of(high, top)
    return element(
        "rect",
        x=middle - width / 2,
        y=upper,
        width=width,
        height=height_of(low, top) - upper,
        class_=kind,
        fill=fill,
    )


def _legend(pair: tuple[Series, Series]) -> list[tuple[str, str]]:
    granted, delivered = pair
    entries = [("granted", granted.name), ("delivered", delivered.name)]
    both = list(zip(granted.values, delivered.values, strict=True))
    if any(_plain(solid) > _plain(outline) for outline, solid in both if not isinstance(outline, Hidden)):
        entries.append(("over", gettext("over what was granted")))
    if any(isinstance(value, Hidden) for values in both for value in values):
        entries.append(("hidden", hidden_words()))
    return entries


def _plain(value: Value) -> float:
    return 0.0 if value is None or isinstance(value, Hidden) else float(value)
