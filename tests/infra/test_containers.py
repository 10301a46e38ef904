"""What can be known of the containers without an engine: the compose file, the steps of the image, the secrets."""

import http.client
import json
import os
import re
import runpy
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from django.conf import settings
from django.db import connection

from tests.config.test_env import variables_explained
from tests.copies import address_of_database
from tests.region_role import as_superuser
from tests.web_role import web_role

ROOT: Path = settings.ROOT
COMPOSE = ROOT / "docker-compose.yml"
OURS = {"web", "worker", "beat", "prepare", "bucket", "backup"}
ONCE = {"prepare", "bucket"}
# Its own start as root is how these images make their folders before they give root up.
NODES = {"node1", "node2"}
AS_ROOT_FIRST = {"database", "store", "scanner"} | NODES


def _make_secrets(root: Path, host: str = "siedem.example") -> None:
    runpy.run_path(str(ROOT / "infra" / "make_secrets.py"))["make_secrets"](root, host)


def _services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return services


def _dockerfile() -> list[str]:
    text = (ROOT / "infra" / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("name", sorted(_services()))
def test_every_service_is_pinned_watched_and_may_do_little(name: str) -> None:
    service = _services()[name]
    image = re.sub(r"^\$\{[A-Z_]+:-(.*)\}$", r"\1", service["image"])
    assert re.match(r"\$\{SIEDEM_VERSION:-local\}|v?\d+\.\d+", image.partition(":")[2])
    assert service["read_only"] is True
    assert "privileged" not in service
    assert not [volume for volume in service.get("volumes", []) if "docker.sock" in str(volume)]
    if name not in AS_ROOT_FIRST:
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    if name not in ONCE:
        by_image = name == "web" and any(line.startswith("HEALTHCHECK") for line in _dockerfile())
        assert by_image or service["healthcheck"]["test"]
        assert service["stop_grace_period"]
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    if name in OURS:
        assert service["user"].startswith("${SIEDEM_USER")


def test_only_the_proxy_is_reached_from_elsewhere() -> None:
    told = yaml.safe_load(COMPOSE.read_text("utf-8"))
    published = {name: service["ports"] for name, service in told["services"].items() if "ports" in service}
    assert published.pop("proxy") == ["80:80", "443:443"]
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)
    assert told["networks"]["inside"]["internal"] is True
    for name in ("database", "queue", "store", *NODES):
        assert told["services"][name]["networks"] == ["inside"]


def test_nodes_of_citus_run_where_they_are_asked_for_as_the_database_does_and_as_the_page_says() -> None:
    services = _services()
    asked = {name: service["profiles"] for name, service in services.items() if "profiles" in service}
    assert asked == {"backup": ["backup"], "node1": ["citus"], "node2": ["citus"]}
    image = services["node1"]["image"]
    assert f"DATABASE_IMAGE={image}" in (ROOT / "platform/docs/running/citus.md").read_text("utf-8")
    volumes = [services[name]["volumes"][0] for name in ("database", *sorted(NODES))]
    assert len(set(volumes)) == len(volumes), "each keeps its data apart"
    for name in NODES:
        node = services[name]
        assert {node[key] == services["database"][key] for key in ("command", "environment", "secrets")} == {
            True
        }
        assert node["image"] == image and "wal_level=logical" in node["command"]


def test_every_variable_and_secret_of_the_compose_file_exists() -> None:
    told = yaml.safe_load(COMPOSE.read_text("utf-8"))
    known = variables_explained() | {"DJANGO_SETTINGS_MODULE", "AWS_SHARED_CREDENTIALS_FILE"}
    for name in OURS:
        given = set(told["services"][name]["environment"])
        assert {one for one in given if not {one, one.removesuffix("_FILE")} & known} == set()
    named = {secret for service in told["services"].values() for secret in service.get("secrets", [])}
    assert named == set(told["secrets"])


@pytest.mark.parametrize(
    ("setting", "role"),
    [
        ("REGION_DATABASE_ROLE", "siedem_region"),
        ("OPEN_DATABASE_ROLE", "siedem_open"),
        ("WEB_DATABASE_ROLE", "siedem_web"),
    ],
)
def test_every_way_into_production_names_the_roles_of_pages(setting: str, role: str) -> None:
    told = yaml.safe_load(COMPOSE.read_text("utf-8"))
    roles = {told["services"][name]["environment"].get(setting) for name in OURS}
    service = (ROOT / "terraform" / "modules" / "service" / "main.tf").read_text("utf-8")
    plain = re.search(r"^  plain = \{\n(.*?)^  \}", service, re.MULTILINE | re.DOTALL)
    assert plain
    roles |= set(re.findall(rf'^\s+{setting}\s*=\s*"(\w+)"$', plain[1], re.MULTILINE)) or {None}
    assert roles == {role}


def test_web_servers_sign_in_by_their_own_role_and_know_no_other(tmp_path: Path) -> None:
    _make_secrets(tmp_path)
    services = _services()
    for name in OURS:
        secrets, told = set(services[name]["secrets"]), services[name]["environment"]["DATABASE_URL_FILE"]
        owns = name != "web"
        assert told == f"/run/secrets/{'database_url' if owns else 'web_database_url'}"
        assert ("database_url" in secrets, "web_database_url" in secrets) == (owns, not owns)
        assert "database_password" not in secrets
        assert ("web_database_password" in secrets) == (name == "prepare")
    role = services["web"]["environment"]["WEB_DATABASE_ROLE"]
    password = (tmp_path / ".secrets" / "web_database_password").read_text()
    address = (tmp_path / ".secrets" / "web_database_url").read_text()
    assert address.startswith(f"postgresql://{role}:{password}@")
    outputs = (ROOT / "terraform" / "modules" / "database" / "outputs.tf").read_text("utf-8")
    assert f"postgresql://{role}:${{random_password.web.result}}@" in outputs


def test_the_buckets_are_made_once_keep_versions_and_checkpoints_are_locked(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with (tmp_path / "log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        address = f"http://127.0.0.1:{port}"
        environ = {
            "PATH": os.environ["PATH"], "S3_BUCKET": "files", "S3_ENDPOINT_URL": address,
            "CHECKPOINTS_BUCKET": "checkpoints",
            "S3_ACCESS_KEY_ID": "siedem", "S3_SECRET_ACCESS_KEY": "x",
        }  # fmt: skip
        try:
            for _time in range(2):
                done = _made_bucket(environ)
                assert done.returncode == 0, done.stderr
            store = boto3.client(
                "s3", endpoint_url=address, region_name="eu-central-1",
                aws_access_key_id="siedem", aws_secret_access_key="x",
            )  # fmt: skip
            assert store.get_bucket_versioning(Bucket="files")["Status"] == "Enabled"
            lock = store.get_object_lock_configuration(Bucket="checkpoints")["ObjectLockConfiguration"]
            kept = lock["Rule"]["DefaultRetention"]
            assert (kept["Mode"], kept["Years"]) == ("COMPLIANCE", 6)
        finally:
            server.terminate()


def _made_bucket(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    deadline = time.monotonic() + 40
    while True:
        done = subprocess.run(
            [sys.executable, "infra/make_bucket.py"],
            cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        # The server needs a moment to listen.
        if "EndpointConnectionError" not in done.stderr or time.monotonic() > deadline:
            return done


def test_secrets_are_made_once_and_production_starts_with_them(tmp_path: Path) -> None:
    _make_secrets(tmp_path)
    held = {path.name: path.read_text() for path in (tmp_path / ".secrets").iterdir()}
    _make_secrets(tmp_path, "other.example")
    assert {path.name: path.read_text() for path in (tmp_path / ".secrets").iterdir()} == held
    assert stat.S_IMODE((tmp_path / ".secrets").stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / ".secrets").iterdir()}
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert {name for name, mode in modes.items() if mode != 0o600} == {"redis_config"}, "read by its own user"
    wanted = yaml.safe_load(COMPOSE.read_text("utf-8"))["secrets"].values()
    assert {Path(secret["file"]).name for secret in wanted} == set(held)
    assert (
        json.loads(held["store_config.json"])["identities"][0]["credentials"][0]["secretKey"]
        == held["store_key"]
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env={"PATH": os.environ["PATH"], **_variables(tmp_path, {})},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _variables(secrets: Path, more: dict[str, str]) -> dict[str, str]:
    """The variables of the web service, as its container would have them."""
    given: dict[str, str] = _services()["web"]["environment"]
    known = {"SITE_HOST": "siedem.example"}

    def filled(value: object) -> str:
        text = str(value).replace("/run/secrets", str(secrets / ".secrets"))
        text = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: known[found[1]], text)
        return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)

    return {**{name: filled(value) for name, value in given.items() if value is not None}, **more}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what the image holds: what is copied, and what its own commands make; then nobody may write."""
    folder = tmp_path_factory.mktemp("image") / "siedem"
    folder.mkdir()
    lines = _dockerfile()
    last = max(place for place, line in enumerate(lines) if line.startswith("FROM"))
    for line in lines[last:]:
        words = line.split()
        if words[0] == "COPY" and not words[1].startswith("--from"):
            for source in words[1:-1]:
                _copied(ROOT / source, folder / (words[-1] if words[-1] != "./" else source))
        elif words[:2] == ["RUN", "install"]:
            assert words[2:5] == ["-d", "-m", "1777"], "folders for volumes, not made on this machine"
        elif words[0] == "RUN":
            _run(folder, line.removeprefix("RUN "))
        elif line.startswith("COPY --from=parts"):
            (folder / "node_modules").symlink_to(ROOT / "node_modules")
    for path in [folder, *(path for path in folder.rglob("*") if not path.is_symlink())]:
        path.chmod(path.stat().st_mode & ~0o222)
    yield folder
    for path in [folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())]:
        path.chmod(0o755)
    shutil.rmtree(folder)


def _copied(source: Path, target: Path) -> None:
    ignored = shutil.ignore_patterns("__pycache__", "*.mo", ".local")
    if source.is_dir():
        shutil.copytree(source, target, ignore=ignored)
    else:
        shutil.copy(source, target)


def _run(folder: Path, command: str) -> None:
    """A RUN line of the form `[NAME=value] python …`."""
    words = shlex.split(command)
    given = dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))
    assert words[len(given)] == "python"
    done = subprocess.run(
        [sys.executable, *words[len(given) + 1 :]], cwd=folder, env={**_env_of_image(folder), **given},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _env_of_image(folder: Path) -> dict[str, str]:
    [line] = [line for line in _dockerfile() if line.startswith("ENV ")]
    given = dict(word.split("=", 1) for word in line.removeprefix("ENV ").split())
    return {
        name: value.replace("/siedem", str(folder)) for name, value in given.items() if name != "PATH"
    } | {"PATH": os.environ["PATH"]}


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_symlink()}


@pytest.fixture(scope="module")
def role(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The role of web servers, which signs in by itself as in these containers."""
    with django_db_blocker.unblock():
        with web_role() as made, as_superuser() as superuser:
            superuser.execute(f"ALTER ROLE {made} LOGIN PASSWORD 'a passphrase of tests'")
            connection.close()
            yield made
        connection.close()


@pytest.mark.django_db
def test_the_image_serves_from_a_folder_that_nobody_may_write(image: Path, tmp_path: Path, role: str) -> None:
    _make_secrets(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = _variables(
        tmp_path,
        {
            **_env_of_image(image), "BIND": f"127.0.0.1:{port}",
            "DATABASE_URL": address_of_database(role, "a passphrase of tests"), "WEB_DATABASE_ROLE": role,
            "REDIS_URL": settings.REDIS_URL, "WEB_WORKERS": "1", "TMPDIR": str(tmp_path),
        },
    )  # fmt: skip
    command = next(json.loads(line.removeprefix("CMD ")) for line in _dockerfile() if line.startswith("CMD "))
    held = _files(image)
    server = subprocess.Popen([sys.executable, "-m", *command], cwd=image, env=variables)
    try:
        assert _healthy(image, variables), "the health check of the image never said yes"
        page = _asked(port, "/account/login/")
        assert "Zaloguj" in page, "texts are compiled in the image"
        style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        assert _files(image) == held, "nothing was written, also where root may write everywhere"
        assert style and len(_asked(port, style[1])) > 1_000, "static files are collected in the image"
    finally:
        server.terminate()
        assert server.wait(30) == 0, "it ends by itself when it is asked to"


def _healthy(image: Path, variables: dict[str, str]) -> bool:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        done = subprocess.run(
            [sys.executable, "infra/healthcheck.py"],
            cwd=image,
            env=variables,
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return True
        time.sleep(0.5)
    return False


def _asked(port: int, path: str) -> str:
    site = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    site.request("GET", path, headers={"Host": "siedem.example", "X-Forwarded-Proto": "https"})
    with closing(site):
        answer = site.getresponse()
        assert answer.status == 200
        return answer.read().decode()


def test_the_web_server_keeps_an_idle_connection_longer_than_who_stands_before_it() -> None:
    """Else a proxy sends a form into a connection that was closed at that moment, and tells the person 502."""

    def seconds(place: str, pattern: str) -> int:
        found = re.search(pattern, (ROOT / place).read_text("utf-8"), re.MULTILINE)
        assert found, place
        return int(found[1])

    kept = seconds("infra/gunicorn.conf.py", r"^keepalive = (\d+)$")
    assert kept > seconds("infra/proxy/Caddyfile", r"^\t+keepalive (\d+)s$")
    assert kept > seconds("terraform/modules/service/balancer.tf", r"^\s+idle_timeout\s+= (\d+)$")


def test_segments_of_the_log_wait_on_disk_and_not_in_memory() -> None:
    told = yaml.safe_load(COMPOSE.read_text("utf-8"))
    backup = told["services"]["backup"]
    place = backup["environment"]["BACKUP_SPOOL"]
    assert f"spool:{place}" in backup["volumes"]
    assert "spool" in told["volumes"]
    assert not [one for one in backup["tmpfs"] if one.startswith(place)]
    # A new volume belongs to root, and takes its mode from the folder of the image.
    [made] = [line.split()[5:] for line in _dockerfile() if line.startswith("RUN install -d -m 1777 ")]
    assert place in made
