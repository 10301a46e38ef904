"""Enters the tenant named in the address for one request, and always leaves it."""

from collections.abc import Callable
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from kernel.tenancy import connection
from tenants import access
from tenants.routing import tenant_by_slug


class TenancyMiddleware:
    """Reads `tenant_slug` or `voivodeship` from the resolved address; the view never sees the slug."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        connection.set_schema_to_public()
        request.tenant = None
        request.access = SimpleLazyObject(
            lambda: (
                access.access_to_platform(request.user) if request.user.is_authenticated else access.nobody()
            )
        )
        try:
            return self.get_response(request)
        finally:
            # The log's own middleware ends the context, after the line that tells of the request.
            connection.set_schema_to_public()

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        slug = kwargs.pop("tenant_slug", None)
        if slug is not None:
            self._enter(request, slug)
        elif code := kwargs.get("voivodeship"):
            request.access = SimpleLazyObject(
                lambda: (
                    access.access_to_region(request.user, code)
                    if request.user.is_authenticated
                    else access.nobody()
                )
            )

    @staticmethod
    def _enter(request: Any, slug: str) -> None:
        tenant = tenant_by_slug(slug)
        if tenant is None:
            raise Http404
        connection.set_tenant(tenant)
        request.tenant = tenant
        structlog.contextvars.bind_contextvars(tenant=tenant.schema_name)
        request.access = SimpleLazyObject(
            lambda: (
                access.access_to_tenant(request.user, tenant)
                if request.user.is_authenticated
                else access.nobody()
            )
        )
