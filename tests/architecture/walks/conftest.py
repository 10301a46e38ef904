"""The world that the walks over all addresses and forms share: made once by each worker, undone when its tests end.

Its people carry planted values, and so does what is sent: none may stand in a line of the log or in a metric,
whoever asks what. What asks for it runs last (`sharing_out.py`), so that nothing else meets its open transaction.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.db import transaction
from django.test import override_settings
from prometheus_client import generate_latest

from config.sentry import start_sentry
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.architecture.planting import plant_rows
from tests.architecture.world import World, build_world, write_mail
from tests.config import planted
from tests.config.receiver import Receiver, running_receiver
from tests.web_role import serving

LINES = planted.Lines()


@pytest.fixture(scope="session")
def served_as(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """As in `tests/conftest.py`, for all walks at once."""
    yield from serving(django_db_blocker)


@pytest.fixture(scope="session")
def _world(
    served_as: str, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    outbox = tmp_path_factory.mktemp("outbox")
    write_mail(outbox)
    with (
        LINES.heard_alone(),
        override_settings(EMAIL_FILE_PATH=outbox),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        world = build_world(Tenant.objects.get(slug="alfa"), Tenant.objects.get(slug="beta"))
        _plant(world)
        yield world
        assert world.members["director"].get("/alfa/").status_code == 200
        transaction.set_rollback(True)
    counted = generate_latest().decode()
    assert "siedem_requests_total{" in counted, "nothing was counted: what is looked for could not be there"
    assert planted.found_in(counted) == [], "metrics tell of a person"


@pytest.fixture
def db(_world: World) -> Iterator[None]:
    """Instead of pytest-django's, which costs more than most of these tests: a savepoint, undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(_world: World, db: None) -> World:
    return _world


def _plant(world: World) -> None:
    """People of the world take planted names, and what is stored of them planted words."""
    given, surname = planted.NAME.split()
    with tenant_scope(world.own.tenant):
        for one, called in ((world.own.person, planted.SURNAME_OF_PERSON), (world.own.worker, surname)):
            type(one).objects.filter(pk=one.pk).update(given_name=given, surname=called)
    for client in (*world.members.values(), world.operator, world.analyst, world.nobody):
        user: Any = client.user  # type: ignore[attr-defined]
        type(user).objects.filter(pk=user.pk).update(full_name=planted.NAME)
    planted_rows = plant_rows(world.own)
    assert sum(map(bool, planted_rows.values())) > 25, planted_rows


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[str]]:
    """What was logged while the test asked; none of it is personal."""
    LINES.told.clear()
    yield LINES.told
    assert planted.found_in("\n".join(LINES.told)) == []


@pytest.fixture(scope="session")
def reports() -> Iterator[Receiver]:
    """A server of error reports, reached over HTTP by the SDK as it is started in production."""
    with running_receiver() as receiver:
        start_sentry(receiver.dsn, "tests")
        yield receiver
        sentry_sdk.get_client().close()
        sentry_sdk.init()
