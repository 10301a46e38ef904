"""Sessions that an operator ends (`end_sessions`)."""

from io import StringIO
from ipaddress import IPv6Address
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from tests.factories.people import UserFactory

PASSWORD = "zielona herbata o siódmej"
pytestmark = pytest.mark.django_db


def _person() -> User:
    user: User = UserFactory(email=f"anna.{uuid4().hex}@przyklad.test")
    user.set_password(PASSWORD)
    user.save()
    return user


def _signed_in(user: User) -> Client:
    client = Client(REMOTE_ADDR=str(IPv6Address(uuid4().int)))
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert _is_inside(client)
    return client


def _is_inside(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def test_an_operator_ends_all_sessions_of_an_account_or_of_everybody() -> None:
    user, other = _person(), _person()
    desk, phone, elsewhere = _signed_in(user), _signed_in(user), _signed_in(other)
    for wrong in ((), ("--all", user.email), ("nobody@przyklad.test",)):
        with pytest.raises(CommandError):
            call_command("end_sessions", *wrong, reason="kradzież", stdout=StringIO())
    with pytest.raises(CommandError, match="powód"):
        call_command("end_sessions", user.email, reason=" ", stdout=StringIO())
    assert _is_inside(desk) and _is_inside(phone)
    told = StringIO()
    call_command("end_sessions", user.email, reason="kradzież", stdout=told)
    assert (_is_inside(desk), _is_inside(phone), _is_inside(elsewhere)) == (False, False, True)
    entry = Entry.objects.get(verb="end_sessions", subject_id=str(user.pk))
    assert entry.payload == {"sessions": 2, "reason": "kradzież"}
    assert "2 sessions of 1 accounts ended." in told.getvalue()
    call_command("end_sessions", all=True, reason="kradzież", stdout=StringIO())
    assert not _is_inside(elsewhere)
