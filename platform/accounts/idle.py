"""What a session knows of itself: when it began, and when somebody was last there, at a desk and on a carer's phone."""

import secrets
import time
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth.signals import user_logged_in

# Contact is noted at most once in so many seconds, and a session lives so much longer than the setting says.
SPARING_SECONDS = 300
# Where a session keeps when it was noted last, and when last at a desk and on the phone, in seconds since 1970.
SEEN, ACTIVE, PHONE = "seen", "active", "phone"
# When one signed in.
_BEGUN = "begun"
_SINCE = "since"
# Long ago.
_SHUT = 1


def since(request: Any) -> str:
    """Which session this is: a text that is another one after each sign-in, "" where nobody is signed in."""
    return str(request.session.get(_SINCE, ""))


def is_phone(session: Any) -> bool:
    """Whether the carer's page was opened in it: that page goes on when nothing is done at the desk any more."""
    return PHONE in session


def is_over(session: Any) -> bool:
    """Whether nobody did anything at the desk for so long that what was opened there is shut."""
    last = session.get(ACTIVE, session.get(SEEN, 0))
    return bool(
        settings.IDLE_MINUTES and last and time.time() - last > settings.IDLE_MINUTES * 60 + SPARING_SECONDS
    )


def is_too_old(session: Any, *, phone: bool = False) -> bool:
    """Whether one signed in so long ago that it ends whatever was done since, at the desk or on the carer's page."""
    left = seconds_left(session, phone=phone)
    return left is not None and left < -SPARING_SECONDS


def seconds_left(session: Any, *, phone: bool = False) -> int | None:
    """Until the session ends by its age, negative where it should have; None where it has no such end."""
    hours = settings.PHONE_SESSION_HOURS if phone else settings.SESSION_HOURS
    begun = session.get(_BEGUN)
    return int(begun + hours * 3600 - time.time()) if hours and begun else None


def shut_desk(request: Any) -> None:
    """End it at the desk only, this request included; the phone goes on.

    What proved then who the person is proves nothing for signing in again.
    """
    request.contact = ()
    if request.session.get(ACTIVE) != _SHUT:
        request.session[ACTIVE] = _SHUT
        request.session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)


def note(session: Any, *, contact: tuple[str, ...]) -> bool:
    """Note that somebody was there, under these keys; returns whether it was time to."""
    now = int(time.time())
    if now - min(session.get(key, 0) for key in contact) < SPARING_SECONDS:
        return False
    session.update(dict.fromkeys(contact, now))
    # One that began before this was noted is as old as its first contact since.
    session.setdefault(_BEGUN, now)
    return True


def listen() -> None:
    """Signing in begins a session and is a contact, also where the phone's session goes on."""
    user_logged_in.connect(_begin, dispatch_uid="accounts.idle")


def _begin(request: Any, **_given: Any) -> None:
    request.session[_SINCE] = secrets.token_hex(8)
    request.session[ACTIVE] = request.session[_BEGUN] = int(time.time())
