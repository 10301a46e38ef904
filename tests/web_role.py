"""The role of web servers for tests: made as a superuser makes it, granted by our command, taken by every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings

from tests.citus import ALL_SPREAD
from tests.region_role import as_superuser, filled_in

SCRIPT = settings.ROOT / "infra" / "web_role.sql"


@contextmanager
def web_role() -> Iterator[str]:
    """A role of the test's database with its rights, committed; outside of any test's transaction."""
    role = f"web_of_{connection.settings_dict['NAME']}"
    with as_superuser() as superuser:
        _drop(superuser, role)
        superuser.execute(filled_in(SCRIPT, product=str(connection.settings_dict["USER"]), web=role))
        if ALL_SPREAD:
            # The coordinator goes to a node as who asks.
            superuser.execute(f"ALTER ROLE {role} LOGIN")
    try:
        with override_settings(WEB_DATABASE_ROLE=role, WEB_DATABASE_PASSWORD=""):
            call_command("grant_web_role", verbosity=0)
            yield role
    finally:
        with as_superuser() as superuser:
            superuser.execute("DROP FUNCTION IF EXISTS public.make_tenant_schema(text)")
            _drop(superuser, role)


def _drop(superuser: Any, role: str) -> None:
    if superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        superuser.execute(f"DROP OWNED BY {role}")
        superuser.execute(f"DROP ROLE {role}")


@contextmanager
def under(role: str) -> Iterator[None]:
    """The connection at hand works under the role; none of this counts as a query of the test's."""
    _take(role)
    try:
        yield
    finally:
        # Undoing a transaction that broke gives it back as well.
        if not connection.needs_rollback:
            _take("none")


def _take(role: str) -> None:
    connection.ensure_connection()
    connection.connection.execute("SELECT set_config('role', %s, false)", [role])


@contextmanager
def requests_under(role: str) -> Iterator[None]:
    """Every request of test clients is served under the role, as web servers serve it."""
    ask = Client.request

    def asked(client: Client, **request: Any) -> Any:
        with under(role):
            return ask(client, **request)

    with mock.patch.object(Client, "request", asked):
        yield


def serving(django_db_blocker: Any) -> Iterator[str]:
    """For a fixture: clients of tests are served under the role until they end; gives its name."""
    with django_db_blocker.unblock():
        with web_role() as role:
            connection.close()
            with requests_under(role):
                yield role
        connection.close()
