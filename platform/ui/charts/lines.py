"""Lines over months, and lines the size of a word."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.safestring import SafeString

from ui.charts.axes import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, axis_label, grid_line, height_of
from ui.charts.parts import (
    Chart,
    Hidden,
    Series,
    Unit,
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

_MOST_LABELS = 12
Position = tuple[float, float]


def line_chart(
    *, title: str, description: str, head: str, labels: Sequence[str], series: Sequence[Series], unit: Unit
) -> Chart:
    """One or more lines over the labels (months), at most four, told apart by mark and dash as well as colour.

    A missing value leaves a gap; a hidden one leaves a gap with a hatched band. `head` names the labels in the
    table. Raises ValueError where a series has not one value for each label.
    """
    if any(len(row.values) != len(labels) for row in series):
        raise ValueError("every series needs one value for each label")
    ticks = scale_of(highest_of(series), unit)
    across = [_across(index, len(labels)) for index in range(len(labels))]
    anchor = anchor_of("lines", title)
    svg = picture(
        "lines",
        title,
        description,
        (WIDTH, HEIGHT),
        hatch(anchor, "hidden"),
        *_bands(anchor, series, across),
        *(grid_line(tick, ticks[-1], unit) for tick in ticks),
        *_axis_labels(labels, across),
        *(_line(number, row, labels, across, ticks[-1], unit) for number, row in enumerate(series)),
        linked=any(any(row.links) for row in series),
    )
    entries = [(_class_of(number, row), row.name) for number, row in enumerate(series)]
    if any(isinstance(value, Hidden) for row in series for value in row.values):
        entries.append(("hidden", hidden_words()))
    return Chart(svg, legend_of(entries), table_of(head, labels, series, unit))


def sparkline(values: Sequence[float | int | None], label: str) -> SafeString:
    """A line the size of a word, its last value marked; `label` says what it shows. None leaves a gap."""
    highest = max((value for value in values if value is not None), default=0) or 1
    steps = max(len(values) - 1, 1)
    points = [
        None if value is None else (2 + 76 * index / steps, 18 - 16 * value / highest)
        for index, value in enumerate(values)
    ]
    last = next((point for point in reversed(points) if point is not None), None)
    dot = element("circle", cx=last[0], cy=last[1], r=2, class_="spark-dot") if last else ""
    return element(
        "svg",
        element("path", d=_path(points), class_="spark-line"),
        dot,
        xmlns="http://www.w3.org/2000/svg",
        class_="sparkline",
        viewBox="0 0 80 20",
        role="img",
        aria_label=label,
    )


def _line(
    number: int, row: Series, labels: Sequence[str], across: Sequence[float], top: int, unit: Unit
) -> SafeString:
    points = [
        None if value is None or isinstance(value, Hidden) else (x, height_of(float(value), top))
        for x, value in zip(across, row.values, strict=True)
    ]
    marks = [
        linked_mark(
            row.link(index),
            f"{labels[index]}, {row.name}: {spoken(row.values[index], unit)}",
            _mark(number, point),
        )
        for index, point in enumerate(points)
        if point is not None
    ]
    return element(
        "g", element("path", d=_path(points), class_="line"), *marks, class_=_class_of(number, row)
    )


def _class_of(number: int, row: Series) -> str:
    return f"line-{row.kind or number % 4}"


def _mark(number: int, point: Position) -> SafeString:
    x, y = point
    match number % 4:
        case 0:
            return element("circle", cx=x, cy=y, r=4, class_="dot")
        case 1:
            return element("rect", x=x - 4, y=y - 4, width=8, height=8, class_="dot")
        case 2:
            return element("path", d=f"M{x:.1f} {y - 5:.1f}l5 9h-10z", class_="dot")
        case _:
            return element("path", d=f"M{x:.1f} {y - 5.5:.1f}l5.5 5.5l-5.5 5.5l-5.5 -5.5z", class_="dot")


def _bands(anchor: str, series: Sequence[Series], across: Sequence[float]) -> list[SafeString]:
    half = (across[1] - across[0]) / 2 if len(across) > 1 else 20.0
    return [
        element(
            "rect",
            x=x - half,
            y=TOP,
            width=2 * half,
            height=HEIGHT - TOP - BOTTOM,
            fill=f"url(#{anchor}-hatch)",
            class_="band-hidden",
        )
        for index, x in enumerate(across)
        if any(isinstance(row.values[index], Hidden) for row in series)
    ]


def _axis_labels(labels: Sequence[str], across: Sequence[float]) -> list[SafeString]:
    every = -(-len(labels) // _MOST_LABELS) or 1
    shown = [index for index in range(len(labels)) if (len(labels) - 1 - index) % every == 0]
    return [
        axis_label(labels[index], place, len(shown), across[index])
        for place, index in enumerate(reversed(shown))
    ]


def _path(points: Sequence[Position | None]) -> str:
    runs = [list(run) for present, run in groupby(points, key=lambda point: point is not None) if present]
    return "".join(
        "M" + "L".join(f"{point[0]:.1f} {point[1]:.1f}" for point in run if point is not None) for run in runs
    )


def _across(index: int, count: int) -> float:
    width = WIDTH - LEFT - RIGHT
    return LEFT + width / 2 if count == 1 else LEFT + 8 + (width - 16) * index / (count - 1)
