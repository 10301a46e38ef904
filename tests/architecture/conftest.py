"""The world that the tests of all addresses and of all forms share: made once in a module, undone at its end.

Its people carry planted values, and so does what is sent: none may stand in a line of the log or in a metric,
whoever asks what.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from prometheus_client import generate_latest

from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.architecture.world import World, build_world, write_mail
from tests.config import planted

LINES = planted.Lines()


@pytest.fixture(scope="module")
def _world(
    served_as: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
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
        transaction.set_rollback(True)
    counted = generate_latest().decode()
    assert "siedem_requests_total{" in counted, "nothing was counted: what is looked for could not be there"
    assert planted.found_in(counted) == [], "metrics tell of a person"


def _plant(world: World) -> None:
    """People of the world take planted names."""
    given, surname = planted.NAME.split()
    with tenant_scope(world.own.tenant):
        for one, called in ((world.own.person, planted.SURNAME_OF_PERSON), (world.own.worker, surname)):
            type(one).objects.filter(pk=one.pk).update(given_name=given, surname=called)
    for client in (*world.members.values(), world.operator, world.analyst, world.nobody):
        user: Any = client.user  # type: ignore[attr-defined]
        type(user).objects.filter(pk=user.pk).update(full_name=planted.NAME)


@pytest.fixture(autouse=True)
def lines() -> Iterator[list[str]]:
    """What was logged while the test asked; none of it is personal."""
    LINES.told.clear()
    yield LINES.told
    assert planted.found_in("\n".join(LINES.told)) == []
