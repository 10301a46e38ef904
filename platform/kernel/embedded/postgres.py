"""PostgreSQL from a wheel: one cluster in one folder, reached through a Unix socket only."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from kernel.embedded.faults import EmbeddedFault, explain
from kernel.embedded.places import (
    Account,
    choose_socket_folder,
    ensure_folder,
    server_account,
    switch_user,
    usable_programs,
)
from kernel.embedded.processes import Child, end, fault_of, processes_in, wait_until
from kernel.server_log import QUIET

DATABASE = "siedem"
ROLE = "siedem"
# Taken by pages of voivodeships, by open ones (kernel.region_role) and by the web server (kernel.web_role); they can do
# nothing until given tables.
REGION_ROLE, OPEN_ROLE, WEB_ROLE = "siedem_region", "siedem_open", "siedem_web"
SOCKET_NAME = ".s.PGSQL.5432"
# PostgreSQL's own Unicode rules instead of the machine's: the same order and case folding on every machine.
INITDB = [
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--text-search-config=simple",
]
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    # A statement over many tenants locks a table in each of 1,000 schemas.
    "max_locks_per_transaction": "1024",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    **QUIET,
}
# For data that one test run makes and throws away.
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_wal_size": "4GB"}


@dataclass
class EmbeddedPostgres:
    """A cluster in `state/postgres`.

    `state` must be a folder that the server's account can pass through (places.choose_folder), `log` a file
    this process may write.
    """

    state: Path
    log: Path
    durable: bool = True
    name: str = "PostgreSQL"
    child: Child | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.state / "postgres"

    def start(self, pause: Callable[[float], None] = time.sleep) -> str:
        """Start the server and return the address of its database, made when missing.

        What an earlier start left is dealt with first: a server of this folder that still runs is stopped, a
        half-made data directory is made anew. Raises EmbeddedFault.
        """
        try:
            account = server_account(self.data)
            programs = usable_programs(account, self.state)
            self.stop_left_over()
            if not (self.data / "PG_VERSION").exists():
                self._create(programs, account)
            self._require_version(programs, account)
            sockets = choose_socket_folder(self.state / "sockets", account, SOCKET_NAME)
            # Left by a server that was killed; no other server uses this folder.
            for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
                (sockets / name).unlink(missing_ok=True)
        except OSError as error:
            raise explain(error, self.state) from None
        settings = (
            SETTINGS | {"unix_socket_directories": str(sockets)} | ({} if self.durable else NOT_DURABLE)
        )
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.child = Child(
            name=self.name,
            command=[str(programs / "postgres"), "-D", str(self.data.resolve()), *options],
            log=self.log,
            folder=Path("/"),
            environment=server_environment(),
            stop_signals=((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)),
            account=account,
        )
        self.child.start()
        try:
            self._wait_ready(self.child, pause)
            return self._ensure_database(sockets)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> bool:
        """Stop the server, ending open transactions; returns whether it stopped cleanly."""
        clean = self.child.stop() if self.child else True
        self.child = None
        return clean

    def stop_left_over(self) -> bool:
        """Stop a server that works in this data directory although nobody watches it; whether there was one.

        A lock file whose number belongs to a stranger by now is removed, because PostgreSQL would refuse to
        start. It is what protects the data: otherwise PostgreSQL itself judges whether it still holds.
        """
        lock = self.data / "postmaster.pid"
        folder = self.data.resolve()
        found = processes_in(folder, "postgres")
        main = [process for process in found if process.pid == _first_number(lock)]
        if main:
            left = end(main, signal.SIGINT, 30)
            found = processes_in(folder, "postgres") if left else []
        if found:
            end(found, signal.SIGTERM, 10)
        if still := processes_in(folder, "postgres"):
            numbers = ", ".join(str(process.pid) for process in still)
            raise EmbeddedFault(
                f"An earlier PostgreSQL (process {numbers}) does not stop: end it and start again."
            )
        if psutil.pid_exists(_first_number(lock)):
            lock.unlink(missing_ok=True)
        return bool(main or found)

    def _create(self, programs: Path, account: Account | None) -> None:
        """Make the cluster under another name, so that an unfinished one is never taken for a whole one."""
        if self.data.exists() and any(self.data.iterdir()):
            raise EmbeddedFault(
                f"{self.data} is no database of PostgreSQL: move it away (or use make clean) and start again."
            )
        draft = self.state / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        ensure_folder(draft, 0o700, account)
        command = [
            str(programs / "initdb"),
            "-D",
            str(draft),
            *INITDB,
            *([] if self.durable else ["--no-sync"]),
        ]
        made = subprocess.run(
            command,
            cwd="/",
            env=server_environment(),
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **switch_user(account),
        )
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            words = (made.stderr.strip() or made.stdout.strip() or "no reason given").splitlines()
            if any("No space left on device" in line for line in words):
                raise EmbeddedFault(f"The disk of {self.state} is full: free some space and start again.")
            reason = next((line for line in words if "error" in line.lower() or "FATAL" in line), words[-1])
            raise EmbeddedFault(f"PostgreSQL could not make its data directory {self.data}: {reason}")
        if self.data.exists():
            self.data.rmdir()
        draft.rename(self.data)

    def _require_version(self, programs: Path, account: Account | None) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run(
            [str(programs / "postgres"), "--version"],
            cwd="/",
            env=server_environment(),
            capture_output=True,
            text=True,
            check=False,
            **switch_user(account),
        )
        ours = answer.stdout.strip().rpartition(" ")[2].split(".")[0]
        if made_by != ours:
            raise EmbeddedFault(
                f"The data in {self.data} were made by PostgreSQL {made_by} and this is PostgreSQL {ours}: "
                f"move them over with pg_dump of version {made_by}, or begin anew with make clean."
            )

    def _wait_ready(self, child: Child, pause: Callable[[float], None]) -> None:
        lock = self.data / "postmaster.pid"

        def answers() -> bool:
            if not child.runs():
                return True
            try:
                lines = lock.read_text("utf-8").splitlines()
            except FileNotFoundError:
                return False
            return len(lines) >= 8 and int(lines[0]) == child.pid and lines[7].strip() == "ready"

        # Recovery after a crash may take long; it goes on as long as the server lives.
        ready = wait_until(answers, 120, pause)
        if not child.runs():
            raise fault_of(child, "stopped while starting", self.state)
        if not ready:
            raise fault_of(child, "did not become ready within two minutes", self.state)

    def _ensure_database(self, sockets: Path) -> str:
        """The product's role is no superuser, so that a missing right shows here as in production."""
        with psycopg.connect(
            host=str(sockets), user="postgres", dbname="postgres", autocommit=True, connect_timeout=10
        ) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE)))
            for name in (REGION_ROLE, OPEN_ROLE, WEB_ROLE):
                if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
                    continue
                names = (sql.Identifier(name), sql.Identifier(ROLE))
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(names[0]))
                connection.execute(sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(*names))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                names = (sql.Identifier(DATABASE), sql.Identifier(ROLE))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(sockets), safe='/')}"


def server_environment() -> dict[str, str]:
    """An environment that does not depend on who starts the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": "/"}


def _first_number(lock: Path) -> int:
    """The number of the process that wrote the lock file; 0 when it cannot be read."""
    try:
        return int(lock.read_text("utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return 0
