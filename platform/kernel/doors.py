"""Doors: every view declares who may enter, and its permission's name is checked when the addresses load."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, Protocol, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kernel import permissions
from kernel.access import Access
from kernel.errors import Problem
from kernel.hooks import Hook
from kernel.proving import keep_asked_file, may_take_persons_along
from kernel.region_role import Readers, in_open_role, in_region_role

SECOND_FACTOR_NEXT = "second_factor_next"
# A page for everybody is about to be made where nothing of anybody can be read: what it shows of who asks is read now.
about_to_open = Hook("about_to_open")
Kind = Literal["public", "signed_in", "tenant", "region", "operator", "token"]


@dataclass(frozen=True)
class Door:
    """Who may enter a view: the kind of scope and the permission needed in it.

    `narrowed`: behind it the database opens nothing but what these readers may read (kernel.region_role).
    `hands_out_persons`: behind it lies a file with personal data of many persons; who takes it must have proved lately
    who they are. `outlasts_idle`: it works on in a session in which nobody did anything for long.
    """

    kind: Kind
    permission: str | None = None
    narrowed: Readers | None = None
    hands_out_persons: bool = False
    outlasts_idle: bool = False


class Request(HttpRequest):
    """A request as our views see it, after the tenancy middleware."""

    tenant: Any
    access: Access
    htmx: Any


class View(Protocol):
    def __call__(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase: ...


def is_json(request: HttpRequest) -> bool:
    """Whether a script asks, which would follow a redirect and take the page it leads to for its answer."""
    return (
        "application/json" in request.headers.get("Accept", "") or request.content_type == "application/json"
    )


def _unknown_to_scripts(code: str, message: str) -> HttpResponseBase:
    """A script that saves what was typed would follow a redirect and take the page it leads to for its answer."""
    return JsonResponse({"errors": [Problem(code, message).as_json()]}, status=401)


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    if is_json(request):
        sentence = _(
            "You have been signed out. Sign in again in another tab of the browser, then go on here."
        )
        return _unknown_to_scripts("signed_out", sentence)
    return redirect_to_login(request.get_full_path())


def _second_factor(request: Request) -> HttpResponseBase:
    if is_json(request):
        sentence = _(
            "Your role shows personal data, and your account has no second factor of signing in. Set one up in "
            "another tab of the browser, then go on here."
        )
        return _unknown_to_scripts("second_factor", sentence)
    # The page of the second factor says why, and afterwards leads back here.
    request.session[SECOND_FACTOR_NEXT] = request.get_full_path() if request.method == "GET" else "/"
    return redirect(reverse("mfa_index"))


def _proof(request: Request) -> HttpResponseBase:
    if is_json(request):
        sentence = _(
            "This file holds personal data of many persons. Ask for it on its page, where you can confirm that it "
            "is you."
        )
        return _unknown_to_scripts("proof", sentence)
    # The page of the file says when it comes, and asks for it once more as it was asked for here.
    there = reverse("accounts:asked_file", args=[keep_asked_file(request)])
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': there})}")


def _lacks_second_factor(request: Request) -> bool:
    if not settings.SECOND_FACTOR_REQUIRED or not permissions.shows_personal_data(request.access.permissions):
        return False
    return not cast(Any, request.user).has_second_factor()


def _public_refusal(request: Request) -> HttpResponseBase | None:
    """A public page of a tenant is closed with the tenant, and tells the public no reason."""
    tenant = getattr(request, "tenant", None)
    if tenant is None:
        return None
    # The tenant may come from a cache up to a minute old; a suspension holds at once.
    tenant.refresh_from_db(fields=["state", "suspension_reason"])
    if tenant.is_active:
        return None
    return render(request, "tenants/suspended.html", {"reason": ""}, status=403)


def _refusal(door: Door, request: Request) -> HttpResponseBase | None:
    """The answer at the door, or None where the request may pass."""
    if door.kind == "public":
        return _public_refusal(request)
    if door.kind == "token":
        # The view itself asks for the token; a session opens nothing there.
        return None
    if not request.user.is_authenticated:
        return _sign_in(request)
    if door.kind == "signed_in":
        return None
    access = request.access
    if not access.is_member:
        # Another tenant's address and an address that does not exist look the same.
        raise Http404
    if door.kind == "tenant" and not request.tenant.is_active:
        return render(
            request, "tenants/suspended.html", {"reason": request.tenant.suspension_reason}, status=403
        )
    if door.permission and not access.may(door.permission):
        raise PermissionDenied
    if _lacks_second_factor(request):
        return _second_factor(request)
    if SECOND_FACTOR_NEXT in request.session:
        del request.session[SECOND_FACTOR_NEXT]
    if door.hands_out_persons and not may_take_persons_along(request):
        return _proof(request)
    return None


def _door(door: Door) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    if door.permission:
        permissions.check_known(door.permission)

    def wrap(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refusal = _refusal(door, request)
            if refusal is not None:
                return refusal
            if door.kind == "tenant" and door.permission:
                request.access = request.access.within(door.permission)
            if not door.narrowed:
                return view(request, *args, **kwargs)
            # Who is signed in is read before: behind the door nobody reads sessions and passwords.
            bool(request.user.is_authenticated)
            if door.narrowed == Readers.REGION:
                with in_region_role():
                    return view(request, *args, **kwargs)
            about_to_open.fire(request=request)
            with in_open_role():
                return view(request, *args, **kwargs)

        guarded.door = door  # type: ignore[attr-defined]
        return guarded

    return wrap


public_door = _door(Door("public"))
# For everybody who reads released figures.
open_door = _door(Door("public", narrowed=Readers.OPEN))
signed_in_door = _door(Door("signed_in"))
# For programs that show a token; only for views that refuse everybody without one.
token_door = _door(Door("token"))


def tenant_door(
    permission: str, *, hands_out_persons: bool = False, outlasts_idle: bool = False
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """For members of the tenant in the address whose roles hold the permission."""
    return _door(Door("tenant", permission, hands_out_persons=hands_out_persons, outlasts_idle=outlasts_idle))


def region_door(
    permission: str,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """For analysts of the voivodeship in the address."""
    return _door(Door("region", permission, narrowed=Readers.REGION))


def operator_door(
    permission: str,
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """For operators of the platform."""
    return _door(Door("operator", permission))


def opens_to(access: Access, address: str) -> bool:
    """Whether the door at an address of this site opens to the person's roles in their scope; False where none is.

    The view behind it may still refuse by the facts of what it shows.
    """
    try:
        view = resolve(urlsplit(address).path).func
    except Resolver404:
        return False
    door: Door | None = getattr(view, "door", None)
    return door is None or door.permission is None or access.may(door.permission)
