"""Ends a session in which nobody did anything for long or that is old, and notes when one was last seen, sparingly."""

from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts import actions
from accounts.idle import ACTIVE, PHONE, SEEN, is_over, is_phone, is_too_old, note, shut_desk
from kernel.doors import Door, is_json

# What a page asks for by itself, without anybody doing anything (ui/js/live.js).
_BY_ITSELF = "X-By-Itself"


class LastSeenMiddleware:
    """After a page for somebody signed in, updates the row that the list of own sessions shows.

    Noting is done at most once in five minutes, so that reading a page writes nothing. A session at a desk ends
    `IDLE_MINUTES` after the last contact, these five minutes added, whatever page is asked for then; an address that
    leads nowhere is no contact. The carer's phone goes on (decision 0016): in its session the desk finds nobody
    signed in, until somebody signs in again. Both end by their age whatever is done in them (decision 0040).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        # What `process_view` allows to be noted.
        request.contact = ()
        response = self.get_response(request)
        session = request.session
        # Only where the page itself asked who is there; this must not be the one to open the session.
        if (
            request.contact
            and session.accessed
            and session.session_key
            and "_auth_user_id" in session
            and response.status_code < 500
            and response.status_code != 404
            and note(session, contact=request.contact)
        ):
            UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
        return response

    def process_view(
        self, request: Any, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """Somebody is there where an address leads to a view that a person asks for.

        The session is looked at here, within the tenant, so that the database need not be led to what is shared before.
        """
        door: Door = getattr(view, "door", Door("signed_in"))
        if door.kind == "token":
            return
        if shut_if_over(request, door, request.resolver_match.view_name):
            return
        if _BY_ITSELF not in request.headers:
            request.contact = (SEEN, PHONE) if door.outlasts_idle else (SEEN, ACTIVE)


def shut_if_over(request: Any, door: Door, name: str) -> bool:
    """End, before anything is answered, a session that is old or, at the desk, idle for long; whether it was."""
    because = _why_over(request, phone=door.outlasts_idle)
    if because:
        _shut(request, door, name, because)
    return bool(because)


def _why_over(request: Any, *, phone: bool) -> str:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    session = request.session
    accessed = session.accessed
    because = ""
    if "_auth_user_id" in session:
        because = (
            "age" if is_too_old(session, phone=phone) else "idle" if not phone and is_over(session) else ""
        )
    if not because:
        # Looking at the clock makes no page one of the person's own, which no cache may keep.
        session.accessed = accessed
    return because


def _shut(request: Any, door: Door, name: str, because: str) -> None:
    phone = (
        is_phone(request.session) and name != "account_logout" and not is_too_old(request.session, phone=True)
    )
    if phone:
        shut_desk(request)
        request.user = AnonymousUser()
    else:
        actions.end_session(request, because=because)
    if not is_json(request) and not (phone and (door.kind == "public" or name.startswith("account_"))):
        messages.info(request, _why(because, phone=phone, on_phone=door.outlasts_idle))


def _why(because: str, *, phone: bool, on_phone: bool) -> str:
    if because == "age" and not phone:
        hours = settings.PHONE_SESSION_HOURS if on_phone else settings.SESSION_HOURS
        sentence = ngettext(
            "You were signed out: more than %(count)s hour has passed since you signed in.",
            "You were signed out: more than %(count)s hours have passed since you signed in.",
            hours,
        )
        return sentence % {"count": hours}
    if because == "age":
        return gettext("Sign in again: you did so long ago. Your page on the phone goes on without it.")
    if phone:
        return gettext(
            "Sign in again: nothing was done on these pages for long. Your page on the phone goes on without it."
        )
    sentence = ngettext(
        "You were signed out: nothing was done here for %(count)s minute.",
        "You were signed out: nothing was done here for %(count)s minutes.",
        settings.IDLE_MINUTES,
    )
    return sentence % {"count": settings.IDLE_MINUTES}
