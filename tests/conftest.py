"""Real PostgreSQL and Redis for every test; two tenants made once; people who sign in by role."""

import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.servers import start_test_servers, stop_test_servers

# How fast a machine draws examples is no fault of what they test.
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    # The controller (or a run without workers) starts the servers; xdist workers inherit their addresses.
    if not hasattr(config, "workerinput"):
        start_test_servers()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        stop_test_servers()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """The thousands of collected tests live to the end: searching them for garbage took a tenth of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The test database with territories and two tenants, `alfa` and `beta`, made by the real actions."""
    from django.conf import settings

    from kernel.access import Actor
    from tenants.actions import create_tenant
    from tenants.models import Tenant, Territory
    from tests.citus import ALL_SPREAD, spread_all
    from tests.factories.facts import allow_pushing
    from tests.factories.places import load_places

    # Tests that reach the database past pytest-django's fixtures, without its mark, would get no test database.
    assert settings.DATABASES["default"]["NAME"].startswith("test_")
    with django_db_blocker.unblock():
        if Tenant.objects.exists():
            return
        load_places()
        for slug, terc, unit in (
            ("alfa", "3210013", "Ośrodek Pomocy Społecznej w Alfie"),
            ("beta", "1219053", "Ośrodek Pomocy Społecznej w Becie"),
        ):
            tenant = create_tenant(
                slug=slug,
                name=f"Gmina {slug.capitalize()}",
                kind=Tenant.Kind.COMMUNE,
                territory=Territory.objects.get(pk=terc),
                unit_name=unit,
                unit_type=Tenant.UnitType.OPS,
                population=14_000,
                actor=Actor.system("tests"),
            )
            allow_pushing(tenant)
        if ALL_SPREAD:
            spread_all()


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """No test leaves a tenant entered, a cached route or a language behind."""
    from django.db import connection
    from django.utils import translation

    from tenants import routing

    routing.forget()
    yield
    routing.forget()
    translation.activate("pl")
    if connection.schema_name != "public":
        connection.set_schema_to_public()


@pytest.fixture(autouse=True)
def _files_are_read_to_their_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a view sends as a file is read, as a browser would, and so closed: an open one would fail another test."""
    from django.http import FileResponse
    from django.test import Client

    ask, files = Client.request, []

    def remember(client: Client, **request: Any) -> Any:
        answer = ask(client, **request)
        if isinstance(answer, FileResponse):
            files.append(answer)
        return answer

    monkeypatch.setattr(Client, "request", remember)
    yield
    for answer in files:
        for _part in answer.streaming_content:
            pass


@pytest.fixture(scope="module")
def served_as(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Clients of the module's tests are served under the role of web servers, as in production; the rest is the owner."""
    from tests.web_role import serving

    yield from serving(django_db_blocker)


@pytest.fixture
def alfa(db: None) -> Any:
    """A tenant in Zachodniopomorskie (32)."""
    from tenants.models import Tenant

    return Tenant.objects.get(slug="alfa")


@pytest.fixture
def beta(db: None) -> Any:
    """Another tenant, in Małopolskie (12)."""
    from tenants.models import Tenant

    return Tenant.objects.get(slug="beta")


@pytest.fixture
def in_alfa(alfa: Any) -> Iterator[Any]:
    """The test runs inside the tenant alfa."""
    from kernel.tenancy import tenant_scope

    with tenant_scope(alfa):
        yield alfa


@pytest.fixture
def sign_in(db: None) -> Callable[..., Any]:
    """`sign_in(role, tenant, organisation=None)` gives a client of a new person with that role, signed in.

    `role` may also be "regional_analyst" (pass voivodeship=…), "platform_operator" or None (a person without any role).
    The client has `.user`.
    """
    from tests.factories.people import signed_in_client

    return signed_in_client


os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
