"""When somebody proved last who they are, and the files asked for meanwhile: kept in the session until it is done."""

import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

_ASKED = "asked_files"
# Files asked for in several tabs wait beside each other; of more, the oldest is forgotten.
_MOST = 5


@dataclass(frozen=True)
class AskedFile:
    """A file that somebody asked for: how, what the form said, and the page on which they were ("" where unknown)."""

    address: str
    method: str
    fields: dict[str, list[str]]
    back: str


def proved_within(request: Any, seconds: int, *, anew: bool = False) -> bool:
    """Whether the person proved in this session, so many seconds ago at most, who they are.

    Signing in is such a proof; with `anew` only one that was asked for after it.
    """
    records = get_authentication_records(request, request.user)
    proved = [float(one["at"]) for one in records if one.get("reauthenticated") or not anew]
    return bool(proved) and time.time() - max(proved) < seconds


def may_take_persons_along(request: Any) -> bool:
    """Whether the proof is young enough for a file with personal data of many persons."""
    return proved_within(request, settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def keep_asked_file(request: HttpRequest) -> str:
    """Remember the file that is asked for; returns the key under which `asked_file` finds it in this session."""
    fields = {name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"}
    asked = asdict(AskedFile(request.get_full_path(), request.method or "GET", fields, _page_before(request)))
    kept: dict[str, Any] = request.session.get(_ASKED, {})
    for key, one in kept.items():
        if one == asked:
            return key
    key = secrets.token_urlsafe(9)
    request.session[_ASKED] = dict([*kept.items(), (key, asked)][-_MOST:])
    return key


def asked_file(request: HttpRequest, key: str) -> AskedFile | None:
    """The file of that key which this session asked for."""
    found = request.session.get(_ASKED, {}).get(key)
    return AskedFile(**found) if found else None


def _page_before(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        came_from, {request.get_host()}, require_https=request.is_secure()
    ):
        return ""
    there = urlsplit(came_from)
    return there.path + (f"?{there.query}" if there.query else "")
