"""Who may enter a tenant: the middleware for the one in the address, the clock and commands for one after another.

Everything else works in the tenant it is in. A page that entered others would read across them, whatever its door says.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tenants.models import Tenant

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("platform", "tenants", "contracting", "reporting")
ENTRANCES = {"tenant_scope", "tenant_context", "schema_context", "set_tenant", "set_schema"}
# Rooms of any app in which a tenant may be entered, and houses that make or hold tenants.
ROOMS = {
    "schedule.py": "the clock",
    "tasks.py": "work handed over",
    "commands": "whoever runs the platform",
    "doctor.py": "what they ask about all tenants",
}
HOUSES = {
    "tenants": "it makes, migrates and enters tenants",
    "platform/kernel/tenancy.py": "the entrance itself",
    "reporting/demo": "it fills tenants with invented people",
    "platform/documents/actions.py": "content goes after the commit, in the tenant that forgot it",
    "platform/documents/scanning.py": "content found infected goes after the commit, in the tenant whose it was",
    "platform/kernel/background.py": "after the commit it is back in the tenant it was in",
}
# Of statistics, what works inside the one tenant at hand; everything else belongs to the pages of a region.
INSIDE_A_TENANT = {
    "collecting/": "collects the tenant's own figures",
    "actions/pushing.py": "pushes them",
    "actions/consenting.py": "pushes what was accepted before the director agreed",
    "actions/noting.py": "a director answers; an analyst writes in the public tables",
    "waiting.py": "tells the tenant's start page of public tables",
    "actions/rotating.py": "makes the tenant's new key",
    "exports/files.py": "takes writers of files from documents, which have no table behind them",
    "exports/prefilled.py": "takes the writer of workbooks from documents, which has no table behind it",
    "receipts.py": "names the tenant's own services to its own people",
    "previews.py": "finds the newest month that the tenant accepted",
    "apps.py": "hangs the push on the acceptance",
    "chain.py": "tells a cycle of the tenant's own figures",
}
REGION = ROOT / "reporting" / "statistics"


def entered_in(source: str) -> list[int]:
    """Lines of Python that name an entrance into a tenant, or set PostgreSQL's search path themselves."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in ENTRANCES:
                lines.append(node.lineno)
            case ast.Constant(value=str(text)) if "search_path" in text.lower():
                lines.append(node.lineno)
    return sorted(set(lines))


def _sources() -> Iterator[tuple[str, Path]]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield str(path.relative_to(ROOT)), path


def _may_enter(place: str, path: Path) -> bool:
    in_house = any(place == house or place.startswith(f"{house}/") for house in HOUSES)
    return in_house or path.name in ROOMS or path.parent.name in ROOMS


@pytest.mark.parametrize(
    "planted",
    [
        "with tenant_scope(other): rows = list(Person.objects.all())",
        "from kernel.tenancy import tenant_scope as enter",
        "kernel.tenancy.connection.set_tenant(other)",
        "from django_tenants.utils import schema_context",
        "cursor.execute(f'SET search_path = \"{other}\"')",
    ],
)
def test_a_planted_entrance_is_found(planted: str) -> None:
    assert entered_in(planted) == [1]
    assert entered_in(f'"""Says tenant_scope in words only."""\n\n{planted}') == [3]


def test_words_about_an_entrance_are_none() -> None:
    assert entered_in('"""Runs inside tenant_scope(tenant)."""\nx = "tenant_scope"  # tenant_scope\n') == []


def test_tenants_are_entered_in_a_few_rooms_only() -> None:
    offenders = {
        place: lines
        for place, path in _sources()
        if not _may_enter(place, path) and (lines := entered_in(path.read_text("utf-8")))
    }
    assert offenders == {}
    assert [
        place for place, path in _sources() if place.startswith("tenants/") and entered_in(path.read_text())
    ]


def test_pages_of_the_region_know_no_tenants_tables() -> None:
    """Not in any room: what statistics shows was pushed by the tenants, each from inside itself."""
    kept_by_tenants = {name for name in settings.TENANT_APPS if name != "audit"}
    found = {}
    for path in REGION.rglob("*.py"):
        text = path.read_text("utf-8")
        imported = {
            module
            for node in ast.walk(ast.parse(text))
            for module in _modules(node)
            if any(module == app or module.startswith(f"{app}.") for app in kept_by_tenants)
        }
        place = str(path.relative_to(REGION))
        if entered_in(text) or (imported and not place.startswith(tuple(INSIDE_A_TENANT))):
            found[place] = imported
    assert found == {}


def _modules(node: ast.AST) -> list[str]:
    match node:
        case ast.ImportFrom(module=str(module)):
            return [module]
        case ast.Import(names=names):
            return [alias.name for alias in names]
    return []


@pytest.mark.django_db
def test_a_page_of_the_region_asks_public_tables_only_and_enters_no_tenant(
    alfa: Tenant, sign_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    entered: list[str] = []
    enter = connection.set_tenant

    def watch(tenant: Any, *given: Any, **named: Any) -> None:
        entered.append(getattr(tenant, "slug", "public"))
        enter(tenant, *given, **named)

    analyst, director = sign_in("regional_analyst"), sign_in("director", alfa)
    monkeypatch.setattr(connection, "set_tenant", watch)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert analyst.get(reverse("statistics:region", args=["32"])).status_code == 200
    tables = {
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
        for model in config.get_models()
    }
    touched = {table for table in tables for query in asked.captured_queries if f'"{table}"' in query["sql"]}
    assert len(asked) > 0
    assert (touched, [slug for slug in entered if slug != "public"]) == (set(), [])

    # The same watch sees what a page of a tenant does.
    with CaptureQueriesContext(connection) as asked:
        assert director.get(reverse("contracts:list", args=["alfa"])).status_code == 200
    assert "alfa" in entered
    assert any('"contracts_contract"' in query["sql"] for query in asked.captured_queries)
