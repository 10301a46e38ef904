"""One PostgreSQL and one Redis for a whole run of the tests, its parallel workers included; fresh translations.

Loaded as a plugin (`-p tests.servers` in pyproject.toml), because the settings read the addresses of the
servers, and Django its translations, before any conftest is imported. `DATABASE_URL` and `REDIS_URL` of the
environment come first.
"""

import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

ROOT = Path(__file__).resolve().parents[1]
for _source in (ROOT / "platform", ROOT):
    if str(_source) not in sys.path:
        sys.path.insert(0, str(_source))

from kernel.embedded.faults import EmbeddedFault, require_space  # noqa: E402
from kernel.embedded.places import choose_parent, ensure_folder, server_account, temporary_folder  # noqa: E402
from kernel.embedded.postgres import EmbeddedPostgres  # noqa: E402
from kernel.embedded.redis import EmbeddedRedis  # noqa: E402
from kernel.texts import compile_catalogues  # noqa: E402

if TYPE_CHECKING:
    from io import TextIOWrapper

PREFIX = "siedem-servers-"


class TestServers:
    """The servers that this process started, in a folder that is locked while it lives and removed at the end."""

    __test__ = False

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.lock: TextIOWrapper | None = None
        self.started: list[EmbeddedPostgres | EmbeddedRedis] = []

    def start(self) -> None:
        """Start what the environment does not name and put its address there, for this process and its workers."""
        if {"DATABASE_URL", "REDIS_URL"} <= {name for name, value in os.environ.items() if value}:
            return
        account = server_account(ROOT / "none")
        local = ensure_folder(ROOT / ".local", 0o711 if os.geteuid() == 0 else 0o700)
        parents = (
            ensure_folder(local / "test", 0o711),
            Path(tempfile.gettempdir()),
            Path("/tmp"),
            Path("/var/tmp"),
        )
        parent = choose_parent(account, parents)
        require_space(parent)
        remove_left_over(parent)
        self.folder = temporary_folder(account, [parent], PREFIX)
        self.lock = _locked(self.folder)
        if not os.environ.get("DATABASE_URL"):
            postgres = EmbeddedPostgres(self.folder, self.folder / "postgres.log", durable=False)
            os.environ["DATABASE_URL"] = postgres.start()
            self.started.append(postgres)
        if not os.environ.get("REDIS_URL"):
            redis = EmbeddedRedis(self.folder, self.folder / "redis.log", durable=False)
            os.environ["REDIS_URL"] = redis.start()
            self.started.append(redis)

    def stop(self) -> None:
        """Stop what this process started; nothing happens when it started nothing."""
        for server in reversed(self.started):
            server.stop()
        self.started.clear()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def _locked(folder: Path) -> "TextIOWrapper | None":
    """The folder's lock, or None when the process that made the folder lives."""
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def remove_left_over(parent: Path) -> None:
    """Stop and remove the servers of runs that were killed."""
    for folder in parent.glob(f"{PREFIX}*"):
        # A folder without a lock is being made at this moment by another run.
        if folder.lstat().st_uid != os.geteuid() or not (folder / "lock").exists():
            continue
        if (lock := _locked(folder)) is not None:
            EmbeddedPostgres(folder, folder / "postgres.log").stop_left_over()
            EmbeddedRedis(folder, folder / "redis.log").stop_left_over()
            shutil.rmtree(folder, ignore_errors=True)
            lock.close()


_servers = TestServers()


def start_test_servers() -> None:
    """Make DATABASE_URL and REDIS_URL point at running servers; does nothing when they already do."""
    try:
        _servers.start()
    except (EmbeddedFault, OSError) as fault:
        _servers.stop()
        raise pytest.UsageError(f"The servers for the tests cannot be started: {fault}") from None


def stop_test_servers() -> None:
    """Stop what start_test_servers started in this process."""
    _servers.stop()


def take_own_database(worker: str) -> None:
    """Point REDIS_URL of a parallel worker (“gw1”) at a database of its own: keys of the platform name no test.

    The first database is divided so; whoever names another one in the environment has it whole.
    """
    address, _slash, database = os.environ["REDIS_URL"].rpartition("/")
    if database == "0":
        os.environ["REDIS_URL"] = f"{address}/{1 + int(worker.removeprefix('gw')) % 14}"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None, object, object]:
    """Start the servers and compile the translations before pytest-django reads the settings and Django loads them."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker:
        compile_catalogues(ROOT)
    start_test_servers()
    if worker:
        take_own_database(worker)
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop the servers after everything else of the run has ended."""
    stop_test_servers()
