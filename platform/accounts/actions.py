"""Verbs on accounts: open one, change the profile, end other sessions."""

from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.trail import note_sign_out
from audit.actions import hold_chain, record
from kernel.access import Actor
from kernel.anonymity import ANONYMISED
from kernel.errors import DomainError, Problem
from kernel.tenancy import public_scope
from kernel.validation import require_valid


def create_user(
    *,
    email: str,
    full_name: str,
    password: str | None,
    language: str = "pl",
    is_operator: bool = False,
    actor: Actor | None = None,
) -> User:
    """Open an account whose address is known to be the person's; without a password they set one by a link.

    `actor` is left out where the person opens it themselves. Raises DomainError `weak_password` with a problem for
    each rule broken, or `invalid`.
    """
    user = User(
        email=email.strip().lower(), full_name=full_name.strip(), language=language, is_operator=is_operator
    )
    if password is not None:
        _require_strong(password, user)
    user.set_password(password)
    with public_scope(), transaction.atomic():
        require_valid(user)
        user.save()
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        record(
            "create_account",
            actor=actor or Actor(user.pk, user.full_name),
            subject_type="user",
            subject_id=user.pk,
            payload={"is_operator": is_operator},
        )
    return user


def _require_strong(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(
            "weak_password",
            _("Choose another password."),
            problems=[Problem("weak_password", message, "password1") for message in error.messages],
        ) from error


def change_profile(user: User, *, full_name: str, language: str, actor: Actor) -> User:
    """Change how the person is named and in which language the platform speaks to them."""
    with public_scope(), transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        changed = [
            field
            for field, value in (("full_name", full_name.strip()), ("language", language))
            if getattr(locked, field) != value
        ]
        locked.full_name, locked.language = full_name.strip(), language
        require_valid(locked)
        if changed:
            locked.save(update_fields=["full_name", "language"])
            record(
                "change_profile",
                actor=actor,
                subject_type="user",
                subject_id=user.pk,
                payload={"changed": changed},
            )
    return locked


def forget_people(people: Iterable[User]) -> int:
    """Leave of these accounts nothing but their ids, in the caller's transaction; how many they were.

    They can neither sign in nor be written to; what refers to them still does.
    """
    keys = [one.pk for one in people]
    for session in UserSession.objects.filter(user__in=keys):
        session.end()
    for model in (EmailAddress, Authenticator):
        model.objects.filter(user__in=keys).delete()
    locked = list(User.objects.select_for_update().filter(pk__in=keys).order_by("pk"))
    for user in locked:
        user.email, user.full_name, user.is_active = f"{user.pk}@erased.invalid", ANONYMISED, False
        user.set_unusable_password()
    User.objects.bulk_update(locked, ["email", "full_name", "is_active", "password"], batch_size=500)
    return len(keys)


def end_second_factors(user: User, *, reason: str, actor: Actor) -> int:
    """Take off the codes of an account, those of the app and of recovery, and end its sessions; how many were taken.

    For secrets that somebody else may know: the person sets them up anew at the next sign-in. Passkeys stay, whose
    secret never was here. Raises DomainError `reason_missing`.
    """
    if not reason.strip():
        raise DomainError("reason_missing", _("Write the reason: it stays in the record."), field="reason")
    with public_scope(), transaction.atomic():
        # Signing in records first and then writes to the account.
        hold_chain()
        codes = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
        kinds = sorted(codes.values_list("type", flat=True))
        codes.delete()
        for session in UserSession.objects.filter(user=user):
            session.end()
        for kind in kinds:
            record(
                "remove_second_factor",
                actor=actor,
                subject_type="user",
                subject_id=user.pk,
                payload={"kind": kind, "reason": reason.strip()},
            )
    return len(kinds)


def end_sessions(user: User, *, reason: str, actor: Actor) -> int:
    """End every session of an account, as after a stolen phone or a code left on a machine; how many there were.

    Raises DomainError `reason_missing`.
    """
    if not reason.strip():
        raise DomainError("reason_missing", _("Write the reason: it stays in the record."), field="reason")
    with public_scope(), transaction.atomic():
        hold_chain()
        sessions = list(UserSession.objects.filter(user=user))
        for session in sessions:
            session.end()
        if sessions:
            record(
                "end_sessions",
                actor=actor,
                subject_type="user",
                subject_id=user.pk,
                payload={"sessions": len(sessions), "reason": reason.strip()},
            )
    return len(sessions)


def end_session(request: Any, *, because: str = "") -> None:
    """Sign out whoever is there; `because` as for `note_sign_out`."""
    if request.user.is_authenticated:
        note_sign_out(request.user, because=because)
    logout(request)
