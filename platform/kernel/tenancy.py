"""The tenant at hand: entered explicitly, left always, and refused where there is none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, cast
from uuid import UUID

from django.db import connection as plain_connection

from kernel.errors import TenantScopeMissing

PUBLIC = "public"
# django-tenants adds tenant, schema_name, set_tenant and set_schema_to_public, which the stubs do not know.
connection = cast(Any, plain_connection)


class TenantLike(Protocol):
    """What the mechanisms need to know of a tenant."""

    id: UUID
    slug: str
    schema_name: str
    data_key: Any


def current_schema() -> str:
    """The schema that queries of this thread go to."""
    return str(connection.schema_name)


def require_tenant() -> Any:
    """The tenant at hand.

    Raises TenantScopeMissing outside a tenant: code that touches tenant data must never run in public.
    """
    tenant = connection.tenant
    if connection.schema_name == PUBLIC or tenant is None:
        raise TenantScopeMissing("no tenant is entered: wrap the call in tenant_scope(tenant)")
    return tenant


@contextmanager
def tenant_scope(tenant: TenantLike) -> Iterator[None]:
    """Run a block inside a tenant's schema, and return to where it was, whatever happens."""
    before = connection.tenant
    connection.set_tenant(tenant)
    try:
        yield
    finally:
        connection.set_tenant(before)


@contextmanager
def public_scope() -> Iterator[None]:
    """Run a block in the public schema only: tenant tables cannot be reached from it."""
    before = connection.tenant
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_tenant(before)


def cache_key(key: str, key_prefix: str, version: int) -> str:
    """Cache keys carry the schema, so that one tenant can never read another's entry (domain.md R-01)."""
    return f"{key_prefix}:{current_schema()}:{version}:{key}"
