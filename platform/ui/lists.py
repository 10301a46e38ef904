"""Lists whose order and page live in the query of the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.db.models.expressions import BaseExpression, OrderBy
from django.http import HttpRequest

PAGE_SIZE = 50

Column = Sequence[str | BaseExpression | F]


def page_of(rows: QuerySet[Any] | Sequence[Any], request: HttpRequest, *, size: int = PAGE_SIZE) -> Page[Any]:
    """The page that `?page=` asks for; the nearest one where there is no such page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def order_of(request: HttpRequest, columns: Mapping[str, Column], default: str) -> list[OrderBy]:
    """The order that `?sort=name` or `?sort=-name` asks for, among the columns that may be sorted by.

    `columns` maps the name in the address to the expressions behind it; an unknown name gives the default. The primary
    key ends every order, so that pages never repeat or lose a row.
    """
    asked = request.GET.get("sort", "")
    chosen = asked if asked.removeprefix("-") in columns else default
    backwards = chosen.startswith("-")
    order = [_directed(part, backwards) for part in columns[chosen.removeprefix("-")]]
    return [*order, _directed("pk", backwards)]


def _directed(part: str | BaseExpression | F, backwards: bool) -> OrderBy:
    expression: Any = F(part) if isinstance(part, str) else part
    ordered: OrderBy = expression.desc(nulls_last=True) if backwards else expression.asc(nulls_last=True)
    return ordered
