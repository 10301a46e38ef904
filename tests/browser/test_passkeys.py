"""Passkeys in a real Chromium with an authenticator of its own: registered, used to sign in, asked for, removed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from audit.models import Entry
from tests.factories.people import UserFactory

AT_HOME = re.compile(r"localhost:\d+/$")
PASSWORD = "Truskawka-na-ganku-7"


@dataclass
class Device:
    """A device with a fingerprint reader, as Chromium's developer protocol plays it."""

    session: CDPSession
    key: str

    @property
    def credentials(self) -> list[dict[str, Any]]:
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.key})
        return list(found["credentials"])

    def recognise(self, owner: bool) -> None:
        """Whether the device recognises its owner from now on."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.key, "isUserVerified": owner})


def device_of(page: Page) -> Device:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return Device(session, made["authenticatorId"])


@pytest.fixture
def person(db: None, request: pytest.FixtureRequest) -> User:
    user = UserFactory(email=f"{request.node.name[:30]}@przyklad.test", full_name="Ewa Kluczowa")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in_by_password(page: Page, person: User) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page).not_to_have_url(re.compile("/account/login/"))


def register(page: Page, name: str, *, alone: bool) -> None:
    """Add a key on the page of keys; the password is asked for once more before."""
    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name="Dodaj klucz").click()
    if "reauthenticate" in page.url:
        page.fill("input[name=password]", PASSWORD)
        page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="Dodaj klucz dostępu")).to_be_visible()
    page.fill("input[name=name]", name)
    page.get_by_label("Logowanie samym tym kluczem").set_checked(alone)
    page.get_by_role("button", name="Dalej: zapyta przeglądarka").click()


def sign_out(page: Page) -> None:
    page.goto("/account/logout/")
    page.get_by_role("main").get_by_role("button", name="Wyloguj się").click()
    expect(page).not_to_have_url(re.compile("/account/logout/"))


def verbs_of(person: User) -> list[tuple[str, Any]]:
    rows = Entry.objects.filter(subject_type="user", subject_id=str(person.pk)).order_by("sequence")
    return list(rows.values_list("verb", "payload"))


def test_a_passkey_is_registered_signs_in_alone_and_is_removed(
    new_page: Callable[..., Page], person: User
) -> None:
    page = new_page()
    device = device_of(page)
    sign_in_by_password(page, person)
    register(page, "Laptop", alone=True)
    # With the first key come recovery codes, which are shown at once.
    expect(page).to_have_url(re.compile("/account/2fa/recovery-codes/"))
    (credential,) = device.credentials
    assert credential["isResidentCredential"]
    kept = Authenticator.objects.get(user=person, type="webauthn")
    assert (kept.wrap().name, kept.wrap().is_passwordless) == ("Laptop", True)

    sign_out(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Zaloguj się kluczem dostępu").click()
    expect(page).to_have_url(AT_HOME)
    expect(page.get_by_role("banner")).to_contain_text("Ewa Kluczowa")
    assert device.credentials[0]["signCount"] > credential["signCount"]
    assert verbs_of(person)[-1] == ("sign_in", {"by": ["webauthn"]})

    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name=re.compile(r"Usuń\s?: Laptop")).click()
    # What guards the account is asked for once more, by any of its ways.
    expect(page).to_have_url(re.compile("reauthenticate"))
    page.get_by_role("main").get_by_role("link", name="Kluczem dostępu").click()
    page.get_by_role("button", name="Użyj klucza dostępu").click()
    page.get_by_role("button", name="Usuń klucz").click()
    expect(page.get_by_text("Nie ma jeszcze klucza")).to_be_visible()
    assert not Authenticator.objects.filter(user=person).exists(), "the recovery codes go with the last key"
    removed = [payload for verb, payload in verbs_of(person) if verb == "remove_second_factor"]
    assert {"kind": "webauthn"} in removed

    # The device still has the key, but nobody is let in by it any more.
    sign_out(page)
    page.goto("/account/login/")
    page.get_by_role("button", name="Zaloguj się kluczem dostępu").click()
    page.wait_for_load_state("networkidle")
    expect(page).to_have_url(re.compile("/account/"))
    assert verbs_of(person)[-1][0] == "sign_out"
    assert Entry.objects.filter(verb="fail_sign_in", subject_id="", payload={"by": "webauthn"}).exists()


def test_a_key_is_asked_for_after_the_password(new_page: Callable[..., Page], person: User) -> None:
    page = new_page()
    device_of(page)
    sign_in_by_password(page, person)
    register(page, "Pęk kluczy", alone=False)
    expect(page).to_have_url(re.compile("/account/2fa/recovery-codes/"))
    sign_out(page)
    page.goto("/account/login/")
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page).to_have_url(re.compile("/account/2fa/authenticate/"))
    assert verbs_of(person)[-1][0] == "sign_out", "the password alone lets nobody in"
    page.get_by_role("button", name=re.compile("klucz")).click()
    expect(page).to_have_url(AT_HOME)
    assert verbs_of(person)[-1] == ("sign_in", {"by": ["password", "webauthn"]})


def test_whom_the_device_does_not_recognise_is_told_and_not_let_in(
    new_page: Callable[..., Page], person: User
) -> None:
    page = new_page()
    device = device_of(page)
    sign_in_by_password(page, person)
    register(page, "Telefon", alone=True)
    expect(page).to_have_url(re.compile("/account/2fa/recovery-codes/"))
    sign_out(page)
    device.recognise(owner=False)
    page.goto("/account/login/")
    page.get_by_role("button", name="Zaloguj się kluczem dostępu").click()
    expect(page.locator("#passkey-fault")).to_contain_text("Przeglądarka zakończyła bez klucza")
    expect(page).to_have_url(re.compile("/account/login/"))
    device.recognise(owner=True)
    page.get_by_role("button", name="Zaloguj się kluczem dostępu").click()
    expect(page).to_have_url(AT_HOME)
