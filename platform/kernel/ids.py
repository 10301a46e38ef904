"""Identifiers: UUIDv7, made by the application, so that a tenant's schema needs no sequences (design.md 4)."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    """A new UUIDv7: unique everywhere, ordered by time of creation."""
    return uuid_utils.compat.uuid7()
