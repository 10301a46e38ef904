"""A strip in a row of the benchmark: the middle half of the peers, their median, and the own value."""

from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ui.charts.parts import element

_WIDTH, _HEIGHT = 220, 28
_PAD = 8
# So much of the middle half's own width is shown on either side of it: on a scale from nought it would be a speck.
_BESIDE = Decimal("0.75")


def strip(low: Decimal, middle: Decimal, high: Decimal, own: Decimal | None, words: str) -> SafeString:
    """One image whose title says in words what it shows; the numbers stand in the cells beside it."""
    first, last = scale(low, high, own)

    def across(value: Decimal) -> str:
        return f"{float(_PAD + (_WIDTH - 2 * _PAD) * (value - first) / (last - first)):.1f}"

    centre = _HEIGHT / 2
    marks = [
        element("line", x1=_PAD, x2=_WIDTH - _PAD, y1=centre, y2=centre, class_="strip-axis"),
        element(
            "rect",
            x=across(low),
            y=centre - 7,
            width=f"{max(float(across(high)) - float(across(low)), 2):.1f}",
            height=14,
            class_="strip-half",
        ),
        element(
            "line", x1=across(middle), x2=across(middle), y1=centre - 9, y2=centre + 9, class_="strip-median"
        ),
    ]
    if own is not None:
        marks.append(element("circle", cx=across(own), cy=centre, r=5, class_="strip-own"))
    return element(
        "svg",
        element("title", words or _("no figure")),
        *marks,
        xmlns="http://www.w3.org/2000/svg",
        class_="strip",
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
    )


def scale(low: Decimal, high: Decimal, own: Decimal | None) -> tuple[Decimal, Decimal]:
    """The ends of the axis: the middle half with room beside it, and the own value; none of them lies below 0."""
    room = max((high - low) * _BESIDE, high / 100, Decimal(1) / 100)
    seen = [low - room, high + room, *([] if own is None else [own])]
    return max(min(seen), Decimal(0)), max(seen)
