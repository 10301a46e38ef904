"""Mails to people: the two templates of a kind, drawn in the language of whoever receives them."""

import hashlib
from collections.abc import Iterable
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from redis.exceptions import RedisError

from accounts.models import User
from kernel.metrics import MAILS

log = structlog.get_logger(__name__)

# A mail that did not reach everybody is tried again within hours; so long it is known whom it has reached.
_REMEMBERED = 24 * 3600
# From here on a server's code means never, below it means later (RFC 5321, 4.2.1).
_FOR_GOOD = 500


def mail_people(people: Iterable[User], template: str, context: dict[str, Any], *, path: str) -> int:
    """Mail `<template>_subject.txt` and `<template>_body.txt` to each; returns how many have it.

    `path` is the address of ours where the reader goes on; templates have it whole as `url`. Whoever is at hand gets
    the mail even where another address fails; called again with the same mail, it leaves out whom it has reached. An
    address that is refused for good is logged and holds up nobody.
    Raises SMTPException or OSError where the mail server is away, or will take an address later.
    """
    reached: list[str] = []
    met: SMTPException | None = None
    for person in people:
        mail = _drawn(person.email, person.language, template, context, path)
        key = _key(mail)
        if not _is_remembered(key):
            try:
                mail.send()
            except (SMTPRecipientsRefused, SMTPDataError) as error:
                if _codes(error) and min(_codes(error)) >= _FOR_GOOD:
                    log.warning("mail_refused", template=template, user=str(person.pk), codes=_codes(error))
                    MAILS.labels("refused").inc()
                else:
                    met = met or error
                    MAILS.labels("put_off").inc()
                continue
            MAILS.labels("sent").inc()
            _remember(key)
        reached.append(key)
    if met is not None:
        raise met
    # Everybody has it: the same words are another mail from now on.
    _forget(reached)
    return len(reached)


def mail_address(email: str, template: str, context: dict[str, Any], *, path: str) -> None:
    """The same to one address, which may belong to nobody who has an account yet: then in Polish."""
    known = User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
    _drawn(email, known, template, context, path).send()
    MAILS.labels("sent").inc()


def _drawn(
    email: str, language: str | None, template: str, context: dict[str, Any], path: str
) -> EmailMessage:
    said = {**context, "url": settings.SITE_URL.rstrip("/") + path}
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = render_to_string(f"{template}_subject.txt", said)
        body = render_to_string(f"{template}_body.txt", said)
    return EmailMessage(" ".join(subject.split()), body, None, [email])


def _codes(error: SMTPRecipientsRefused | SMTPDataError) -> list[int]:
    if isinstance(error, SMTPDataError):
        return [error.smtp_code]
    return [code for code, _said in error.recipients.values()]


def _key(mail: EmailMessage) -> str:
    """Names the mail and its reader without telling either."""
    told = "\0".join([*mail.to, str(mail.subject), str(mail.body)])
    return f"mailed-{hashlib.sha256(told.encode()).hexdigest()}"


# Without a cache a mail is tried again for everybody: twice is better than never.


def _is_remembered(key: str) -> bool:
    try:
        return cache.get(key) is not None
    except RedisError:
        return False


def _remember(key: str) -> None:
    try:
        cache.set(key, 1, _REMEMBERED)
    except RedisError:
        log.warning("mail_not_remembered")


def _forget(keys: list[str]) -> None:
    try:
        cache.delete_many(keys)
    except RedisError:
        log.warning("mail_not_remembered")
