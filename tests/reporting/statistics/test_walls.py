"""A region reads what was pushed and nothing else: by its imports, and with a role that has no rights in tenants."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from kernel.tenancy import tenant_scope
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_month
from tenants.models import Tenant
from tests.reporting.statistics.sending_world import ACTOR, OCTOBER, accepted_month

ROOT = Path(__file__).resolve().parents[3]
# Rooms of statistics in which the tenant's own people and verbs work; every other one is a region's or everybody's.
OF_TENANTS = {
    "actions.consenting": "a director's word",
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


def _as_superuser() -> psycopg.Connection[Any]:
    """The server's superuser: the product's own role may make no roles, here as in production."""
    given = connection.settings_dict
    try:
        return psycopg.connect(
            host=given["HOST"],
            port=given["PORT"] or None,
            user="postgres",
            dbname=given["NAME"],
            autocommit=True,
        )
    except psycopg.OperationalError:
        pytest.skip("nobody here may make a role: let the user postgres of DATABASE_URL's server sign in")


@pytest.fixture
def region_role(db: None) -> Iterator[Callable[[bool], None]]:
    """A role that may read public tables but those of keys; switched to and back again."""
    role = f"region_of_{connection.settings_dict['NAME']}"
    with _as_superuser() as superuser:
        for statement in (
            f"CREATE ROLE {role} NOLOGIN",
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
            f"REVOKE SELECT ON statistics_signingsecret FROM {role}",
            # That somebody is signed in is noted with every request.
            f"GRANT INSERT, UPDATE ON usersessions_usersession, django_session TO {role}",
            f"GRANT {role} TO {connection.settings_dict['USER']}",
        ):
            superuser.execute(statement)

    def switch(on: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}" if on else "RESET ROLE")

    yield switch
    switch(False)
    with _as_superuser() as superuser:
        superuser.execute(f"DROP OWNED BY {role}")
        superuser.execute(f"DROP ROLE {role}")


def _denied(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error)
    return False


@pytest.mark.django_db
def test_pages_of_the_region_run_without_rights_in_any_tenant(
    alfa: Tenant, sign_in: Callable[..., Client], region_role: Callable[[bool], None]
) -> None:
    accepted_month(alfa, 8)
    with tenant_scope(alfa):
        push_month(OCTOBER, actor=ACTOR)
    publish("month", OCTOBER, actor=ACTOR)
    analyst = sign_in("regional_analyst", voivodeship="32")
    person = f'SELECT 1 FROM "{alfa.schema_name}".care_person'
    assert not _denied(person)
    region_role(True)
    assert _denied(person)
    assert _denied("SELECT 1 FROM statistics_signingsecret")
    assert _denied("UPDATE statistics_fact SET numerator = 1")
    for address in (
        reverse("statistics:region", args=["32"]),
        reverse("statistics:figures", args=["32"]) + "?level=tenant",
        reverse("statistics:figures", args=["32"]) + "?view=time",
        reverse("statistics:figures_file", args=["32", "csv"]),
        reverse("statistics:figures_file", args=["32", "xlsx"]),
        reverse("statistics:figures_file", args=["32", "pdf"]),
        reverse("statistics:place", args=["32", alfa.pk]),
        reverse("statistics:open"),
        reverse("statistics:open_file", args=["csv"]),
        reverse("statistics:api_indicators"),
        reverse("statistics:api_figures") + "?indicator=care_persons&level=county",
        reverse("statistics:indicators"),
        reverse("statistics:indicators_json"),
    ):
        assert analyst.get(address).status_code == 200, address
