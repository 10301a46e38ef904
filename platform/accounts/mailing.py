"""Mails to people: the two templates of a kind, drawn in the language of whoever receives them."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import User


def mail_people(people: Iterable[User], template: str, context: dict[str, Any], *, path: str) -> int:
    """Mail `<template>_subject.txt` and `<template>_body.txt` to each; returns how many.

    `path` is the address of ours where the reader goes on; templates have it whole as `url`.
    Raises SMTPException or OSError where the mail server is away.
    """
    sent = 0
    for person in people:
        _send(person.email, person.language, template, context, path)
        sent += 1
    return sent


def mail_address(email: str, template: str, context: dict[str, Any], *, path: str) -> None:
    """The same to one address, which may belong to nobody who has an account yet: then in Polish."""
    known = User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
    _send(email, known, template, context, path)


def _send(email: str, language: str | None, template: str, context: dict[str, Any], path: str) -> None:
    said = {**context, "url": settings.SITE_URL.rstrip("/") + path}
    with translation.override(language or settings.LANGUAGE_CODE):
        subject = render_to_string(f"{template}_subject.txt", said)
        body = render_to_string(f"{template}_body.txt", said)
        send_mail(" ".join(subject.split()), body, None, [email])
