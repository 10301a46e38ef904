"""Signing in and out, resetting the password, limits, own sessions, profile: through the door.

Limits are counted in the real Redis by network address and by account; every test has addresses of its own, so that
none disturbs another and nothing has to be cleared from a server that others use too.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv6Address
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts import tasks
from accounts.models import User
from audit.models import Entry
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.people import UserFactory

pytestmark = pytest.mark.usefixtures("served_as")

NOBODY = f"nikt.{uuid4().hex}@przyklad.test"
PASSWORD = "zielona herbata o siódmej"
# Longer than the 72 bytes at which some hashes stop reading.
LONG = f"{PASSWORD} {'ósemka ' * 12}".strip()
MINE = f"anna.{uuid4().hex}@przyklad.test"
SignIn = Callable[..., Any]


def browser(**headers: Any) -> Client:
    """A client at a network address that no other test uses."""
    return Client(REMOTE_ADDR=str(IPv6Address(uuid4().int)), **headers)


@pytest.fixture(autouse=True)
def _own_account() -> None:
    """Each test's account has an address of its own, by which failed attempts are counted."""
    global MINE
    MINE = f"anna.{uuid4().hex}@przyklad.test"


@pytest.fixture
def user(db: None, _own_account: None) -> User:
    person: User = UserFactory(email=MINE, full_name="Anna Próbna")
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def attempt(client: Client, email: str = "", password: str = PASSWORD, query: str = "") -> Any:
    return client.post(reverse("account_login") + query, {"login": email or MINE, "password": password})


def is_inside(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def test_the_right_password_lets_in_whatever_the_case_of_the_address(user: User) -> None:
    client = browser()
    assert attempt(client, MINE.upper())["Location"] == reverse("home")
    assert is_inside(client)


@pytest.mark.parametrize(
    "typed",
    [
        PASSWORD.title(),
        f" {PASSWORD}",
        f"{PASSWORD} ",
        PASSWORD.replace("ó", "o"),
        PASSWORD[:12],
        f"{LONG[:-1]}!",
    ],
)
def test_a_password_counts_as_it_was_typed_to_the_last_sign(user: User, typed: str) -> None:
    client = browser()
    attempt(client, password=typed)
    assert not is_inside(client)
    user.set_password(LONG)
    user.save()
    assert attempt(client, password=LONG).status_code == 302 and is_inside(client)


def test_after_signing_in_one_is_where_one_wanted_to_be_but_never_elsewhere(user: User) -> None:
    assert attempt(browser(), query="?next=/me/profile/")["Location"] == "/me/profile/"
    assert attempt(browser(), query="?next=https://evil.test/")["Location"] == reverse("home")


@pytest.mark.parametrize(
    ("email", "password"), [("", "zle"), (NOBODY, PASSWORD)], ids=["wrong password", "unknown address"]
)
def test_a_wrong_password_and_an_unknown_address_are_told_alike(
    user: User, email: str, password: str
) -> None:
    client = browser()
    answer = attempt(client, email, password)
    page = answer.content.decode()
    assert "E-mail lub hasło jest nieprawidłowe" in page
    assert f'value="{email or MINE}"' in page
    assert password not in page
    assert not is_inside(client)


def test_a_closed_account_does_not_let_in(user: User) -> None:
    User.objects.update(is_active=False)
    client = browser()
    attempt(client)
    assert not is_inside(client)


def test_nobody_can_open_an_account_without_an_invitation(db: None) -> None:
    client = browser()
    assert "zaprosze" in client.get(reverse("account_signup")).content.decode()
    given = {"email": "x@y.pl", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), given)
    assert not User.objects.exists()


def test_signing_out_asks_first_and_empties_the_session(user: User) -> None:
    client = browser()
    attempt(client)
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_inside(client)
    client.post(reverse("account_logout"))
    assert not is_inside(client)


def test_after_five_wrong_passwords_even_the_right_one_waits(user: User) -> None:
    client = browser()
    for _ in range(5):
        attempt(client, password="zle")
    page = attempt(client).content.decode()
    assert "Zbyt wiele nieudanych prób" in page
    assert not is_inside(client)


@override_settings(
    CACHES={
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "KEY_FUNCTION": "kernel.tenancy.cache_key",
        }
    }
)
def test_without_redis_signing_in_says_in_plain_words_that_a_server_is_away(user: User) -> None:
    client = browser(raise_request_exception=False)
    answer = attempt(client)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Traceback" not in answer.content.decode()
    assert not UserSession.objects.exists()


def reset(client: Client, email: str = "") -> Any:
    return client.post(reverse("account_reset_password"), {"email": email or MINE}, follow=True)


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(user: User) -> None:
    elsewhere = browser()
    attempt(elsewhere)
    assert "Zajrzyj do skrzynki" in reset(browser()).content.decode()
    letter = mail.outbox[-1]
    assert (letter.subject, letter.to) == ("Siedem: Ustaw nowe hasło", [MINE])
    link = re.search(r"http\S+", str(letter.body))
    assert link is not None
    path = "/" + link[0].split("/", 3)[3]
    client = browser()
    form = client.get(path, follow=True)
    action = form.redirect_chain[-1][0]
    weak = client.post(action, {"password1": "krótkie", "password2": "krótkie"})
    assert list(weak.context["form"].errors) == ["password1"]
    new = "całkiem inne długie hasło"
    client.post(action, {"password1": new, "password2": new})
    assert attempt(browser(), password=new)["Location"] == reverse("home")
    assert attempt(browser()).status_code == 200
    assert not is_inside(elsewhere)
    assert "Tego odnośnika nie można użyć" in browser().get(path, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_page_and_a_mail_that_says_so(user: User) -> None:
    known, unknown = reset(browser()), reset(browser(), NOBODY)
    assert known.redirect_chain == unknown.redirect_chain
    assert mail.outbox[-1].subject == "Siedem: Nie ma konta z tym adresem"
    assert NOBODY in mail.outbox[-1].body


def test_a_mail_server_that_is_away_gives_503_and_not_a_broken_page(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    client = browser(raise_request_exception=False)
    answer = client.post(reverse("account_reset_password"), {"email": MINE})
    assert answer.status_code == 503


def test_a_changed_password_ends_every_other_session_and_keeps_this_one(user: User) -> None:
    here, elsewhere = browser(), browser()
    attempt(here)
    attempt(elsewhere)
    new = "całkiem inne długie hasło"
    wrong = here.post(
        reverse("account_change_password"), {"oldpassword": "zle", "password1": new, "password2": new}
    )
    assert list(wrong.context["form"].errors) == ["oldpassword"]
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert is_inside(here)
    assert not is_inside(elsewhere)
    assert mail.outbox[-1].subject == "Siedem: Zmieniono Twoje hasło"


def test_own_sessions_are_listed_and_the_others_ended(user: User) -> None:
    here, elsewhere = browser(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"), browser()
    attempt(here)
    attempt(elsewhere)
    page = here.get(reverse("usersessions_list")).content.decode()
    assert "Firefox, Windows" in page
    assert page.count("<tr>") == 3
    here.post(reverse("usersessions_list"))
    assert is_inside(here)
    assert not is_inside(elsewhere)


def test_the_list_shows_sessions_of_the_own_account_only(user: User, alfa: Tenant) -> None:
    other = UserFactory(email="obca@przyklad.test")
    other.set_password(PASSWORD)
    other.save()
    stranger = browser(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/600")
    attempt(stranger, "obca@przyklad.test")
    client = browser()
    attempt(client)
    page = client.get(reverse("usersessions_list")).content.decode()
    assert "iPhone" not in page


def test_reading_pages_writes_the_last_sight_at_most_once_in_five_minutes(
    user: User, django_assert_num_queries: Any
) -> None:
    client = browser()
    attempt(client)
    is_inside(client)
    seen = UserSession.objects.get().last_seen_at
    is_inside(client)
    assert UserSession.objects.get().last_seen_at == seen
    session = client.session
    session["seen"] = 0
    session.save()
    is_inside(client)
    assert UserSession.objects.get().last_seen_at > seen


def test_a_session_ends_twelve_hours_after_the_last_contact(user: User) -> None:
    client = browser()
    attempt(client)
    session = client.session
    session["seen"] = 0
    session.save()
    kept = Session.objects.filter(pk=session.session_key)
    kept.update(expire_date=timezone.now() + timedelta(hours=1))
    assert is_inside(client)
    assert kept.get().expire_date > timezone.now() + timedelta(hours=11)
    kept.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_inside(client)


def test_the_clock_clears_sessions_that_ran_out_with_what_was_noted_of_them(user: User) -> None:
    old, fresh = browser(), browser()
    attempt(old)
    attempt(fresh)
    Session.objects.filter(pk=old.session.session_key).update(expire_date=timezone.now() - timedelta(1))
    assert tasks.clear_expired_sessions() == 1
    assert [row.session_key for row in UserSession.objects.all()] == [fresh.session.session_key]


def test_the_profile_changes_name_and_language_from_the_next_page_on(user: User) -> None:
    client = browser()
    attempt(client)
    address = reverse("accounts:profile")
    assert '<html lang="pl"' in client.get(address).content.decode()
    answer = client.post(address, {"full_name": "Anna Nowa", "language": "en"}, follow=True)
    page = answer.content.decode()
    assert '<html lang="en"' in page
    assert "Your profile is saved." in page
    assert "Anna Nowa" in page
    entry = Entry.objects.get(verb="change_profile")
    assert entry.payload == {"changed": ["full_name", "language"]}


def test_an_empty_name_is_refused(user: User) -> None:
    client = browser()
    attempt(client)
    answer = client.post(reverse("accounts:profile"), {"full_name": "  ", "language": "pl"})
    assert answer.status_code == 422
    user.refresh_from_db()
    assert user.full_name == "Anna Próbna"


def test_a_new_address_holds_once_its_link_is_opened(user: User) -> None:
    client = browser()
    attempt(client)
    # Each time another: how often mail goes to an address is counted in Redis, over runs of the tests too.
    new = f"nowa.{uuid4().hex}@przyklad.test"
    client.post(reverse("account_email"), {"email": new, "action_add": "1"})
    user.refresh_from_db()
    assert user.email == MINE
    letter = next(one for one in mail.outbox if one.to == [new])
    assert letter.subject == "Siedem: Potwierdź nowy e-mail"
    link = re.search(r"http\S+", str(letter.body))
    assert link is not None
    path = "/" + link[0].split("/", 3)[3]
    assert new in client.get(path).content.decode()
    client.post(path)
    user.refresh_from_db()
    assert user.email == new
    assert attempt(browser(), new)["Location"] == reverse("home")


def test_an_address_of_somebody_else_cannot_be_taken(user: User) -> None:
    UserFactory(email="zajety@przyklad.test")
    client = browser()
    attempt(client)
    client.post(reverse("account_email"), {"email": "zajety@przyklad.test", "action_add": "1"})
    assert User.objects.filter(email="zajety@przyklad.test").count() == 1
    user.refresh_from_db()
    assert user.email == MINE


@pytest.mark.parametrize(
    "name",
    [
        "accounts:profile",
        "account_change_password",
        "account_email",
        "usersessions_list",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_generate_recovery_codes",
    ],
)
def test_account_pages_want_somebody_signed_in(db: None, name: str) -> None:
    answer = browser().get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].split("?")[0] in {reverse("account_login"), reverse("account_reauthenticate")}


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_account_page_is_ours_in_both_languages(alfa: Tenant, sign_in: SignIn, language: str) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    client.cookies["django_language"] = language
    outside = browser()
    outside.cookies["django_language"] = language
    pages = [
        (client, name)
        for name in ("mfa_index", "mfa_list_webauthn", "account_change_password", "account_email",
                     "usersessions_list", "account_logout")
    ] + [
        (outside, name)
        for name in ("account_login", "account_signup", "account_reset_password", "account_reset_password_done",
                     "account_reset_password_from_key_done", "account_inactive", "account_email_verification_sent")
    ]  # fmt: skip
    for who, name in pages:
        answer = who.get(reverse(name), follow=True)
        page = answer.content.decode()
        assert answer.status_code == 200, name
        assert f'<html lang="{language}"' in page, name
        assert 'class="skip-link"' in page, name
        assert "placeholder=" not in page.replace('placeholder="Szukaj"', "").replace(
            'placeholder="Search"', ""
        )
        assert "<strong>Menu:" not in page, name
