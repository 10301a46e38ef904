"""Cells of the month grid and the plan in few words, drawn here because a page has thousands of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from reporting.care.rules import Slot
from reporting.delivery.files.reasons import ROW_REASONS
from reporting.delivery.grid import Day, Grid, Row
from reporting.delivery.models import Visit
from reporting.delivery.rules import DONE
from ui.formatting import format_minutes_clock, format_minutes_text, format_weekday

register = template.Library()

_MARKS: dict[str, str] = {Visit.State.NO_SHOW: "×", Visit.State.CANCELLED: "○", Visit.State.DRAFT: "?"}
_MONDAY = date(2024, 1, 1)


@register.simple_tag
def diary_cells(grid: Grid, row: Row) -> SafeString:
    """The `<td>` of every day of the row: minutes done, or the mark of what happened instead."""
    return format_html_join(
        "",
        '<td data-cell class="{}"{}>{}{}</td>',
        (_cell(day, row, grid.longest_usual) for day in grid.days),
    )


@register.simple_tag
def day_classes(day: Day) -> str:
    """The classes of a column's head."""
    return " ".join(["day", *_column(day)])


@register.filter
def plan_words(slots: Iterable[Slot]) -> str:
    """The weekly plan in few words: `pn–pt 8:00 2 h, sb 9:00 1 h`."""
    weekdays: defaultdict[tuple[time, int], list[int]] = defaultdict(list)
    for slot in slots:
        weekdays[slot.start, slot.minutes].append(slot.weekday)
    return ", ".join(
        f"{_spans(days)} {start.hour}:{start:%M} {format_minutes_text(minutes)}"
        for (start, minutes), days in sorted(weekdays.items(), key=lambda item: (item[1], item[0]))
    )


def _cell(day: Day, row: Row, longest: int) -> tuple[str, str, str, str]:
    visits = row.visits.get(day.date, [])
    classes, text = _classes(day, row), _text(visits)
    told = " ".join(_long_visits(visits, longest))
    if not told:
        return classes, "", text, ""
    title = format_html(' title="{}"', told)
    return f"{classes} cell-long", title, text, format_html(' <span class="visually-hidden">{}</span>', told)


def _long_visits(visits: list[Visit], longest: int) -> Iterator[str]:
    for visit in visits:
        if visit.state == DONE and visit.minutes > longest:
            yield str(ROW_REASONS["unusually_long"]).format(
                value=f"{visit.start:%H:%M}–{_end(visit)}",
                length=format_minutes_text(visit.minutes),
                limit=format_minutes_text(longest),
            )


def _end(visit: Visit) -> str:
    """When it ended, with the day where that is another one."""
    end = localtime(visit.ends_at)
    return f"{end:%H:%M}" if end.date() == visit.date else f"{end:%d.%m, %H:%M}"


def _classes(day: Day, row: Row) -> str:
    visits = row.visits.get(day.date, [])
    names = ["cell", *_column(day)]
    if day.date in row.off:
        names.append("cell-off")
    if day.date in row.planned and not visits:
        names.append("cell-planned")
    if len(visits) > 1:
        names.append("cell-many")
    if day.date in row.off and any(visit.state == DONE for visit in visits):
        names.append("cell-outside")
    return " ".join(names)


def _column(day: Day) -> list[str]:
    marks = {
        "is-weekend": day.is_weekend,
        "is-holiday": day.is_holiday,
        "is-today": day.is_today,
        "is-ahead": day.is_ahead,
    }
    return [name for name, holds in marks.items() if holds]


def _text(visits: list[Visit]) -> str:
    if not visits:
        return ""
    minutes = sum(visit.minutes for visit in visits if visit.state == DONE)
    return format_minutes_clock(minutes) if minutes else _MARKS.get(visits[0].state, "")


def _spans(days: list[int]) -> str:
    """Weekdays as spans: 1, 2, 3, 5 → `pn–śr, pt`."""
    spans: list[list[int]] = []
    for day in sorted(days):
        if spans and spans[-1][-1] == day - 1:
            spans[-1].append(day)
        else:
            spans.append([day])
    return ", ".join(_span(span) for span in spans)


def _span(span: list[int]) -> str:
    names = [format_weekday(_MONDAY + timedelta(days=day - 1), short=True) for day in (span[0], span[-1])]
    return names[0] if len(span) == 1 else "–".join(names) if len(span) > 2 else ", ".join(names)
