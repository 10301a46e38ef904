"""One maker of an organisation's tokens and webhooks at a time; webhooks that stay while they are told of something."""

from collections.abc import Collection
from uuid import UUID

from kernel.locks import hold
from kernel.tenancy import connection
from reporting.exchange.models import Webhook


def lock_organisation(organisation_id: UUID) -> None:
    """Hold what the organisation has here until the transaction ends: how many there are, and which ids are taken."""
    hold("exchange", organisation_id)


def hold_webhooks(webhooks: Collection[UUID]) -> set[UUID]:
    """Those of the webhooks that are there, and stay until the transaction ends.

    The lock is the one that a foreign key takes: it waits for a removal and for nothing else.
    """
    table = connection.ops.quote_name(Webhook._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",  # noqa: S608 - our own name
            [list(webhooks)],
        )
        return {pk for (pk,) in cursor.fetchall()}
