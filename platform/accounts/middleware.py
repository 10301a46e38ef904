"""Ends a session in which nobody did anything for long, and notes when one was last seen, sparingly."""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import ngettext

from accounts import actions
from kernel.doors import Door, is_json

_SECONDS = 300
# Where a session keeps when it was noted last, and when last by somebody at a desk, in seconds since 1970.
SEEN, ACTIVE = "seen", "active"


class LastSeenMiddleware:
    """After a page for somebody signed in, updates the row that the list of own sessions shows.

    Noting is done at most once in five minutes, so that reading a page writes nothing. A session at a desk ends
    `IDLE_MINUTES` after the last contact, these five minutes added; the carer's phone goes on (decision 0016), and does
    not open again what has ended for the rest.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        response = self.get_response(request)
        session = request.session
        # Only where the page itself asked who is there; this must not be the one to open the session.
        if (
            session.accessed
            and session.session_key
            and "_auth_user_id" in session
            and response.status_code < 500
        ):
            self._note(session, at_desk=not getattr(request, "is_phone", False))
        return response

    def process_view(
        self, request: Any, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        """End the session before the view's door asks who is there."""
        door: Door = getattr(view, "door", Door("signed_in"))
        request.is_phone = door.outlasts_idle
        if (
            not settings.IDLE_MINUTES
            or door.outlasts_idle
            or door.kind in {"public", "token"}
            or settings.SESSION_COOKIE_NAME not in request.COOKIES
            or "_auth_user_id" not in request.session
        ):
            return
        last = request.session.get(ACTIVE, request.session.get(SEEN, 0))
        if last and time.time() - last > settings.IDLE_MINUTES * 60 + _SECONDS:
            actions.end_session(request, idle=True)
            if not is_json(request):
                messages.info(request, self._why())

    @staticmethod
    def _why() -> str:
        sentence = ngettext(
            "You were signed out: nothing was done here for %(count)s minute.",
            "You were signed out: nothing was done here for %(count)s minutes.",
            settings.IDLE_MINUTES,
        )
        return sentence % {"count": settings.IDLE_MINUTES}

    @staticmethod
    def _note(session: Any, *, at_desk: bool) -> None:
        now = int(time.time())
        last = session.get(SEEN, 0)
        if at_desk:
            last = min(last, session.get(ACTIVE, last))
        if now - last < _SECONDS:
            return
        session[SEEN] = now
        if at_desk:
            session[ACTIVE] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
