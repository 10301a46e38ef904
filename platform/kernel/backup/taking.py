"""Taking backups: segments of the write-ahead log as they end, base backups by the day, copies of files."""

import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import IO, cast

import psycopg
import structlog
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from kernel.backup.catalogue import STAMP, Base, bases_in, segments_in
from kernel.backup.copies import Copies
from kernel.backup.faults import BackupFault
from kernel.backup.segments import HISTORY, SEGMENT, gaps_between, place_of
from kernel.backup.server import SLOT, Server
from kernel.backup.store import BackupStore

log = structlog.get_logger(__name__)

AWAY = (psycopg.Error, BotoCoreError, ClientError, Boto3Error, OSError, BackupFault)
_PAUSE = 1.0
_AFTER_FAULT = timedelta(seconds=30)
# Listing a month of segments every second would be dear.
_EXAMINED_EVERY = timedelta(minutes=15)


@dataclass(frozen=True)
class Rhythm:
    """How often, and for how long backups are kept."""

    base: timedelta = timedelta(days=1)
    copies: timedelta = timedelta(minutes=5)
    kept: timedelta = timedelta(days=30)


@dataclass
class Taker:
    """Receives, keeps and forgets for one server until it is told to stop; restarting it loses nothing.

    `spool` is a folder in which segments lie until the store has them; `tell` is given what has been reached.
    """

    server: Server
    store: BackupStore
    spool: Path
    copies: Copies | None = None
    rhythm: Rhythm = field(default_factory=Rhythm)
    tell: Callable[[dict[str, str]], None] = lambda _reached: None
    _receiver: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _copied: datetime | None = None
    _examined: datetime | None = None
    _reached: dict[str, str] = field(default_factory=dict)

    def run(self, stop: Event) -> None:
        """Until `stop`; what goes wrong is logged and tried again."""
        try:
            while not stop.is_set():
                try:
                    self.turn()
                except AWAY as fault:
                    log.error("backup_failed", kind=type(fault).__name__, reason=_reason(fault))
                    self._told(fault=type(fault).__name__)
                    stop.wait(_AFTER_FAULT.total_seconds())
                stop.wait(_PAUSE)
        finally:
            self.end()
            with suppress(*AWAY):
                self.ship_all()

    def turn(self) -> None:
        """Everything that is due now."""
        state = self.server.state()
        store, spool = self.store.below(state.identity), self.spool / state.identity
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole = self._receive(spool)
        self.ship(store, spool)
        self._take_base_when_due(store, whole)
        now = datetime.now(UTC)
        if self.copies and (self._copied is None or now - self._copied >= self.rhythm.copies):
            self.copies.keep(store, now, self.rhythm.kept)
            self._copied = now
            self._told(copies=now.isoformat())
        if state.receiving:
            self._told(segments=now.isoformat(), fault="")

    def end(self) -> None:
        """Stop receiving; the server keeps what comes until somebody receives again."""
        if self._receiver and self._receiver.poll() is None:
            self._receiver.terminate()
            self._receiver.wait(30)
        self._receiver = None

    def ship_all(self) -> None:
        """Keep what lies in the spool, of whatever cluster."""
        for spool in self.spool.iterdir():
            self.ship(self.store.below(spool.name), spool)

    def ship(self, store: BackupStore, spool: Path) -> int:
        """Keep every segment that has ended, oldest first; how many there were."""
        ended = sorted(
            path for path in spool.iterdir() if SEGMENT.fullmatch(path.name) or HISTORY.fullmatch(path.name)
        )
        for path in ended:
            content = path.read_bytes()
            # By its content, too: nothing that is kept is ever written over.
            store.put(f"wal/{path.name}-{sha256(content).hexdigest()[:16]}", content)
            path.unlink()
        return len(ended)

    def take_base(self, store: BackupStore) -> Base:
        """A base backup of now. Raises BackupFault where PostgreSQL's program ends badly; nothing is kept then."""
        began, first = self.server.now(), self.server.first_segment()
        stamp = began.astimezone(UTC).strftime(STAMP)
        taking = self.server.start(
            "pg_basebackup", "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast",
            "--manifest-checksums=SHA256", "--compress=client-gzip:1", f"--label={stamp}",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

        def whole() -> None:
            told = taking.stderr.read().decode(errors="replace") if taking.stderr else ""
            if taking.wait() != 0:
                words = told.strip().splitlines() or ["it ended badly"]
                raise BackupFault(f"pg_basebackup: {words[-1]}")

        with taking:
            store.put_stream(f"base/{stamp}.tar.gz", cast(IO[bytes], taking.stdout), whole)
        base = Base(began, self.server.now(), first, self.server.segment_bytes())
        # Without this mark a base backup is none.
        store.put(base.mark, b"")
        return base

    def forget(self, store: BackupStore, now: datetime) -> None:
        """Remove what no moment of the time kept needs any more."""
        bases = bases_in(store)
        older = [base for base in bases if base.ended < now - self.rhythm.kept]
        for base in older[:-1]:
            store.delete(base.mark)
            store.delete(base.archive)
        kept = bases_in(store)
        if not kept:
            return
        needed = min(place_of(base.first, base.segment_bytes) for base in kept)
        for name, key in segments_in(store):
            if SEGMENT.fullmatch(name) and place_of(name, kept[0].segment_bytes) < needed:
                store.delete(key)

    def _receive(self, spool: Path) -> bool:
        """See that segments are received; False where some may have been missed before."""
        if self._receiver and self._receiver.poll() is None:
            return True
        whole = self.server.hold_segments()
        self._receiver = self.server.start(
            "pg_receivewal", f"--directory={spool}", f"--slot={SLOT}",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return whole

    def _take_base_when_due(self, store: BackupStore, whole: bool) -> None:
        now = datetime.now(UTC)
        if whole and self._examined and now - self._examined < _EXAMINED_EVERY:
            return
        if whole and self._reaches_from_a_fresh_base(store, now):
            self._examined = now
            return
        base = self.take_base(store)
        self._examined = now
        log.info(
            "base_backup_taken", first=base.first, seconds=round((base.ended - base.began).total_seconds())
        )
        self._told(base=base.ended.isoformat())
        self.forget(store, now)

    def _reaches_from_a_fresh_base(self, store: BackupStore, now: datetime) -> bool:
        bases = bases_in(store)
        if not bases:
            return False
        last = bases[-1]
        self._told(base=last.ended.isoformat())
        names = [name for name, _key in segments_in(store) if name >= last.first]
        return not gaps_between(names, last.segment_bytes) and now - last.ended < self.rhythm.base

    def _told(self, **reached: str) -> None:
        self._reached |= reached
        self.tell(self._reached)


def _reason(fault: BaseException) -> str:
    """Faults of ours say what is wrong; those of others may name hosts and users, and stay out of the log."""
    return str(fault) if isinstance(fault, BackupFault) else ""
