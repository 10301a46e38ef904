"""The roles of the region's and of open pages for tests, made as a superuser makes it in production and granted by our command."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from kernel.region_role import Readers

SCRIPT: Path = settings.ROOT / "infra" / "region_role.sql"


def as_superuser() -> psycopg.Connection[Any]:
    """The server's superuser: the product's own role may make no roles, here as in production."""
    given = connection.settings_dict
    try:
        return psycopg.connect(
            host=given["HOST"],
            port=given["PORT"] or None,
            user="postgres",
            dbname=given["NAME"],
            autocommit=True,
        )
    except psycopg.OperationalError:
        pytest.skip("nobody here may make a role: let the user postgres of DATABASE_URL's server sign in")


@contextmanager
def region_role(readers: Readers = Readers.REGION) -> Iterator[str]:
    """A role of the test's database with its rights, committed; outside of any test's transaction."""
    role = f"{readers}_of_{connection.settings_dict['NAME']}"
    with as_superuser() as superuser:
        superuser.execute(f"DROP ROLE IF EXISTS {role}")
        superuser.execute(filled_in(SCRIPT, product=str(connection.settings_dict["USER"]), region=role))
    try:
        named = {"REGION_DATABASE_ROLE": "", "OPEN_DATABASE_ROLE": ""}
        with override_settings(**named | {f"{readers.name}_DATABASE_ROLE": role}):
            call_command("grant_region_role", verbosity=0)
        yield role
    finally:
        with as_superuser() as superuser:
            superuser.execute(f"DROP OWNED BY {role}")
            superuser.execute(f"DROP ROLE {role}")


def filled_in(script: Path, **names: str) -> str:
    """What is delivered for superusers, with the variables that psql would put in."""
    text = re.sub(r"^--.*$", "", script.read_text("utf-8"), flags=re.MULTILINE)
    return re.sub(r':"(\w+)"', lambda found: names[found[1]], text)
