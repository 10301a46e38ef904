"""Files with personal data of many persons: handed over to whoever proved lately who they are, and nothing asked is lost."""

import html
import re
import time
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.people import signed_in_client

PASSWORD = "zielona herbata o siódmej"


@pytest.fixture
def officer(alfa: Tenant) -> Client:
    """A data protection officer whose sign-in is older than a file with persons allows."""
    client = signed_in_client(Role.PRIVACY_OFFICER, alfa)
    user = client.user  # type: ignore[attr-defined]
    user.set_password(PASSWORD)
    user.save()
    client.force_login(user)
    _signed_in_at(client, time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1)
    return client


def _signed_in_at(client: Client, at: float) -> None:
    session = client.session
    session["account_authentication_methods_user"] = str(client.user.pk)  # type: ignore[attr-defined]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session.save()


def _ask(client: Client, address: str, **fields: Any) -> Any:
    return client.post(address, fields, headers={"referer": "http://testserver/alfa/audit/?q=1"})


def test_a_sign_in_of_this_quarter_of_an_hour_is_a_proof(officer: Client) -> None:
    address = reverse("audit:export_entries", args=["alfa"])
    assert _ask(officer, address).status_code == 302
    _signed_in_at(officer, time.time())
    assert _ask(officer, address)["Content-Type"].startswith("text/csv")


def test_who_signed_in_long_ago_is_asked_told_why_and_gets_what_was_asked(officer: Client) -> None:
    address = reverse("audit:export_entries", args=["alfa"]) + "?verb=sign_in"
    asked = _ask(officer, address, note="tak", csrfmiddlewaretoken="x")
    page = officer.get(asked["Location"]).content.decode()
    assert "Plik, o który prosisz, zawiera dane osobowe wielu osób." in page
    there = unquote(asked["Location"].partition("next=")[2])

    # The page of the file itself lets nobody past the question.
    assert officer.get(there)["Location"].startswith(reverse("account_reauthenticate"))
    wrong = officer.post(asked["Location"], {"password": "nie to hasło", "next": there})
    assert wrong.status_code == 200 and "Hasło jest nieprawidłowe" in wrong.content.decode()
    assert "Plik, o który prosisz" in wrong.content.decode()

    done = officer.post(asked["Location"], {"password": PASSWORD, "next": there})
    assert done["Location"] == there
    page = html.unescape(officer.get(there).content.decode())
    assert f'action="{address}"' in page and 'name="note" value="tak"' in page
    assert 'value="x"' not in page, "the token of the page before is kept"
    assert 'href="/alfa/audit/?q=1"' in page
    assert _ask(officer, address)["Content-Type"].startswith("text/csv")


def test_a_file_that_was_a_link_comes_by_itself(alfa: Tenant) -> None:
    client = signed_in_client(Role.DIRECTOR, alfa)
    _signed_in_at(client, 0)
    address = reverse("advice:export", args=["alfa"]) + "?state=booked&month=2026-10"
    asked = client.get(address)["Location"]
    again = client.get(address)["Location"]
    assert again == asked, "asking twice keeps it once"
    _signed_in_at(client, time.time())
    page = html.unescape(client.get(unquote(asked.partition("next=")[2])).content.decode())
    assert re.search(rf'http-equiv="refresh" content="0;url={re.escape(address)}"', page)
    assert f'href="{address}"' in page


def test_in_english_too(officer: Client) -> None:
    officer.user.language = "en"  # type: ignore[attr-defined]
    officer.user.save()  # type: ignore[attr-defined]
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    asked = _ask(officer, reverse("audit:export_readings", args=["alfa"]))["Location"]
    assert "holds personal data of many persons" in officer.get(asked).content.decode()


def test_the_file_of_another_session_is_not_found(officer: Client, alfa: Tenant) -> None:
    asked = _ask(officer, reverse("audit:export_entries", args=["alfa"]))["Location"]
    there = unquote(asked.partition("next=")[2])
    other = signed_in_client(Role.PRIVACY_OFFICER, alfa)
    assert other.get(there).status_code == 404


def test_the_page_before_is_one_of_ours(officer: Client) -> None:
    address = reverse("audit:export_entries", args=["alfa"])
    asked = officer.post(address, headers={"referer": "https://gdzie.indziej.test/"})["Location"]
    _signed_in_at(officer, time.time())
    assert "gdzie.indziej" not in officer.get(unquote(asked.partition("next=")[2])).content.decode()


def test_five_files_wait_beside_each_other_and_no_more(officer: Client) -> None:
    address = reverse("audit:export_entries", args=["alfa"])
    asked = [unquote(_ask(officer, f"{address}?q={n}")["Location"].partition("next=")[2]) for n in range(6)]
    _signed_in_at(officer, time.time())
    assert [officer.get(there).status_code for there in asked] == [404, 200, 200, 200, 200, 200]


def test_nothing_was_taken_along_by_asking(officer: Client, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        before = Entry.objects.count()
    _ask(officer, reverse("audit:export_entries", args=["alfa"]))
    with tenant_scope(alfa):
        assert Entry.objects.count() == before
