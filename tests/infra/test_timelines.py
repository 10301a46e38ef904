"""Backups with a server under load and after several restorations: what is received meanwhile, and which line is followed."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pyrage
import pytest
from django.db import connection

from kernel.aws import S3Account
from kernel.backup import restoring
from kernel.backup.catalogue import bases_in, segments_in
from kernel.backup.server import Server
from kernel.backup.store import BackupStore
from kernel.backup.taking import Taker
from kernel.embedded.places import server_account
from tests.documents.s3_server import BUCKET, KEY_ID, SECRET, s3_server
from tests.own_server import OwnServer, own_server
from tests.racing import committing

db = committing
pytestmark = pytest.mark.slow
SECONDS = 240
RECEIVED = "SELECT restart_lsn > '{}' FROM pg_replication_slots WHERE slot_name = 'siedem_backup'"


@dataclass(frozen=True)
class Held(Server):
    """A server whose base backups can be held up: the program that receives one is slow, and is remembered."""

    taking: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, program: str, *options: str, **more: Any) -> subprocess.Popen[bytes]:
        slowly = ("--max-rate=16384",) if program == "pg_basebackup" else ()
        started = super().start(program, *options, *slowly, **more)
        if slowly:
            self.taking.append(started)
        return started


@pytest.fixture
def store(tmp_path: Path) -> Iterator[BackupStore]:
    identity = pyrage.x25519.Identity.generate()
    with s3_server(tmp_path / "buckets") as server:
        account = S3Account(server.settings["S3_ENDPOINT_URL"], KEY_ID, SECRET, "eu-central-1")
        yield BackupStore(account, BUCKET, recipients=[identity.to_public()], identities=[identity])


@pytest.fixture
def own(db: None) -> Iterator[OwnServer]:
    # As little log as it can keep, so that what nobody holds is soon gone.
    kept = {"archive_timeout": "1s", "min_wal_size": "32MB", "max_wal_size": "32MB"}
    with own_server(settings=kept, empty=True) as server:
        yield server


def _asked(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def _until(holds: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@contextmanager
def _taking(server: Server, store: BackupStore, spool: Path) -> Iterator[BackupStore]:
    """Backups are taken while the block runs; gives the cluster's part of the store."""
    stop = Event()
    beside = Thread(target=Taker(server, store, spool).run, args=[stop])
    beside.start()
    try:
        yield store.below(server.state().identity)
    finally:
        stop.set()
        beside.join(SECONDS)


def _end_segment(size: int = 1) -> str:
    """Write so many bytes into the log and end the segment that they end in; gives its name.

    The name of where the log stood would not do: the server ends segments by itself too, and nobody writes into the next.
    """
    name = _asked(f"SELECT pg_walfile_name(pg_logical_emit_message(false, 'fill', repeat('x', {size})))")
    _asked("SELECT pg_switch_wal()::text")
    return str(name)


def _fill_segments(count: int) -> str:
    """Write so many segments of the log, and let the server forget what nobody holds; gives the last one's name."""
    for _time in range(count):
        last = _end_segment(1_000_000)
        _asked("CHECKPOINT")
    return last


def test_a_base_backup_that_takes_long_holds_up_no_segment_and_misses_none(
    own: OwnServer, store: BackupStore, tmp_path: Path
) -> None:
    server = Held(own.address)
    with _taking(server, store, tmp_path / "spool") as here:
        _until(lambda: _asked("SELECT count(*) FROM pg_stat_progress_basebackup"), "no base backup began")
        [taking] = server.taking
        taking.send_signal(signal.SIGSTOP)
        try:
            _fill_segments(7)
            filled = _asked("SELECT pg_current_wal_lsn()")
            last = _fill_segments(1)
            _until(lambda: last in {name for name, _key in segments_in(here)}, "a segment was held up")
            assert taking.poll() is None and not bases_in(here)
            # Received and told so: of the log that the base backup will ask for nobody else holds anything now.
            _until(lambda: _asked(RECEIVED.format(filled)), "the server was not told what was received")
            _asked("CHECKPOINT")
        finally:
            taking.send_signal(signal.SIGCONT)
        _until(lambda: bases_in(here), "the base backup did not end whole")
        assert len(server.taking) == 1, "it was not taken twice"
    restoring.prepare(here, tmp_path / "restored")


def _noted() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT said FROM said ORDER BY said")
        return [said for (said,) in cursor.fetchall()]


def _say(word: str) -> datetime:
    """Write a word; gives a moment after it. Times of the store are whole seconds, so that moments lie apart."""
    _asked(f"INSERT INTO said VALUES ('{word}')")
    time.sleep(1.1)
    moment: datetime = _asked("SELECT clock_timestamp()")
    time.sleep(1.1)
    return moment


def _with_backup(own: OwnServer, store: BackupStore, spool: Path, words: str, bases: int) -> list[datetime]:
    """Take a base backup, then write the words; gives a moment after each. All of the log is kept."""
    with _taking(Server(own.address), store, spool) as here:
        _until(lambda: len(bases_in(here)) == bases, "no base backup was taken")
        moments = [_say(word) for word in words]
        # A recovery tells moments by what was committed: there is none behind the last moment else.
        _asked("SELECT pg_logical_emit_message(true, 'fill', 'x')::text")
        last = _end_segment()
        _until(lambda: last in {name for name, _key in segments_in(here)}, "the last segment was not kept")
    return moments


def _lose_and_restore(own: OwnServer, here: BackupStore, moment: datetime | None) -> list[str]:
    """What stands there after the cluster was lost and restored to the moment."""
    data = own.running.data
    own.kill()
    connection.close()
    shutil.rmtree(data)
    restoring.prepare(here, data, moment)
    if account := server_account(Path("/none")):
        for path in [data, *data.rglob("*")]:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    own.start()
    _until(lambda: not _asked("SELECT pg_is_in_recovery()"), "the server did not leave its recovery")
    return _noted()


def test_every_moment_is_reached_on_the_line_that_was_written_then(
    own: OwnServer, store: BackupStore, tmp_path: Path
) -> None:
    _asked("CREATE TABLE said (said text PRIMARY KEY)")
    here, spool = store.below(Server(own.address).state().identity), tmp_path / "spool"
    after_a, after_b, after_c = _with_backup(own, store, spool, "abc", 1)
    assert _lose_and_restore(own, here, after_b) == ["a", "b"]
    _after_d, after_e, _after_f = _with_backup(own, store, spool, "def", 2)
    # The mistake was earlier than they thought: back to before the first restoration's moment.
    assert _lose_and_restore(own, here, after_a) == ["a"]
    _with_backup(own, store, spool, "g", 3)
    # Each of these moments lies on another line, and the newest line has no part in the two others. Without a moment
    # nothing is left of the moment of a restoration before.
    assert _lose_and_restore(own, here, after_e) == ["a", "b", "d", "e"]
    assert _lose_and_restore(own, here, after_c) == ["a", "b", "c"]
    assert _lose_and_restore(own, here, None) == ["a", "g"]
