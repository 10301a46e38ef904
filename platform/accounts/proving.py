"""Proving once more who one is, on the page that needs it: by the database alone, so that no cache need be there.

allauth's own page of reauthentication serves as well and knows more means, but its limits live in the cache.
"""

from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.trail import note_failed_sign_in
from audit.models import Entry
from kernel.errors import DomainError
from kernel.proving import proved_within
from kernel.tenancy import public_scope

# How long ago one may have proved who one is, in seconds.
FRESH_SECONDS = 300
_MOST_FAILURES = 5
_WINDOW = timedelta(minutes=15)
_METHOD = "confirmation"


def proved_lately(request: Any) -> bool:
    """Whether the person proved in this session, within the last minutes and after signing in, who they are."""
    return proved_within(request, FRESH_SECONDS, anew=True)


def prove_by_password(request: Any, password: str) -> None:
    """Note in the session that the person proved who they are; failures go into the record and are counted there.

    Raises DomainError `wrong_password` or `too_many_failures`, at the field `password`.
    """
    user: User = request.user
    if _failures(user) >= _MOST_FAILURES:
        raise DomainError(
            "too_many_failures",
            _("Too many wrong passwords. Wait a quarter of an hour, then try again."),
            field="password",
        )
    if not user.check_password(password):
        note_failed_sign_in(user, _METHOD)
        raise DomainError("wrong_password", _("The password is wrong. Type it once more."), field="password")
    reauthenticate_by_password(request)


def _failures(user: User) -> int:
    with public_scope():
        return Entry.objects.filter(
            verb="fail_sign_in",
            subject_id=str(user.pk),
            at__gte=timezone.now() - _WINDOW,
            payload__by=_METHOD,
        ).count()
