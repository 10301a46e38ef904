"""One page for whoever asks for released figures: the region's analyst, and everybody."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kernel.doors import Request
from reporting.statistics.desk.asking import LEVELS, PLACES, TIME, Asked, cut_asked
from reporting.statistics.desk.cuts import Level, Table, read_cut
from reporting.statistics.desk.naming import span_text
from reporting.statistics.desk.places import Group, codes_of, places_of
from reporting.statistics.desk.ranking import ranked
from reporting.statistics.desk.sheets import changes_of, sheet_of
from reporting.statistics.exports import FORMATS, file_of
from reporting.statistics.forms import AskingForm
from reporting.statistics.models import DisclosureRule
from reporting.statistics.periods_due import rule_of, thresholds_of
from reporting.statistics.prefilled import asking
from reporting.statistics.tables import (
    heading_of,
    lines_for,
    lines_of,
    map_of,
    series_rows,
    shown,
    title_of,
    why_text,
)
from reporting.statistics.words import few_text, term_heads, words_of
from ui.asked import say_instead
from ui.downloads import download

PUBLIC_LEVELS = (Level.COUNTY, Level.VOIVODESHIP)


@dataclass(frozen=True)
class Desk:
    """Who asks: where they stand, whether tenants by name are theirs to see, and the addresses beside it."""

    voivodeship: str
    is_public: bool
    page: str
    file: Callable[[str], str]
    place: Callable[[str], str] | None = None

    def ask(self, request: Request) -> tuple[Asked, list[Group]]:
        """What the address asks for, and the places that may be chosen."""
        places = places_of(self.voivodeship, tenants=not self.is_public)
        levels = PUBLIC_LEVELS if self.is_public else LEVELS
        return cut_asked(request.GET, self.voivodeship, codes_of(places), levels), places

    def query(self, asked: Asked, **changes: str) -> str:
        """The query of an address beside this one; on the public page the voivodeship stands in it."""
        if self.is_public:
            changes = {"voivodeship": self.voivodeship} | changes
        return f"{self.page}?{asked.query(**changes)}"


def show_figures(request: Request, desk: Desk, template: str) -> HttpResponse:
    """The page of a question; its statements do not depend on places or periods."""
    asked, places = desk.ask(request)
    _say_instead(request, asked, places)
    context: dict[str, Any] = {
        "asked": asked,
        "desk": desk,
        "form": AskingForm(asked, places, choose_voivodeship=desk.is_public),
        "words": words_of(asked.indicator),
        "title": title_of(asked),
        "views": {view: desk.query(asked, view=view) for view in (PLACES, TIME)},
    }
    if asked.span is not None:
        rule = rule_of(asked.indicator.period, asked.span.parts(asked.indicator.period)[-1])
        span, table = asked.span, read_cut(asked.cut())
        asked = replace(asked, indicator=table.indicator)
        context |= {
            "table": table,
            "period": span_text(span),
            "asked": asked,
            "words": words_of(table.indicator),
            "heading": heading_of(table.indicator),
            "terms": term_heads(table.indicator),
            "changes": changes_of(table),
            "rule": rule,
            "few": few_text(*thresholds_of(rule, asked.indicator, asked.part)),
            "files": [(form.upper(), f"{desk.file(form)}?{_query_of(desk, asked)}") for form in FORMATS],
        }
        context |= _time(asked, table, rule) if asked.view == TIME else _places(desk, asked, table, rule)
    return render(request, template, context)


def _say_instead(request: Request, asked: Asked, places: list[Group]) -> None:
    """Say which period, indicator and place are shown where the address names others."""
    say_instead(request, "indicator", asked.indicator.code, words_of(asked.indicator).name)
    if asked.span is not None and not asked.holds(request.GET.get("period", "")):
        say_instead(request, "period", asked.span, span_text(asked.span))
    if asked.view == TIME:
        names = {code: name for _group, found in places for code, name in found}
        say_instead(request, "place", asked.place, names.get(asked.place, asked.place))


def _query_of(desk: Desk, asked: Asked) -> str:
    return desk.query(asked).partition("?")[2]


def _places(desk: Desk, asked: Asked, table: Table, rule: DisclosureRule) -> dict[str, Any]:
    links = {row.place: desk.query(asked, view=TIME, place=row.place, sort="") for row in table.rows}
    if asked.level == Level.TENANT and desk.place is not None:
        links = {row.place: desk.place(row.place) for row in table.rows}
    rows = lines_for(ranked(table, asked.sort), asked, rule, links)
    frame = read_cut(asked.frame_cut())
    return {
        "rows": rows,
        "compared": [(row.label, shown(row.only, asked.indicator, rule, asked.part)) for row in frame.rows],
        "map": map_of(asked, table, links),
        "map_title": _("Voivodeships") if asked.level == Level.VOIVODESHIP else _("Counties"),
        "hidden_count": sum(1 for one in rows if one.shown.is_hidden),
        "far_count": sum(1 for one in rows if one.one.far),
    }


def _time(asked: Asked, table: Table, rule: DisclosureRule) -> dict[str, Any]:
    return {
        "lines": lines_of(asked, table),
        "labels": [row.label for row in table.rows],
        "series": list(reversed(series_rows(table, rule))),
    }


def hand_over(request: Request, desk: Desk, form: str) -> HttpResponse:
    """The table of a question as a file, in the form asked for; of another period than is asked for there is none."""
    if form not in FORMATS:
        raise Http404
    asked, _places_known = desk.ask(request)
    period = request.GET.get("period", "")
    if asked.span is None or (period and not asked.holds(period)):
        raise Http404
    rule = rule_of(asked.indicator.period, asked.span.parts(asked.indicator.period)[-1])
    table = read_cut(asked.cut())
    sheet = sheet_of(table, lambda why: why_text(why, table.indicator, rule, asked.part))
    content, name, kind = file_of(sheet, form)
    return download(content, name=name, content_type=kind)


def say_which(request: Request, asked: asking.Asked) -> None:
    """Say which official form and period are shown where the address asks for others."""
    say_instead(request, "form", asked.form.code, dict(asked.forms)[asked.form.code])
    say_instead(request, "period", asked.period, asked.period.name)
