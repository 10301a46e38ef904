"""Signing in, out and failing to, and changes of what guards an account, stand on the platform's record."""

import time
from ipaddress import IPv6Address
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.chain import walk_chain
from audit.models import Entry
from audit.words import VERBS
from tests.factories.people import UserFactory

PASSWORD = "zielona herbata o siódmej"
pytestmark = pytest.mark.django_db
# How many entries there were when the test began: the making of the tenants is on record too.
_before = 0


def browser() -> Client:
    """A client at a network address of its own: limits in Redis are counted by address and account."""
    return Client(REMOTE_ADDR=str(IPv6Address(uuid4().int)))


@pytest.fixture
def anna() -> User:
    user = UserFactory(email=f"anna.{uuid4().hex}@przyklad.test", full_name="Anna Zięba")
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture(autouse=True)
def _the_record_keeps_no_address_and_no_name(anna: User) -> Any:
    """After each test: whole, without an e-mail address or name, every verb with words."""
    global _before
    _before = Entry.objects.count()
    yield
    entries = list(Entry.objects.filter(sequence__gt=_before))
    assert entries
    assert walk_chain().holds
    assert {entry.verb for entry in entries} <= set(VERBS)
    for entry in entries:
        assert entry.actor_id in {None, anna.pk}
        said = f"{entry.actor_label} {entry.subject_id} {entry.payload}"
        assert "@" not in said
        assert "Zięba" not in said


def sign_in(client: Client, login: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password})


def told() -> list[tuple[Any, str, str, Any]]:
    """(actor, verb, subject, payload) of the entries of this test, in order."""
    return list(
        Entry.objects.filter(sequence__gt=_before)
        .order_by("sequence")
        .values_list("actor_id", "verb", "subject_id", "payload")
    )


def new_secret(client: Client) -> str:
    """The secret for an app, shown once the password was typed once more."""
    asked = client.get(reverse("mfa_activate_totp"))
    page = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    return str(page.context["form"].secret)


def code_of(secret: str, *, step: int = 0) -> str:
    counter = int(time.time()) // 30 + step
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def test_in_and_out(anna: User) -> None:
    client = browser()
    assert sign_in(client, anna.email).status_code == 302
    client.post(reverse("account_logout"))
    assert told() == [
        (anna.pk, "sign_in", str(anna.pk), {"by": ["password"]}),
        (anna.pk, "sign_out", str(anna.pk), {}),
    ]
    client.post(reverse("account_logout"))
    assert len(told()) == 2, "who is out already does not go out again"


def test_a_wrong_password_and_an_unknown_address(anna: User) -> None:
    client = browser()
    assert sign_in(client, anna.email.upper(), "nie to hasło").status_code == 200
    assert sign_in(client, f"ktos.{uuid4().hex}@przyklad.test").status_code == 200
    assert told() == [
        (None, "fail_sign_in", str(anna.pk), {"by": "password"}),
        (None, "fail_sign_in", "", {"by": "password"}),
    ]


def test_a_second_factor_is_added_asked_for_failed_and_removed(anna: User) -> None:
    client = browser()
    sign_in(client, anna.email)
    secret = new_secret(client)
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    added = {(row[1], row[3].get("kind")) for row in told()[1:]}
    assert added <= {("add_second_factor", "totp"), ("add_second_factor", "recovery_codes")}

    client = browser()
    sign_in(client, anna.email)
    before = len(told())
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert told()[before:] == [(None, "fail_sign_in", str(anna.pk), {"by": "totp"})]
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret, step=1)})
    assert told()[-1] == (anna.pk, "sign_in", str(anna.pk), {"by": ["password", "totp"]})

    before = len(told())
    asked = client.get(reverse("mfa_deactivate_totp"))
    client.post(asked["Location"], {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=anna).exists()
    assert {(row[1], row[3]["kind"]) for row in told()[before:]} == {
        ("remove_second_factor", "totp"),
        ("remove_second_factor", "recovery_codes"),
    }


def test_new_recovery_codes_and_the_codes_that_come_with_an_app(
    anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    sign_in(client, anna.email)
    secret = new_secret(client)
    # allauth tells of it after the commit, still inside the request; the test's own transaction never commits.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda run, **_options: run())
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert {(row[1], row[3].get("kind")) for row in told()[1:]} == {
        ("add_second_factor", "totp"),
        ("add_second_factor", "recovery_codes"),
    }
    client.post(reverse("mfa_generate_recovery_codes"))
    assert told()[-1][1:3] == ("renew_recovery_codes", str(anna.pk))


def test_a_key_that_does_not_fit(anna: User) -> None:
    answer = browser().post(reverse("mfa_login_webauthn"), {"credential": '{"rawId": "x"}'})
    assert answer.status_code < 500
    assert told() == [(None, "fail_sign_in", "", {"by": "webauthn"})]


def test_password_address_and_other_sessions(anna: User) -> None:
    first, second = browser(), browser()
    sign_in(first, anna.email)
    sign_in(second, anna.email)
    assert UserSession.objects.filter(user=anna).count() == 2
    first.post(reverse("usersessions_list"))
    assert told()[-1] == (anna.pk, "end_sessions", str(anna.pk), {"sessions": 1})
    other = "srebrna łyżka w sieni"
    given = {"oldpassword": PASSWORD, "password1": other, "password2": other}
    first.post(reverse("account_change_password"), given)
    assert told()[-1] == (anna.pk, "change_password", str(anna.pk), {})
    first.post(reverse("account_email"), {"action_add": "", "email": f"nowa.{uuid4().hex}@przyklad.test"})
    link = next(word for word in mail.outbox[-1].body.split() if "/account/confirm-email/" in word)
    first.post("/" + link.split("/", 3)[3])
    assert told()[-1] == (anna.pk, "change_email", str(anna.pk), {})


def test_a_forgotten_password_set_anew(anna: User) -> None:
    client = browser()
    client.post(reverse("account_reset_password"), {"email": anna.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    form = client.get("/" + link.split("/", 3)[3])["Location"]
    other = "srebrna łyżka w sieni"
    client.post(form, {"password1": other, "password2": other})
    assert told() == [(anna.pk, "change_password", str(anna.pk), {})]


def test_who_cannot_be_put_on_record_is_not_let_in(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("the record cannot be written")

    client = browser()
    sign_in(client, anna.email, "nie to hasło")
    monkeypatch.setattr("accounts.trail.record", refuse)
    with pytest.raises(RuntimeError):
        sign_in(client, anna.email)
    assert "_auth_user_id" not in client.session
