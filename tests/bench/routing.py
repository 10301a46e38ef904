"""What tenant routing and permissions add to a trivial page."""

from typing import Any

from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from kernel.doors import signed_in_door, tenant_door
from tenants.models import Tenant
from tenants.permissions import ENTER
from tests.bench.timing import alternate, line

PER_ROUND = 200


@tenant_door(ENTER)
def behind_the_door(request: Any) -> HttpResponse:
    """A page with no work of its own, inside a tenant."""
    return HttpResponse(f"{request.user.pk}")


@signed_in_door
def plain(request: Any) -> HttpResponse:
    """The same page without tenant and permission: session and user are loaded, as any page needs them."""
    return HttpResponse(f"{request.user.pk}")


urlpatterns = [
    path("", include("config.urls")),
    path("plain", plain),
    path("t/<slug:tenant_slug>/trivial", behind_the_door),
]


def measure() -> list[dict[str, Any]]:
    """Two hundred requests of each page in turn, by the same signed-in person."""
    from tests.factories.people import signed_in_client

    tenant = Tenant.objects.order_by("created_at").first()
    client: Client = signed_in_client("director", tenant)

    def ask(address: str) -> None:
        for _ in range(PER_ROUND):
            assert client.get(address).status_code == 200

    with override_settings(ROOT_URLCONF=__name__):
        ours, reference = alternate(lambda: ask(f"/t/{tenant.slug}/trivial"), lambda: ask("/plain"))
    return [line("tenant routing and permissions on a trivial page / without", ours, reference, 2)]
