"""An offer is handed in through the site while Redis is stopped: a server of the test's own, seen at work before."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache import cache

from contracting.tenders.models import SealedOffer
from kernel.embedded.places import server_account, temporary_folder
from kernel.embedded.redis import EmbeddedRedis
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.offer_desk import Desk

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def own_redis(tmp_path: Path, settings: Any) -> Iterator[EmbeddedRedis]:
    """A Redis of the test's own, to which cache and queue point."""
    account = server_account(tmp_path / "none")
    folder = temporary_folder(account, [Path("/tmp"), Path("/var/tmp")], "siedem-away-")
    server = EmbeddedRedis(folder, folder / "redis.log", durable=False)
    settings.REDIS_URL = address = server.start()
    settings.CELERY_BROKER_URL = address
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": address}}
    yield server
    server.stop()
    shutil.rmtree(folder)


def test_an_offer_is_handed_in_while_redis_is_stopped(alfa: Tenant, own_redis: EmbeddedRedis) -> None:
    with tenant_scope(alfa):
        cache.set("probe", "there")
        assert cache.get("probe") == "there"
    desk = Desk(alfa)
    assert own_redis.stop()
    with tenant_scope(alfa), pytest.raises(redis.exceptions.ConnectionError):
        cache.get("probe")

    assert desk.writer.get(desk.page("section", "task")).status_code == 200
    handed = desk.hand_in()
    assert handed.status_code == 302 and handed.url == desk.page("receipt", 1)
    receipt = desk.manager.get(handed.url)
    assert receipt.status_code == 200
    with tenant_scope(alfa):
        row = SealedOffer.objects.get()
    assert row.receipt in receipt.content.decode() and row.sha256 in receipt.content.decode()
