"""What the frame of every page shows: tenant, places of the person's roles in the order of work, account."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.idle import seconds_left, since
from kernel.access import Access
from tenants.access import regions_of, tenants_of
from tenants.permissions import MANAGE_PEOPLE

# So many places the bar of a phone holds; where there are more, its last one opens the others.
_BAR = 5
# Up to so many places are taken in at a glance.
_WITHOUT_HEADINGS = 8


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
    whom_to_ask: str = ""
    idle_minutes: int = 0
    # Seconds until the session ends by its age.
    session_left: int | None = None
    since: str = ""

    @property
    def place_name(self) -> str:
        """What the switch on top shows: where the person works, "" while several places are open to choose from."""
        if len(self.tenants) == 1:
            return str(self.tenants[0]["name"])
        return next((place["name"] for place in self.tenants if place["current"]), "")


def _kind_of(request: Any) -> str:
    """In which scope the request runs: a tenant, a region, or the platform."""
    if request.tenant:
        return "tenant"
    return "region" if request.access.regions else "operator"


def _namespace(request: Any) -> str:
    return request.resolver_match.namespace if request.resolver_match else ""


def _places(request: Any) -> list[dict[str, Any]]:
    """The settings' NAVIGATION that the person's roles open; `kind` says which scope an entry is for."""
    kind = _kind_of(request)
    places = []
    for entry in settings.NAVIGATION:
        if entry["kind"] != kind or not request.access.may(entry["permission"]):
            continue
        args = [request.tenant.slug] if request.tenant else sorted(request.access.regions)
        url = reverse(entry["name"], args=args)
        # Addresses beside it may belong to the place too, as persons do to decisions.
        above = url.rsplit("/", 2)[0] + "/" if entry.get("siblings") else url
        current = request.path == url or (entry.get("prefix", True) and request.path.startswith(above))
        # Pages of another app may stand under a place, as the record of actions does under people.
        current = current or _namespace(request) in entry.get("namespaces", ())
        daily = request.access.may(entry["daily"]) if "daily" in entry else False
        places.append(
            {
                "label": entry["label"],
                "url": url,
                "current": current,
                "count": None,
                "daily": daily,
                "group": entry.get("group", ""),
            }
        )
    _set_aside(places)
    _head_groups(places)
    if places:
        # The longest address that fits is where the person is.
        best = max(
            (place for place in places if place["current"]), key=lambda place: len(place["url"]), default=None
        )
        for place in places:
            place["current"] = place is best
    return places


def _set_aside(places: list[dict[str, Any]]) -> None:
    """Mark what the bar of a phone has no room for: daily work stands in it before the rest, each in its order."""
    room = _BAR if len(places) <= _BAR else _BAR - 1
    by_need = sorted(places, key=lambda place: not place["daily"])
    for place in places:
        place["aside"] = place not in by_need[:room]


def _head_groups(places: list[dict[str, Any]]) -> None:
    """Give the first place of each group its heading, where so many places are open that one looks for them."""
    before = ""
    for place in places:
        place["heading"] = (
            place["group"] if len(places) > _WITHOUT_HEADINGS and place["group"] != before else ""
        )
        before = place["group"]


def _workplaces(user: Any, tenant: Any, path: str) -> list[dict[str, Any]]:
    """Everything the switch on top offers: tenants, then regions, then the operator's pages."""
    places = [
        {"name": other.name, "url": reverse("today", args=[other.slug]), "current": other == tenant}
        for other in tenants_of(user)
    ]
    for region in regions_of(user):
        url = reverse("statistics:region", args=[region.code])
        name = _("Voivodeship: %(name)s") % {"name": region.display_name}
        places.append({"name": name, "url": url, "current": path.startswith(url)})
    if user.is_operator:
        url = reverse("operator:tenants")
        here = path.startswith(url.removesuffix("tenants/"))
        places.append({"name": _("Operator of the platform"), "url": url, "current": here})
    return places


def _account_links() -> list[dict[str, str]]:
    links = [
        {"label": _("My account"), "url": reverse("accounts:profile")},
        {"label": _("Sign-in protection"), "url": reverse("mfa_index")},
    ]
    if settings.LOCAL:
        links.append({"label": _("Outbox of mails"), "url": reverse("outbox:messages")})
    links.append({"label": _("Sign out"), "url": reverse("account_logout")})
    return links


def _whom_to_ask(access: Access) -> str:
    """Who gives the role that a refused person lacks; "" where nobody in the tenant could."""
    if not access.is_member:
        return ""
    if access.may(MANAGE_PEOPLE):
        return _("It belongs to another role. Who holds which role stands under “People”.")
    if access.sees_all_organisations:
        return _("If your work needs it, ask the director of the unit for the role.")
    return _("If your work needs it, ask the manager of your organisation for the role.")


def _build(request: Any) -> Frame:
    # Middleware that comes before sign-in also refuses, an unknown host name for example.
    user = getattr(request, "user", None)
    user = user if user is not None and user.is_authenticated else None
    frame = Frame(tenant=getattr(request, "tenant", None), user=user, home_url=reverse("home"))
    if user is not None:
        frame.idle_minutes = settings.IDLE_MINUTES
        frame.since = since(request)
        frame.session_left = seconds_left(request.session)
    if user is None or not hasattr(request, "access"):
        return frame
    if frame.tenant and not request.access.is_member:
        # A refusal tells a stranger nothing of the tenant, not even its name.
        frame.tenant = None
    frame.tenants = _workplaces(user, frame.tenant, request.path)
    frame.account_links = _account_links()
    if request.tenant and (frame.tenant is None or not frame.tenant.is_active):
        return frame
    frame.places = _places(request)
    if frame.tenant:
        frame.whom_to_ask = _whom_to_ask(request.access)
    if frame.tenant and request.access.may("care.read_persons"):
        frame.search_url = reverse("care:search", args=[frame.tenant.slug])
    return frame


def settle(request: Any) -> None:
    """Make the frame now, because the page is made where memberships cannot be read."""
    request.frame = _build(request)


def frame(request: HttpRequest) -> dict[str, Any]:
    made = getattr(request, "frame", None)
    return {"frame": SimpleLazyObject(lambda: _build(request)) if made is None else made}
