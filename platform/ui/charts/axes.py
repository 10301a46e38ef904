"""The frame of charts over an axis: size, lines of the scale, labels below."""

from django.utils.safestring import SafeString

from ui.charts.parts import Unit, element

WIDTH, HEIGHT = 720, 300
# On the left there is room for the values of the scale even where the picture is narrow and its letters are not.
LEFT, RIGHT, TOP, BOTTOM = 96, 32, 22, 34
_MOST_LABELS_NARROW = 6


def height_of(value: float, top: int) -> float:
    """The vertical place of a value on a scale that ends at `top`."""
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def grid_line(tick: int, top: int, unit: Unit) -> SafeString:
    """One line of the scale with its value."""
    y = height_of(tick, top)
    return element(
        "g",
        element("path", d=f"M0 {y:.1f}H{WIDTH}", class_="grid-zero" if tick == 0 else "grid"),
        element("text", unit.write_tick(tick), x=0, y=y - 4, class_="tick") if tick else "",
    )


def axis_label(label: str, place: int, count: int, middle: float) -> SafeString:
    """A label below the axis; of more than six every other one is left out where the chart is narrow."""
    spare = " tick-spare" if place % 2 and count > _MOST_LABELS_NARROW else ""
    return element("text", label, x=middle, y=HEIGHT - 10, text_anchor="middle", class_=f"tick tick-x{spare}")
