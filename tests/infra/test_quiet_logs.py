"""PostgreSQL's own log holds no person: every file that starts a server says so, and the doctor asks the one at hand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.db import connection

from kernel.embedded.postgres import SETTINGS
from kernel.server_log import QUIET
from tenants.doctor.server_log import log_of_server
from tests.region_role import as_superuser

ROOT: Path = settings.ROOT


def _in_compose() -> dict[str, str]:
    command = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["database"][
        "command"
    ]
    return dict(one.split("=", 1) for one in command if "=" in one)


def _on_aws() -> dict[str, str]:
    text = (ROOT / "terraform" / "modules" / "database" / "main.tf").read_text("utf-8")
    return dict(re.findall(r'parameter \{\s+name\s+= "(\w+)"\s+value\s+= "([^"]*)"', text))


@pytest.mark.parametrize("set_here", [_in_compose(), _on_aws(), SETTINGS], ids=["compose", "aws", "embedded"])
def test_whoever_starts_a_server_keeps_persons_out_of_its_log(set_here: dict[str, str]) -> None:
    assert {name: set_here.get(name) for name in QUIET} == QUIET


def test_amazon_keeps_no_statements_of_ours_either() -> None:
    text = (ROOT / "terraform" / "modules" / "database" / "main.tf").read_text("utf-8")
    assert re.findall(r"performance_insights_enabled\s+= (\w+)", text) == ["false"]


@pytest.fixture(scope="module", params=["quiet", "loud"])
def server(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The server at hand, as it would be to our role with or without these settings."""
    with django_db_blocker.unblock():
        given = connection.settings_dict
        whose = f'ALTER ROLE "{given["USER"]}" IN DATABASE "{given["NAME"]}"'
        with as_superuser() as superuser:
            for name, value in QUIET.items():
                superuser.execute(f"{whose} SET {name} = '{value}'")
            if request.param == "loud":
                superuser.execute(f"{whose} SET log_error_verbosity = 'default'")
        connection.close()
        try:
            yield request.param
        finally:
            connection.close()
            with as_superuser() as superuser:
                for name in QUIET:
                    superuser.execute(f"{whose} RESET {name}")


@pytest.mark.django_db
@pytest.mark.parametrize("local", [True, False])
def test_the_doctor_says_whether_persons_reach_the_log(server: str, local: bool, settings: Any) -> None:
    settings.LOCAL = local
    [found] = log_of_server()
    if server == "quiet":
        assert (found.grade, found.remedy) == ("well", "")
        return
    assert found.grade == ("doubt" if local else "fault")
    assert "(log_error_verbosity = default)" in found.sentence
    assert all(f"{name} = {value}" in found.remedy for name, value in QUIET.items())
