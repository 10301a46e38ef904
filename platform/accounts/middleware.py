"""Ends a session in which nobody did anything for long, and notes when one was last seen, sparingly."""

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
from accounts.idle import ACTIVE, PHONE, SEEN, is_over, is_phone, note, shut_desk
from kernel.doors import Door, is_json

# What a page asks for by itself, without anybody doing anything (ui/js/live.js).
_BY_ITSELF = "X-By-Itself"


class LastSeenMiddleware:
    """After a page for somebody signed in, updates the row that the list of own sessions shows.

    Noting is done at most once in five minutes, so that reading a page writes nothing. A session at a desk ends
    `IDLE_MINUTES` after the last contact, these five minutes added, whatever page is asked for then; an address that
    leads nowhere is no contact. The carer's phone goes on (decision 0016): in its session the desk finds nobody
    signed in, until somebody signs in again.
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
        if not door.outlasts_idle and shut_if_idle(request, door, request.resolver_match.view_name):
            return
        if _BY_ITSELF not in request.headers:
            request.contact = (SEEN, PHONE) if door.outlasts_idle else (SEEN, ACTIVE)


def shut_if_idle(request: Any, door: Door, name: str) -> bool:
    """End at the desk, before anything is answered, a session in which nobody did anything for long; whether it was."""
    over = _is_over(request)
    if over:
        _shut(request, door, name)
    return over


def _is_over(request: Any) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    session = request.session
    accessed = session.accessed
    over = "_auth_user_id" in session and is_over(session)
    if not over:
        # Looking at the clock makes no page one of the person's own, which no cache may keep.
        session.accessed = accessed
    return over


def _shut(request: Any, door: Door, name: str) -> None:
    phone = is_phone(request.session) and name != "account_logout"
    if phone:
        shut_desk(request)
        request.user = AnonymousUser()
    else:
        actions.end_session(request, idle=True)
    if not is_json(request) and not (phone and (door.kind == "public" or name.startswith("account_"))):
        messages.info(request, _why(phone=phone))


def _why(*, phone: bool) -> str:
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
