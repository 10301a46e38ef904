"""Two who put a checkpoint of one record at once: the later one follows the earlier, and neither looks forged."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit.checkpoints import clearing, note_restoration, prove, take_checkpoint
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.racing import PATIENCE, at_once, committed_tenant, committing, until_somebody_waits

db = committing

SPAN = (datetime(2015, 1, 1, tzinfo=UTC), datetime(2016, 1, 1, tzinfo=UTC))


@pytest.fixture
def noted(db: None, settings: Any, tmp_path: Path) -> Iterator[Tenant]:
    """A tenant of its own with a checkpoint, really committed; removed afterwards."""
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")
    with committed_tenant("slad", "Ślad") as tenant:
        with tenant_scope(tenant):
            take_checkpoint()
        yield tenant


def _clear() -> None:
    with transaction.atomic(), clearing([SPAN]):
        pass


def _restore() -> None:
    with transaction.atomic():
        note_restoration(timezone.now())


@pytest.mark.parametrize("other", [_clear, _restore])
def test_who_notes_something_waits_for_the_one_before(noted: Tenant, other: Callable[[], None]) -> None:
    begun = threading.Event()

    def first() -> None:
        with transaction.atomic(), clearing([SPAN]):
            begun.set()
            until_somebody_waits()

    def second() -> None:
        assert begun.wait(PATIENCE)
        other()

    assert at_once(noted, first, second) == ["done", "done"]
    with tenant_scope(noted):
        proof = prove()
        assert proof.holds and proof.checkpoints >= 2
