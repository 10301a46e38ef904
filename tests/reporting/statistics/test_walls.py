"""A region's code imports nothing of tenants: every room of statistics stands on one side of the wall."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
# Rooms of statistics in which the tenant's own people and verbs work; every other one is a region's or everybody's.
OF_TENANTS = {
    "actions.consenting": "a director's word",
    "actions.forgetting": "takes an erased tenant's people out of what it sent",
    "actions.noting": "both sides write, each into its own record",
    "actions.reporting": "an analyst's word, in the platform's record",
    "actions.pushing": "collects and signs in the tenant",
    "actions.relocating": "an operator's word",
    "actions.rotating": "makes the tenant's new key",
    "actions.reviewing": "a director's look at doubtful figures",
    "apps": "hangs the push on the acceptance",
    "chain": "tells a cycle of the tenant's own figures",
    "collecting": "reads the tenant's tables",
    "previews": "finds the tenant's newest month",
    "receipts": "reads the tenant's own batches",
    "urls_sending": "the tenant's addresses",
    "views.agreeing": "the tenant's pages",
    "picture": "draws what it is given",
    "views.benchmark": "the tenant's pages",
    "views.answering": "the tenant's pages",
    "views.prefilled": "the tenant's pages",
    "views.relocating": "an operator's page",
    "urls_operator": "addresses of the operator",
    "views.sending": "the tenant's pages",
    "waiting": "tells the tenant's start page",
}
WITHOUT_TABLES = {
    "forms",
    "hooks",
    "permissions",
    "locking",
    "urls",
    "urls_region",
    "migrations",
    "management",
    "places",
    "schedule",
}


def _contract() -> dict[str, Any]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    found: dict[str, Any] = next(one for one in contracts if one["name"].startswith("statistics: nothing"))
    return found


def _modules() -> Iterator[str]:
    home = ROOT / "reporting" / "statistics"
    for path in sorted(home.rglob("*.py")):
        yield ".".join(path.relative_to(home).with_suffix("").parts).removesuffix(".__init__")


def test_every_room_of_statistics_stands_on_one_side_of_the_wall() -> None:
    """A new room belongs into the contract of imports, unless the tenant's own people work in it."""
    held = [one.removeprefix("reporting.statistics.") for one in _contract()["source_modules"]]
    rooms = {*held, *OF_TENANTS, *WITHOUT_TABLES}
    outside = [
        module
        for module in _modules()
        if module not in ("__init__", "actions", "views")
        and not any(module == room or module.startswith(f"{room}.") for room in rooms)
    ]
    assert outside == []


def test_the_contract_forbids_every_app_of_tenants(settings: Any) -> None:
    forbidden = set(_contract()["forbidden_modules"])
    owned = [name for name in settings.TENANT_APPS if not name.startswith("django.")]
    assert [name for name in owned if not {name, name.split(".", maxsplit=1)[0]} & forbidden] == []
