"""Handing work over to the background after commit, where a queue that is away must neither fail a page nor hold it."""

from collections.abc import Callable
from functools import partial
from smtplib import SMTPException
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from kernel.tenancy import current_schema, require_tenant, tenant_scope

log = structlog.get_logger(__name__)

# Options of a task that mails: it is tried again while the mail server is away.
UNTIL_SENT: dict[str, Any] = {
    "autoretry_for": (SMTPException, OSError),
    "retry_backoff": 30,
    "retry_kwargs": {"max_retries": 5},
}


def send_after_commit(task: Any, pk: object, *, schema: str | None = None) -> None:
    """Send the task with this id (as text) once the transaction is through, to the tenant at hand or the schema named.

    Where the queue is away the error is logged and nothing else fails: the clock sends what waits in the database.
    """
    headers = {"_schema_name": schema or current_schema()}

    send = partial(task.apply_async, args=[str(pk)], headers=headers)
    # By it Django tells what failed: a `partial` has none, and then Django fails itself.
    send.__qualname__ = task.name  # type: ignore[attr-defined]
    transaction.on_commit(send, robust=True)


def hand_over_after_commit(task: Any, *ids: object, then: Callable[[], object]) -> None:
    """Send the task with these ids (as texts) once the transaction is through, and call `then` in the tenant.

    Where the queue cannot be reached nothing is raised and `then` is not called: what is to be done stands in the
    database, and whoever looks after it there will find it.
    """
    tenant = require_tenant()

    def send() -> None:
        with tenant_scope(tenant):
            if hand_over(task, *ids):
                then()

    transaction.on_commit(send)


def hand_over(task: Any, *ids: object, expires: int | None = None) -> bool:
    """Send the task with these ids; says whether the queue took it.

    After `expires` seconds nobody begins it any more, where the clock will hand it over anew.
    """
    try:
        with task.app.connection_for_write(transport_options=_impatient(task.app)) as connection:
            task.apply_async(
                args=[str(one) for one in ids], retry=False, connection=connection, expires=expires
            )
    except (OperationalError, RedisError, OSError) as error:
        log.warning("background_away", task=task.name, kind=type(error).__name__)
        return False
    return True


def send_once(waiting: Any, pk: str, send: Callable[[Any], int]) -> None:
    """Send a reminder that waits, and note when (`sent_at`) and to how many people (`sent_to`): what `send` gives.

    `waiting` are the rows it may be of. One that was sent, or that another worker sends now, is left alone.
    """
    require_tenant()
    with transaction.atomic():
        row = (
            waiting.select_for_update(skip_locked=True, of=["self"])
            .filter(pk=UUID(pk), sent_at__isnull=True)
            .first()
        )
        if row is None:
            return
        # Inside the transaction: a mail that cannot be sent leaves the reminder waiting.
        row.sent_at, row.sent_to = timezone.now(), send(row)
        row.save(update_fields=["sent_at", "sent_to"])


def _impatient(app: Any) -> dict[str, Any]:
    """Somebody waits for the page: a broker that is away is told at once, not after many attempts."""
    return {**app.conf.broker_transport_options, "max_retries": 1, "interval_start": 0, "interval_max": 0.2}
