"""Filters and tags that every page has without loading: formats, addresses that keep their state, form fields."""

from collections.abc import Callable, Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext

from ui import charts, fields, formatting

register = template.Library()

_FILTERS: dict[str, Callable[..., Any]] = {
    "minutes_text": formatting.format_minutes_text,
    "minutes_clock": formatting.format_minutes_clock,
    "money": formatting.format_money,
    "decimal": formatting.format_decimal,
    "plain_decimal": formatting.format_plain,
    "percent": formatting.format_percent,
    "percent_of": formatting.percent_of,
    "whole": formatting.format_whole,
    "date_text": formatting.format_date_text,
    "date_long": formatting.format_date_long,
    "date_short": formatting.format_date_short,
    "time_text": formatting.format_time,
    "instant": formatting.format_instant,
    "instant_text": formatting.format_instant_text,
    "month_text": formatting.format_month,
    "month_short": formatting.format_month_short,
    "weekday": formatting.format_weekday,
    "count_of": formatting.format_count,
}
for _name, _function in _FILTERS.items():
    register.filter(_name, _function)


@register.filter
def weekday_short(day: Any) -> str:
    """The weekday in two letters."""
    return formatting.format_weekday(day, short=True)


@register.filter
def anchor(text: object) -> str:
    """An id for an element, made of a text: `Do wyjaśnienia` → `do-wyjasnienia`."""
    return slugify(str(text).translate(_L_WITH_STROKE)) or "part"


@register.filter
def initials(name: str) -> str:
    """The first letters of the first and the last name: `Anna Maria Nowak` → `AN`."""
    words = str(name).split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]))


@register.filter
def elided_pages(page: Page) -> Iterable[int | str]:
    """The numbers to show under a long list: `1 2 … 7 8 9 … 20`."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """The query of the present address with changes: `?month=2026-10&page=2`. None or "" removes a name.

    A change of anything but `page` itself goes back to the first page.
    """
    query = _query(context)
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def query_fields(context: Context, names: str) -> SafeString:
    """Hidden inputs that carry the named parts of the present query through a GET form: `"sort,month"`."""
    query = _query(context)
    pairs = [(name, value) for name in names.split(",") if name for value in query.getlist(name.strip())]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag(takes_context=True)
def sort_link(
    context: Context, field: str, label: object, default: str = "", param: str = "sort"
) -> SafeString:
    """A column header that sorts by `field`, once more the other way round; `default` is the order of the page as
    it comes (`"name"`, `"-granted"`). Use inside `<th {% sort_state 'field' %}>`."""
    direction = _direction(context, field, default, param)
    following = f"-{field}" if direction == "ascending" else field
    glyph = {"ascending": "▲", "descending": "▼"}.get(direction, "")
    return format_html(
        '<a class="sort" href="{}">{}<span class="sort-glyph" aria-hidden="true">{}</span></a>',
        query_with(context, **{param: following}),
        label,
        glyph,
    )


@register.simple_tag(takes_context=True)
def sort_state(context: Context, field: str, default: str = "", param: str = "sort") -> SafeString:
    """`aria-sort` of a column header whose content is `sort_link`."""
    direction = _direction(context, field, default, param)
    return format_html('aria-sort="{}"', direction) if direction else SafeString("")


@register.simple_tag
def render_field(field: BoundField) -> SafeString:
    """The control of a form field with its class, hint and error named for screen readers."""
    return fields.render_control(field)


@register.simple_tag
def field_kind(field: BoundField) -> str:
    """How `<c-field>` lays the field out: `group`, `checkbox`, `file` or `single`."""
    return fields.kind_of(field)


@register.simple_tag
def form_problems(form: BaseForm) -> list[fields.FormProblem]:
    """All errors of a form in the order of its fields, each with the id of the control to go to ("" for none)."""
    return fields.problems_of(form)


@register.simple_tag(takes_context=True)
def display_choice(context: Context, name: str) -> str:
    """What the person chose for `theme` (light, dark) or `density` (compact), "" where nothing."""
    request: HttpRequest | None = context.get("request")
    chosen = request.COOKIES.get(name, "") if request is not None else ""
    return chosen if chosen in _CHOICES[name] else ""


@register.simple_tag
def heat_cell(
    state: str,
    label: object,
    href: str | None = None,
    text: object = "",
    refused: bool = False,
    off: bool = False,
) -> SafeString:
    """One `<td>` of a heat grid; see `ui.charts.heat_cell`."""
    return charts.heat_cell(state, str(label), href=href, text=str(text), refused=refused, off=off)


@register.simple_tag
def heat_legend() -> SafeString:
    """What the marks of a heat grid mean."""
    return charts.heat_legend()


@register.simple_tag
def bar_cell(granted: int, delivered: int, scale: int, label: object) -> SafeString:
    """A bar for a table cell: granted as outline, delivered solid; see `ui.charts.bar_cell`."""
    return charts.bar_cell(granted, delivered, scale, str(label))


@register.simple_tag
def sparkline(values: list[float | None], label: object) -> SafeString:
    """A line the size of a word; see `ui.charts.sparkline`."""
    return charts.sparkline(values, str(label))


@register.simple_tag
def hidden_value(reason: object = "") -> SafeString:
    """What stands in a cell whose figure is hidden: `⋯` with the reason to read and to hear."""
    reason = reason or gettext("Hidden: fewer than 5 persons")
    return format_html(
        '<span class="hidden-value" title="{}"><span aria-hidden="true">⋯</span>'
        '<span class="visually-hidden">{}</span></span>',
        reason,
        reason,
    )


# Unicode does not decompose this one letter of the Polish alphabet.
_L_WITH_STROKE = str.maketrans("łŁ", "lL")
_CHOICES = {"theme": ("light", "dark"), "density": ("compact",)}


def _query(context: Context) -> QueryDict:
    request: HttpRequest | None = context.get("request")
    return request.GET.copy() if request is not None else QueryDict(mutable=True)


def _direction(context: Context, field: str, default: str, param: str) -> str:
    request: HttpRequest | None = context.get("request")
    chosen = (request.GET.get(param) if request is not None else None) or default
    if chosen == field:
        return "ascending"
    return "descending" if chosen == f"-{field}" else ""
