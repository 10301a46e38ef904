"""The language that a person chose, kept in a cookie that also speaks before they sign in."""

from typing import TypeVar

from django.conf import settings
from django.http import HttpResponse

from accounts.models import User

Response = TypeVar("Response", bound=HttpResponse)


def remember_language(response: Response, user: User) -> Response:
    """Set the cookie from which every later page takes its language."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return response
