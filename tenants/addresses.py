"""Addresses inside the tenant at hand."""

from typing import Any

from django.urls import reverse

from kernel.tenancy import require_tenant


def tenant_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a view of the tenant at hand: `tenant_url("care:person", person.pk)`."""
    slug = require_tenant().slug
    if kwargs:
        return reverse(name, kwargs={"tenant_slug": slug, **kwargs})
    return reverse(name, args=[slug, *args])
