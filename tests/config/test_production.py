"""Production refuses to start half secured, and what it serves carries its headers, errors included."""

import ast
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

GOOD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "k7Hq2mVx9TzR4bNc8WpL3sJf6YdG1aQe5UiO0kXvBnMtZrCyEhSw",
    "MASTER_KEYS": "dGVzdHMtb25seS1rZXktMzItYnl0ZXMtbG9uZy0hISE=",
    "SEAL_KMS_KEY_ID": "alias/siedem",
    "ALLOWED_HOSTS": "siedem.example",
    "SITE_URL": "https://siedem.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
}


def manage(*arguments: str, **variables: str | None) -> subprocess.CompletedProcess[str]:
    """Run manage.py as an operator would, with these variables over good ones; None takes one away."""
    environ = {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **GOOD, **variables}
    return subprocess.run(
        [sys.executable, str(settings.ROOT / "manage.py"), *arguments],
        cwd=settings.ROOT, capture_output=True, text=True, timeout=90, check=False,
        env={name: value for name, value in environ.items() if value is not None},
    )  # fmt: skip


def shown(module: str, expression: str, **variables: str) -> str:
    program = f"import django; django.setup(); from django.conf import settings; print({expression})"
    root = str(settings.ROOT)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, timeout=90, check=True,
        env={
            "PATH": "/usr/bin:/bin", "PYTHONPATH": f"{root}:{root}/platform", **GOOD, **variables,
            "DJANGO_SETTINGS_MODULE": module,
        },
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"MASTER_KEYS": ""}, "MASTER_KEYS is empty"),
        ({"MASTER_KEYS": "not-a-key"}, "MASTER_KEYS holds a key that is none"),
        ({"SEAL_KMS_KEY_ID": ""}, "Nothing keeps the keys of calls"),
        ({"SEAL_KEY_FILE": "/nowhere/seal.key"}, "SEAL_KEY_FILE names a file that is not there"),
        ({"SEAL_KEY_FILE": "/etc/hostname"}, "SEAL_KEY_FILE may be read by others"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is empty"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS is empty"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SECOND_FACTOR_REQUIRED": "0"}, "SECOND_FACTOR_REQUIRED is off"),
        ({"SECOND_FACTOR_REQUIRED": "no"}, "SECOND_FACTOR_REQUIRED is off"),
        ({"SITE_URL": "http://siedem.example"}, "SITE_URL"),
        ({"DATABASE_URL": "mysql://db/siedem"}, "only postgresql:// addresses are supported"),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT is 'smtp'"),
    ],
)
def test_it_refuses_to_start_and_says_why(variables: dict[str, str], sentence: str) -> None:
    done = manage("check", **variables)
    assert done.returncode != 0
    assert sentence in done.stderr.strip().splitlines()[-1]


def test_the_deploy_check_is_clean() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DEBUG", "False"), ("SESSION_COOKIE_SECURE", "True"), ("CSRF_COOKIE_SECURE", "True"),
        ("SESSION_COOKIE_HTTPONLY", "True"), ("SECOND_FACTOR_REQUIRED", "True"), ("LOCAL", "False"),
        ("SESSION_COOKIE_SAMESITE", "Lax"), ("CSRF_COOKIE_SAMESITE", "Lax"),
        ("SESSION_COOKIE_NAME", "__Host-session"), ("CSRF_COOKIE_NAME", "__Host-csrf"),
        ("SECURE_HSTS_SECONDS", "31536000"), ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "True"),
    ],
)  # fmt: skip
def test_what_production_never_relaxes(name: str, expected: str, production: dict[str, str]) -> None:
    assert production[name] == expected


@pytest.mark.parametrize(
    ("command", "sentence"),
    [("load_demo", "tylko na komputerze lokalnym"), ("simulate_country", "is for a local machine")],
)
def test_invented_people_with_a_known_password_are_refused(command: str, sentence: str) -> None:
    done = manage(command)
    assert done.returncode != 0
    assert sentence in done.stderr, done.stderr


def test_nothing_that_only_development_needs_is_loaded() -> None:
    told = shown(
        "config.settings.production", "sorted({name.split('.')[0] for name in __import__('sys').modules})"
    )
    development = {
        "pytest",
        "mypy",
        "ruff",
        "playwright",
        "selenium",
        "factory",
        "locust",
        "debug_toolbar",
        "coverage",
    }
    assert development & set(ast.literal_eval(told)) == set()


@pytest.fixture(scope="module")
def production() -> dict[str, str]:
    names = (
        "DEBUG SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SECOND_FACTOR_REQUIRED LOCAL "
        "SESSION_COOKIE_SAMESITE CSRF_COOKIE_SAMESITE SESSION_COOKIE_NAME CSRF_COOKIE_NAME SECURE_HSTS_SECONDS "
        "SECURE_HSTS_INCLUDE_SUBDOMAINS"
    )
    values = shown("config.settings.production", f"*[getattr(settings, name) for name in {names.split()!r}]")
    return dict(zip(names.split(), values.split(), strict=True))


def test_variables_alone_switch_the_store() -> None:
    told = shown(
        "config.settings.production",
        "settings.S3_BUCKET, settings.S3_ENDPOINT_URL, settings.STORAGES['default']['BACKEND'], sep='|'",
        S3_BUCKET="files", S3_ENDPOINT_URL="https://s3.example", S3_ACCESS_KEY_ID="id", S3_SECRET_ACCESS_KEY="x",
    )  # fmt: skip
    assert told == "files|https://s3.example|documents.storage.TenantFileStorage"


STRICT = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'",
    "frame-ancestors 'none'", "base-uri 'none'",
}  # fmt: skip


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/health/live/", 200),
        ("/", 302),
        ("/nothing/here/", 404),
        ("/account/login/", 200),
        ("/ui/error/500/", None),
    ],
)
def test_every_answer_carries_the_strict_policy(db: None, address: str, status: int | None) -> None:
    response = Client().get(address)
    if status is not None:
        assert response.status_code == status
    check_headers(response)


@pytest.mark.urls("tests.config.failing")
def test_an_answer_to_a_failure_carries_the_strict_policy(db: None) -> None:
    response = Client(raise_request_exception=False).get("/fail/")
    assert response.status_code == 500
    check_headers(response)


def test_an_unknown_host_is_refused_with_the_strict_policy(db: None) -> None:
    response = Client(raise_request_exception=False).get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    check_headers(response)


def check_headers(response: Any) -> None:
    policy = {part.strip() for part in response.headers["Content-Security-Policy"].split(";")}
    assert policy >= STRICT
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
