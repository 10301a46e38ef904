"""A queue that is away fails nothing of what was done: really committed, with an address at which nobody listens."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import transaction

from config.celery import app
from kernel.background import send_after_commit
from kernel.ids import new_id
from kernel.tenancy import PUBLIC
from reporting.statistics.schedule import publish_soon
from reporting.statistics.tasks import mail_note
from tests.documents.s3_server import free_port
from tests.racing import committing

db = committing


@pytest.fixture
def queue_away() -> Iterator[None]:
    before = app.conf.broker_url
    gone = f"redis://127.0.0.1:{free_port()}/0"
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = gone
    yield
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = before


def test_what_is_done_stands_and_all_else_that_waits_for_it_is_done(db: None, queue_away: None) -> None:
    done: list[str] = []
    with transaction.atomic():
        send_after_commit(mail_note, new_id(), schema=PUBLIC)
        publish_soon(kind="quarter", period=date(1999, 1, 1))
        transaction.on_commit(lambda: done.append("what came after"))
    assert done == ["what came after"]
