"""The second factor: required for roles that show persons, set up, asked for, recovered, kept encrypted."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from io import StringIO
from ipaddress import IPv6Address
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from audit.models import Entry
from kernel import crypto
from kernel.doors import SECOND_FACTOR_NEXT
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.factories.people import UserFactory

PASSWORD = "zielona herbata o siódmej"
SignIn = Callable[..., Any]


def browser() -> Client:
    """A client at a network address of its own: limits in Redis are counted by address and account."""
    return Client(REMOTE_ADDR=str(IPv6Address(uuid4().int)))


@pytest.fixture
def director(alfa: Tenant) -> Client:
    """A director who signed in with the password, so that confirming it again is possible."""
    user = UserFactory(email=f"anna.{uuid4().hex}@przyklad.test")
    user.set_password(PASSWORD)
    user.save()
    Membership.objects.create(user=user, tenant=alfa, role=Role.DIRECTOR)
    client = browser()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.user = user  # type: ignore[attr-defined]
    return client


def code_of(secret: str, *, step: int = 0) -> str:
    """What an app shows now; one step later for the next code, since each counts once."""
    counter = int(time.time()) // 30 + step
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def confirm(client: Client, address: str) -> Any:
    """Open a guarded page, type the password once more, and be there."""
    asked = client.get(address)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    return client.post(asked["Location"], {"password": PASSWORD}, follow=True)


def set_up_app(client: Client) -> str:
    page = confirm(client, reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert done["Location"] == reverse("mfa_view_recovery_codes")
    return str(secret)


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_a_role_that_shows_persons_is_led_to_set_it_up_told_why_and_led_back(director: Client) -> None:
    wanted = reverse("people:list", args=["alfa"]) + "?sort=role"
    assert director.get(wanted)["Location"] == reverse("mfa_index")
    page = director.get(reverse("mfa_index")).content.decode()
    assert "Aby przejść dalej, ustaw drugi składnik logowania" in page
    assert "dane osób objętych usługami" in page
    set_up_app(director)
    page = director.get(reverse("mfa_index")).content.decode()
    assert "Aby przejść dalej" not in page
    assert f'href="{wanted}"' in page
    assert director.get(wanted).status_code == 200
    assert wanted not in director.get(reverse("mfa_index")).content.decode()


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_nothing_is_done_for_whoever_lacks_it(director: Client, alfa: Tenant) -> None:
    given = {"full_name": "A B", "email": "a@b.pl", "role": Role.INSPECTOR}
    answer = director.post(reverse("people:invite", args=["alfa"]), given)
    assert answer["Location"] == reverse("mfa_index")
    assert not alfa.invitations.exists()


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_a_script_is_told_in_its_own_format_and_led_nowhere(director: Client, alfa: Tenant) -> None:
    """A redirect would give it a page with 200, and it would take that for its answer."""
    address = reverse("people:invite", args=["alfa"])
    answers = [
        director.get(address, headers={"accept": "application/json"}),
        director.post(address, {"email": "a@b.pl"}, content_type="application/json"),
    ]
    for answer in answers:
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (401, "second_factor")
        assert "nie ma drugiego składnika logowania" in error["message"]
    # An address of a script is no place to come back to.
    assert SECOND_FACTOR_NEXT not in director.session
    assert not alfa.invitations.exists()


@override_settings(SECOND_FACTOR_REQUIRED=True)
def test_an_analyst_who_sees_no_person_enters_without_it(db: None, sign_in: SignIn) -> None:
    assert sign_in("regional_analyst").get(reverse("statistics:region", args=["32"])).status_code == 200


@override_settings(SECOND_FACTOR_REQUIRED=True)
@pytest.mark.parametrize("name", ["operator:tenants", "operator:create_tenant"])
def test_the_operator_needs_it_at_every_door(db: None, sign_in: SignIn, name: str) -> None:
    assert sign_in("platform_operator").get(reverse(name))["Location"] == reverse("mfa_index")


def test_the_local_demo_may_leave_it_off(director: Client) -> None:
    assert settings.SECOND_FACTOR_REQUIRED is False
    assert director.get(reverse("people:list", args=["alfa"])).status_code == 200


def _start(**variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{settings.ROOT}{os.pathsep}{settings.ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "x" * 60,
        "MASTER_KEYS": settings.MASTER_KEYS[0],
        "ALLOWED_HOSTS": "siedem.example",
        "SITE_URL": "https://siedem.example",
        "SEAL_KMS_KEY_ID": "alias/siedem",
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("off", ["0", "false", "off", "no"])
def test_production_refuses_to_start_with_it_off(off: str) -> None:
    refused = _start(SECOND_FACTOR_REQUIRED=off)
    assert refused.returncode != 0
    assert "SECOND_FACTOR_REQUIRED is off" in refused.stderr


def test_production_starts_with_it_on() -> None:
    started = _start()
    assert started.returncode == 0, started.stderr


def begin(director: Client) -> Client:
    """Another browser in which the director typed the password."""
    client = browser()
    email = director.user.email  # type: ignore[attr-defined]
    asked = client.post(reverse("account_login"), {"login": email, "password": PASSWORD})
    assert asked["Location"] == reverse("mfa_authenticate")
    return client


def is_inside(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def test_the_code_of_the_app_is_asked_for_after_the_password(director: Client) -> None:
    secret = set_up_app(director)
    client = begin(director)
    assert not is_inside(client)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "Kod jest nieprawidłowy albo wygasł" in wrong.content.decode()
    assert not is_inside(client)
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(secret, step=1)})
    assert right["Location"] == reverse("home")
    assert is_inside(client)


def test_a_key_is_offered_to_whoever_has_one(director: Client) -> None:
    set_up_app(director)
    login = {"login": director.user.email, "password": PASSWORD}  # type: ignore[attr-defined]
    client = browser()
    client.post(reverse("account_login"), login)
    assert 'id="webauthn_form"' not in client.get(reverse("mfa_authenticate")).content.decode()
    # Any key will do: only the browser could make a real one (tests/browser/test_passkeys.py does).
    Authenticator.objects.create(user=director.user, type="webauthn", data={"name": "Telefon"})  # type: ignore[attr-defined]
    with mock.patch("allauth.mfa.webauthn.internal.auth.begin_authentication", return_value={}):
        assert 'id="webauthn_form"' in client.get(reverse("mfa_authenticate")).content.decode()


def test_the_same_code_does_not_let_in_twice(director: Client) -> None:
    secret = set_up_app(director)
    code = code_of(secret, step=1)
    first, second = begin(director), begin(director)
    first.post(reverse("mfa_authenticate"), {"code": code})
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert is_inside(first)
    assert not is_inside(second)


def test_a_recovery_code_lets_in_once(director: Client) -> None:
    set_up_app(director)
    codes = director.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10
    first, second = begin(director), begin(director)
    first.post(reverse("mfa_authenticate"), {"code": codes[0]})
    second.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_inside(first)
    assert not is_inside(second)
    second.post(reverse("mfa_authenticate"), {"code": codes[1]})
    assert is_inside(second)


def test_secrets_lie_encrypted_in_the_database(director: Client) -> None:
    secret = set_up_app(director)
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept
    assert crypto.unseal(kept) == secret
    seed = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).data["seed"]
    assert crypto.unseal(seed)


def test_a_new_master_key_takes_them_over_and_the_old_one_can_go(director: Client) -> None:
    secret = set_up_app(director)
    codes = director.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    old, new = settings.MASTER_KEYS[0], Fernet.generate_key().decode()
    with override_settings(MASTER_KEYS=[new, old]):
        call_command("rotate_master_keys", stdout=StringIO())
    with override_settings(MASTER_KEYS=[new]):
        by_app, by_code = begin(director), begin(director)
        by_app.post(reverse("mfa_authenticate"), {"code": code_of(secret, step=1)})
        by_code.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert is_inside(by_app) and is_inside(by_code)
    taken = Entry.objects.get(verb="rotate_master_keys", subject_type="user")
    assert taken.payload == {"rows": 2}


def test_an_operator_takes_off_what_somebody_else_may_know_and_passkeys_stay(director: Client) -> None:
    set_up_app(director)
    user = director.user  # type: ignore[attr-defined]
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "klucz"})
    for wrong in ((), ("--all", user.email), ("nobody@przyklad.test",)):
        with pytest.raises(CommandError):
            call_command("end_second_factors", *wrong, reason="wyciek", stdout=StringIO())
    with pytest.raises(CommandError, match="powód"):
        call_command("end_second_factors", user.email, reason=" ", stdout=StringIO())
    assert is_inside(director)
    told = StringIO()
    call_command("end_second_factors", all=True, reason="wyciek", stdout=told)
    assert "1 accounts have no codes any more" in told.getvalue()
    assert [one.type for one in Authenticator.objects.filter(user=user)] == ["webauthn"]
    assert not is_inside(director)
    taken = Entry.objects.filter(verb="remove_second_factor", subject_id=str(user.pk)).order_by("sequence")
    assert [entry.payload for entry in taken] == [
        {"kind": "recovery_codes", "reason": "wyciek"},
        {"kind": "totp", "reason": "wyciek"},
    ]


def test_setting_up_and_switching_off_is_told_by_mail(
    director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # allauth sends after the commit, still inside the request; the test's own transaction never commits.
    with monkeypatch.context() as committed:
        committed.setattr("django.db.transaction.on_commit", lambda run, **_options: run())
        set_up_app(director)
    assert "Siedem: Aplikacja z kodami włączona" in [letter.subject for letter in mail.outbox]
    assert director.get(reverse("mfa_deactivate_totp")).status_code == 200
    director.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(type="totp").exists()
    assert mail.outbox[-1].subject == "Siedem: Aplikacja z kodami wyłączona"
    assert mail.outbox[-1].to == [director.user.email]  # type: ignore[attr-defined]


def test_a_wrong_password_does_not_open_what_guards_the_account(director: Client) -> None:
    asked = director.get(reverse("mfa_activate_totp"))
    answer = director.post(asked["Location"], {"password": "zle"})
    assert "Hasło jest nieprawidłowe" in answer.content.decode()
    assert director.get(reverse("mfa_activate_totp")).status_code == 302
