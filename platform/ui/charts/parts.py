"""What all charts share: values that may be missing or hidden, units, scales, and the writing of elements."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from math import ceil, floor, log10
from typing import Literal

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext

from ui import formatting

Number = int | float | Decimal


class Hidden(Enum):
    """The one value that stands for a figure withheld to protect persons."""

    HIDDEN = "hidden"


HIDDEN = Hidden.HIDDEN
Value = Number | Hidden | None


class Unit(Enum):
    """What the numbers of a chart are: it decides how axes and tables write them."""

    MINUTES = "minutes"
    PERCENT = "percent"
    MONEY = "money"
    COUNT = "count"
    DECIMAL = "decimal"

    def write(self, value: Value) -> str:
        """The value as a table shows it: `37:30`, `95,8`, `1 245,00 zł`, `1 240`; `⋯` hidden, `–` missing."""
        if value is None:
            return formatting.UNDEFINED
        if isinstance(value, Hidden):
            return "⋯"
        match self:
            case Unit.MINUTES:
                return formatting.format_minutes_clock(int(value))
            case Unit.PERCENT:
                return formatting.format_decimal(value)
            case Unit.MONEY:
                return formatting.format_money(Decimal(value))
            case Unit.COUNT:
                return formatting.format_whole(int(value))
            case Unit.DECIMAL:
                return formatting.format_decimal(value)

    def write_tick(self, value: float) -> str:
        """The value beside a line of the scale: `500 h`, `80 %`, `2 000 zł`, `30`."""
        match self:
            case Unit.MINUTES:
                return f"{formatting.format_whole(round(value / 60))} h"
            case Unit.PERCENT:
                return formatting.format_whole_percent(value)
            case Unit.MONEY:
                return formatting.format_whole_money(value)
            case Unit.COUNT | Unit.DECIMAL:
                return formatting.format_whole(round(value))

    @property
    def step(self) -> int:
        """The smallest distance of two lines of the scale, in the chart's numbers."""
        return 60 if self is Unit.MINUTES else 1

    @property
    def head(self) -> str:
        """What a table's header adds to the name of a column, "" where the cells say it."""
        match self:
            case Unit.MINUTES:
                return " [h]"
            case Unit.PERCENT:
                return " [%]"
            case _:
                return ""


@dataclass(frozen=True)
class Series:
    """One row of numbers along the axis of a chart; `links` are addresses of what each number sums.

    `kind` says that it is what was granted or what was delivered, which have their own colours everywhere.
    """

    name: str
    values: Sequence[Value]
    links: Sequence[str | None] = ()
    kind: Literal["granted", "delivered"] | None = None

    def link(self, index: int) -> str | None:
        """The address behind the value at a position, None where there is none."""
        return self.links[index] if index < len(self.links) else None


@dataclass(frozen=True)
class Chart:
    """A picture, what its marks mean, and the rows of the table that says the same."""

    svg: SafeString
    legend: SafeString
    table: SafeString


def element(name: str, *children: object, **attributes: object) -> SafeString:
    """One escaped element; `_` in names of attributes is written `-`, a trailing one dropped, None left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(_escaped(child) for child in children)
    return mark_safe(f"<{name}{written}>{inner}</{name}>")  # noqa: S308 - every part is escaped above


def picture(
    kind: str, title: str, description: str, size: tuple[int, int], *children: object, linked: bool
) -> SafeString:
    """The outer `<svg>`: named by its title and description, one image unless it contains links."""
    anchor = anchor_of(kind, title)
    width, height = size
    return element(
        "svg",
        element("title", title, id=f"{anchor}-title"),
        element("desc", description, id=f"{anchor}-desc"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"picture picture-{kind}",
        viewBox=f"0 0 {width} {height}",
        role="group" if linked else "img",
        aria_labelledby=f"{anchor}-title",
        aria_describedby=f"{anchor}-desc",
    )


def anchor_of(kind: str, title: str) -> str:
    """The prefix of all ids inside one picture."""
    return f"{kind}-{slugify(title.replace('ł', 'l').replace('Ł', 'L'))}"


def hatch(anchor: str, kind: str) -> SafeString:
    """The pattern of what is hidden or missed, to be filled with `url(#…-hatch)`."""
    return element(
        "defs",
        element(
            "pattern",
            element(
                "path", d="M0 6L6 0M-1.5 1.5L1.5 -1.5M4.5 7.5L7.5 4.5", class_=f"hatch-line hatch-{kind}"
            ),
            id=f"{anchor}-hatch",
            width=6,
            height=6,
            patternUnits="userSpaceOnUse",
        ),
    )


def linked_mark(href: str | None, words: str, *children: object) -> SafeString:
    """A mark with its tooltip, which also names the link where it leads somewhere."""
    content = (element("title", words), *children)
    if href is None:
        return element("g", *content)
    return element("a", *content, href=href, class_="mark-link")


def scale_of(highest: float, unit: Unit) -> list[int]:
    """Round values for the lines of a scale, from 0 to at least `highest`, four to six of them."""
    if highest <= 0:
        return [0, unit.step]
    rough = max(highest / unit.step / 4, 1)
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough) * unit.step
    return [step * index for index in range(ceil(highest / step) + 1)]


def highest_of(series: Sequence[Series]) -> float:
    """The highest number shown, 0 where none is."""
    shown = (
        float(value)
        for row in series
        for value in row.values
        if value is not None and not isinstance(value, Hidden)
    )
    return max(shown, default=0.0)


def table_of(head: str, labels: Sequence[str], series: Sequence[Series], unit: Unit) -> SafeString:
    """The rows of a table: a label and one number of each series, hidden ones named as such."""
    columns = [element("th", row.name + unit.head, scope="col", class_="num") for row in series]
    header = element("thead", element("tr", element("th", head, scope="col"), *columns))
    rows = [
        element(
            "tr",
            element("th", label, scope="row"),
            *(_table_cell(row.values[index], row.link(index), unit) for row in series),
        )
        for index, label in enumerate(labels)
    ]
    return header + element("tbody", *rows)


def legend_of(entries: Sequence[tuple[str, str]]) -> SafeString:
    """What the marks mean: pairs of the swatch's class and its words."""
    items = [
        element("li", element("span", class_=f"swatch swatch-{kind}", aria_hidden="true"), words)
        for kind, words in entries
    ]
    return element("ul", *items, class_="legend")


def hidden_words() -> str:
    """Why a figure is withheld, for legends and tooltips; the page says it by the rule that is in force."""
    return gettext("hidden, to protect persons or providers")


def spoken(value: Value, unit: Unit) -> str:
    """The value in words for a tooltip: with its unit, and why it is not there."""
    if value is None:
        return gettext("no figure")
    if isinstance(value, Hidden):
        return hidden_words()
    if unit is Unit.MINUTES:
        return formatting.format_minutes_text(int(value))
    return formatting.format_percent(value) if unit is Unit.PERCENT else unit.write(value)


def _table_cell(value: Value, href: str | None, unit: Unit) -> SafeString:
    if isinstance(value, Hidden):
        return element("td", element("abbr", "⋯", title=spoken(value, unit)), class_="num")
    written = unit.write(value)
    return element("td", element("a", written, href=href) if href else written, class_="num")


def _escaped(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return conditional_escape(value if isinstance(value, str) else str(value))
