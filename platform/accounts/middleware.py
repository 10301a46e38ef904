"""Notes when a session was last seen, at most once in five minutes, so that reading a page writes nothing."""

import time
from collections.abc import Callable
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

_SECONDS = 300
# Where a session keeps when it was noted last, in seconds since 1970.
SEEN = "seen"


class LastSeenMiddleware:
    """After a page for somebody signed in, updates the row that the list of own sessions shows."""

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
            self._note(session)
        return response

    @staticmethod
    def _note(session: Any) -> None:
        now = int(time.time())
        if now - session.get(SEEN, 0) < _SECONDS:
            return
        session[SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
