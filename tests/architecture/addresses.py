"""Every address of the site as the resolver knows it: ours by name, and those of frameworks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from kernel.doors import Door

# First parts of addresses whose views are not ours, and why they are not in the table of routes.
OF_FRAMEWORKS = {
    "account/": "allauth's own views of signing in and second factors; they know no tenant",
    "language/": "Django's switch of language; it writes one cookie",
}


@dataclass(frozen=True)
class Route:
    """One address: its full name, its view, and the text of its path with the places of its arguments."""

    name: str
    view: Callable[..., Any]
    path: str

    @property
    def door(self) -> Door | None:
        return getattr(self.view, "door", None)

    @property
    def is_inside_a_tenant(self) -> bool:
        return self.path.startswith("<slug:tenant_slug>/")


def _routes(
    patterns: list[URLPattern | URLResolver], path: str = "", names: tuple[str, ...] = ()
) -> Iterator[Route]:
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = (*names, pattern.namespace) if pattern.namespace else names
            yield from _routes(pattern.url_patterns, here, inside)
        else:
            yield Route(":".join((*names, pattern.name or "")), pattern.callback, here)


def all_routes() -> list[Route]:
    """Every address, ours and those of frameworks."""
    return list(_routes(get_resolver().url_patterns))


OURS = {route.name: route for route in all_routes() if not route.path.startswith(tuple(OF_FRAMEWORKS))}
THEIRS = [route for route in all_routes() if route.path.startswith(tuple(OF_FRAMEWORKS))]
