"""What the frame of every page shows: tenant, places of the person's roles in the order of work, account."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from tenants.access import tenants_of


@dataclass
class Frame:
    """The data of ui/base.html's frame."""

    tenant: Any = None
    tenants: list[dict[str, Any]] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    user: Any = None
    account_links: list[dict[str, str]] = field(default_factory=list)
    search_url: str = ""
    home_url: str = "/"


def _places(request: Any) -> list[dict[str, Any]]:
    """The settings' NAVIGATION that the person's roles open; `kind` says which scope an entry is for."""
    kind = "tenant" if request.tenant else ("region" if request.access.regions else "operator")
    places = []
    for entry in settings.NAVIGATION:
        if entry["kind"] != kind or not request.access.may(entry["permission"]):
            continue
        args = [request.tenant.slug] if request.tenant else sorted(request.access.regions)
        url = reverse(entry["name"], args=args)
        current = request.path == url or (entry.get("prefix", True) and request.path.startswith(url))
        places.append({"label": entry["label"], "url": url, "current": current, "count": None})
    if places:
        # The longest address that fits is where the person is.
        best = max(
            (place for place in places if place["current"]), key=lambda place: len(place["url"]), default=None
        )
        for place in places:
            place["current"] = place is best
    return places


def _build(request: Any) -> Frame:
    user = request.user if request.user.is_authenticated else None
    frame = Frame(tenant=getattr(request, "tenant", None), user=user, home_url=reverse("home"))
    if user is None or not hasattr(request, "access"):
        return frame
    frame.tenants = [
        {"name": tenant.name, "url": reverse("today", args=[tenant.slug]), "current": tenant == frame.tenant}
        for tenant in tenants_of(user)
    ]
    frame.places = _places(request)
    frame.account_links = [
        {"label": _("My account"), "url": reverse("accounts:profile")},
    ]
    if frame.tenant and request.access.may("care.read_persons"):
        frame.search_url = reverse("care:search", args=[frame.tenant.slug])
    return frame


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": SimpleLazyObject(lambda: _build(request))}
