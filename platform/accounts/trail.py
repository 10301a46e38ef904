"""Who signed in and out, who failed to, and what was changed that guards an account, on the platform's record.

An entry (KRI 2024 §20) names the account by its id only; an address typed by somebody who has no account is kept
nowhere. allauth tells of second factors, passwords and addresses by signals, so these are heard here; everything else
calls by name.
"""

from typing import Any

from allauth.account.signals import email_changed, password_changed, password_reset, password_set
from allauth.mfa import signals as second_factor
from django.db import transaction

from accounts.models import User
from audit.actions import record
from kernel.access import Actor
from kernel.tenancy import public_scope


def note_sign_in(user: User, methods: list[str]) -> None:
    """`methods` in the order in which they were shown: password, totp, recovery_codes, webauthn."""
    with public_scope(), transaction.atomic():
        record("sign_in", actor=_by(user), subject_type="user", subject_id=user.pk, payload={"by": methods})


def note_failed_sign_in(user: User | None, method: str) -> None:
    """Somebody, perhaps not the account's owner, failed to sign in; `user` is None where there is no such account."""
    with public_scope(), transaction.atomic():
        record(
            "fail_sign_in",
            actor=Actor(None, ""),
            subject_type="user",
            subject_id=user.pk if user else "",
            payload={"by": method},
        )


def note_sign_out(user: User, *, because: str = "") -> None:
    """`because` it was `idle`, nobody did anything in it, or of its `age`; "" where the person wanted it."""
    with public_scope(), transaction.atomic():
        payload = {because: True} if because else None
        record("sign_out", actor=_by(user), subject_type="user", subject_id=user.pk, payload=payload)


def note_ended_sessions(user: User, count: int) -> None:
    """The person signed out `count` sessions of theirs from the list."""
    with public_scope(), transaction.atomic():
        record(
            "end_sessions",
            actor=_by(user),
            subject_type="user",
            subject_id=user.pk,
            payload={"sessions": count},
        )


def _by(user: User) -> Actor:
    return Actor(user.pk, "")


def _note_added(user: User, authenticator: Any, **_given: Any) -> None:
    with public_scope(), transaction.atomic():
        record(
            "add_second_factor",
            actor=_by(user),
            subject_type="user",
            subject_id=user.pk,
            payload={"kind": str(authenticator.type)},
        )


def _note_removed(user: User, authenticator: Any, **_given: Any) -> None:
    with public_scope(), transaction.atomic():
        record(
            "remove_second_factor",
            actor=_by(user),
            subject_type="user",
            subject_id=user.pk,
            payload={"kind": str(authenticator.type)},
        )


def _note_new_codes(user: User, **_given: Any) -> None:
    with public_scope(), transaction.atomic():
        record("renew_recovery_codes", actor=_by(user), subject_type="user", subject_id=user.pk)


def _note_wrong_code(user: User, authenticator: Any, **_given: Any) -> None:
    note_failed_sign_in(user, str(authenticator.type))


def _note_password(user: User, **_given: Any) -> None:
    with public_scope(), transaction.atomic():
        record("change_password", actor=_by(user), subject_type="user", subject_id=user.pk)


def _note_address(user: User, **_given: Any) -> None:
    with public_scope(), transaction.atomic():
        record("change_email", actor=_by(user), subject_type="user", subject_id=user.pk)


def listen() -> None:
    """Hear what allauth tells; called once, when the app is ready."""
    second_factor.authenticator_added.connect(_note_added)
    second_factor.authenticator_removed.connect(_note_removed)
    second_factor.authenticator_reset.connect(_note_new_codes)
    second_factor.authentication_failed.connect(_note_wrong_code)
    for changed in (password_changed, password_reset, password_set):
        changed.connect(_note_password)
    email_changed.connect(_note_address)
