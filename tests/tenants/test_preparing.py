"""Preparing: the database is waited for and made locally, territories are loaded once, one operator is made once."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from tenants import preparing
from tenants.models import Territory


@pytest.fixture
def absent(django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a database that the server does not have; removed afterwards if the test made it."""
    name = f"test_absent_{uuid4().hex[:12]}"
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    yield name
    server = preparing._connect(connection.settings_dict, "postgres")
    server.execute(f'DROP DATABASE IF EXISTS "{name}"')
    server.close()


def _exists(name: str) -> bool:
    with preparing._connect(connection.settings_dict, "postgres") as server:
        return server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def test_a_missing_database_is_made_once_where_that_is_allowed(absent: str) -> None:
    assert preparing.wait_for_database(may_create=True, seconds=5) is True
    assert _exists(absent)
    assert preparing.wait_for_database(may_create=True, seconds=5) is False


def test_a_missing_database_is_told_and_not_made_elsewhere(absent: str) -> None:
    with pytest.raises(preparing.DatabaseMissing):
        preparing.wait_for_database(may_create=False, seconds=5)
    assert not _exists(absent)


def test_a_server_that_does_not_answer_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PORT", "1")
    with pytest.raises(CommandError, match="did not answer within 0 seconds"):
        call_command("prepare", wait=0.0)


@pytest.mark.django_db
def test_without_the_demo_one_operator_is_made_and_the_password_is_told_once(
    settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    Territory.objects.update(as_of=date(2020, 1, 1))
    monkeypatch.setattr("tenants.management.commands.prepare.wait_for_database", lambda **_options: False)
    call_command("prepare", verbosity=0)
    told = capsys.readouterr().out
    password = re.search(r"Password: (\S+)", told)
    operator = User.objects.get(is_operator=True)
    assert password is not None
    assert operator.check_password(password[1])
    assert Territory.objects.count() == 4332
    call_command("prepare", verbosity=0)
    assert capsys.readouterr().out == ""
    assert User.objects.count() == 1
