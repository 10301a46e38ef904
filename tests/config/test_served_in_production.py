"""What a browser is given under the settings of production: headers of each answer, and flags of each cookie.

One process with these settings asks as a browser would; its database is that of the tests, and what it writes is undone.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.config.test_production import GOOD
from tests.copies import address_of_database

_ASK = """
import json, django
django.setup()
from allauth.account.models import EmailAddress
from django.db import transaction
from django.test import Client
from accounts.models import User

PASSWORD = "Truskawka-na-ganku-7"
site = Client(raise_request_exception=False, headers={"host": "siedem.example"})

def told(answer):
    cookies = {name: {flag: one for flag, one in set_.items() if one} for name, set_ in answer.cookies.items()}
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}

with transaction.atomic():
    user = User.objects.create_user("https@przyklad.test", PASSWORD, full_name="Anna Próbna")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    form = {"login": user.email, "password": PASSWORD}
    print(json.dumps({
        "plain": told(site.get("/account/login/")),
        "program": told(site.get("/alfa/api/v1/token/")) | {"text": site.get("/alfa/api/v1/token/").content.decode()},
        "live": told(site.get("/health/live/", secure=True)),
        "login": told(site.get("/account/login/", secure=True)),
        "nothing": told(site.get("/nothing/here/", secure=True)),
        "wrong host": told(site.get("/", secure=True, headers={"host": "evil.example"})),
        "signed in": told(site.post("/account/login/", form, secure=True)),
        "own": told(site.get("/account/sessions/", secure=True)),
        "language": told(site.post("/language/", {"language": "en"}, secure=True)),
    }))
    transaction.set_rollback(True)
"""
pytestmark = pytest.mark.django_db
SECURE = ["live", "login", "nothing", "wrong host", "signed in", "own", "language"]


@pytest.fixture(scope="module")
def answers(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("production")
    root = str(settings.ROOT)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _ASK], cwd=root, capture_output=True, text=True, timeout=120, check=False,
        env={
            "PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", "PYTHONPATH": f"{root}:{root}/platform", **GOOD,
            "DATABASE_URL": address_of_database(), "REDIS_URL": settings.REDIS_URL, "STATIC_ROOT": str(folder),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_plain_http_leads_to_https(answers: dict[str, Any]) -> None:
    answer = answers["plain"]
    assert answer["status"] == 301
    assert answer["headers"]["Location"] == "https://siedem.example/account/login/"


def test_a_program_that_calls_in_the_clear_is_refused_and_not_led_on(answers: dict[str, Any]) -> None:
    answer = answers["program"]
    assert (answer["status"], json.loads(answer["text"])["code"]) == (403, "plain_http")
    assert "Location" not in answer["headers"]


@pytest.mark.parametrize("name", SECURE)
def test_every_answer_tells_browsers_to_come_by_https_only_for_a_year(
    answers: dict[str, Any], name: str
) -> None:
    told = answers[name]["headers"]["Strict-Transport-Security"]
    assert told == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize("name", SECURE)
def test_every_answer_is_what_it_says_it_is_and_sends_nobody_elsewhere_on(
    answers: dict[str, Any], name: str
) -> None:
    headers = answers[name]["headers"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_answers_are_those_of_pages_that_were_there(answers: dict[str, Any]) -> None:
    assert {name: answers[name]["status"] for name in SECURE} == {
        "live": 200, "login": 200, "nothing": 404, "wrong host": 400, "signed in": 302, "own": 200, "language": 302,
    }  # fmt: skip


def test_each_cookie_goes_by_https_only_and_to_this_host_alone(answers: dict[str, Any]) -> None:
    cookies = {name: one for answer in answers.values() for name, one in answer["cookies"].items()}
    assert {"__Host-session", "__Host-csrf", "django_language"} <= cookies.keys()
    for name, one in cookies.items():
        assert one["secure"] and one["samesite"] in {"Lax", "Strict"}, name
        assert "domain" not in one, name
    assert cookies["__Host-session"] | {"expires": "", "max-age": 0} == {
        "secure": True, "httponly": True, "samesite": "Lax", "path": "/", "expires": "", "max-age": 0,
    }  # fmt: skip
    assert cookies["__Host-csrf"]["path"] == "/"
