"""Taking backups: segments of the write-ahead log as they end, base backups by the day, copies of files."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Lock
from typing import IO, cast

import psycopg
import structlog
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from kernel.aws import code_of
from kernel.backup.catalogue import STAMP, Base, archives_in, bases_in, missing_in, segments_in
from kernel.backup.copies import Copies
from kernel.backup.faults import BackupFault, Stopped
from kernel.backup.segments import HISTORY, SEGMENT, gaps_between, place_of
from kernel.backup.server import SLOT, Server
from kernel.backup.store import BackupStore

log = structlog.get_logger(__name__)

AWAY = (psycopg.Error, BotoCoreError, ClientError, Boto3Error, OSError, BackupFault)
_PAUSE = 1.0
# Seconds that a program of PostgreSQL has to end by itself; docker-compose.yml gives this one a minute.
_GRACE = 10
_AFTER_FAULT = timedelta(seconds=30)
# Listing a month of segments every second would be dear.
_EXAMINED_EVERY = timedelta(minutes=15)
# Longer than a base backup takes.
_ORPHAN_AFTER = timedelta(days=3)


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
    _base: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _stop: Event = field(default_factory=Event, repr=False)
    # Whether segments may have been missed since the last base backup; unknown until they are received.
    _missed: bool | None = None
    _copied: datetime | None = None
    _examined: datetime | None = None
    _reached: dict[str, str] = field(default_factory=dict)
    _telling: Lock = field(default_factory=Lock, repr=False)

    def run(self, stop: Event) -> None:
        """Until `stop`; what goes wrong is logged and tried again. A base backup that is being taken is given up.

        Segments have a thread of their own: a base backup may take hours, and what is written meanwhile must not wait.
        """
        self._stop = stop
        with ThreadPoolExecutor(2) as threads:
            halves = [
                threads.submit(self._repeat, stop, turn)
                for turn in (self.receive_and_ship, self.take_what_is_due)
            ]
            stop.wait()
            self._give_up_base()
        self.end()
        with suppress(*AWAY):
            self.ship_all()
        for half in halves:
            half.result()

    def _repeat(self, stop: Event, turn: Callable[[], None]) -> None:
        try:
            while not stop.is_set():
                try:
                    turn()
                except Stopped as stopped:
                    log.info("backup_given_up", reason=_reason(stopped))
                except AWAY as fault:
                    log.error("backup_failed", kind=type(fault).__name__, reason=_reason(fault))
                    stop.wait(_AFTER_FAULT.total_seconds())
                stop.wait(_PAUSE)
        finally:
            # Neither half goes on without the other.
            stop.set()

    def forget_other_clusters(self, own: BackupStore, now: datetime) -> None:
        """Remove what is kept of clusters that nobody backs up any more, once their time is over."""
        for cluster in self.store.folders():
            other = self.store.below(cluster)
            if other.prefix == own.prefix:
                continue
            kept = other.listed("")
            if kept and max(one.at for one in kept) < now - self.rhythm.kept:
                for one in kept:
                    other.delete(one.key)
                log.info("cluster_forgotten", cluster=cluster, objects=len(kept))

    def receive_and_ship(self) -> None:
        """See that segments come, and keep those that have ended."""
        state = self.server.state()
        store, spool = self.store.below(state.identity), self.spool / state.identity
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._missed = not self._receive(store, spool) or bool(self._missed)
        self.ship(store, spool)
        if state.receiving:
            self._told(segments=datetime.now(UTC).isoformat())

    def take_what_is_due(self) -> None:
        """A base backup and copies of files, once segments are received."""
        if self._missed is None:
            return
        store = self.store.below(self.server.state().identity)
        self._take_base_when_due(store)
        now = datetime.now(UTC)
        if self.copies and (self._copied is None or now - self._copied >= self.rhythm.copies):
            self.copies.keep(store, now, self.rhythm.kept)
            self._copied = now
            self._told(copies=now.isoformat())

    def _give_up_base(self) -> None:
        if self._base and self._base.poll() is None:
            self._base.terminate()
            try:
                self._base.wait(_GRACE)
            except subprocess.TimeoutExpired:
                self._base.kill()

    def _going_on(self) -> None:
        if self._stop.is_set():
            raise Stopped(
                "The program was told to stop while it took a base backup: nothing of that one is kept, "
                "and another is taken when the program starts again."
            )

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
        """A base backup of now. Raises BackupFault where PostgreSQL's program ends badly, Stopped where this one
        was told to; nothing is kept then."""
        with self.server.holding_for_base():
            try:
                return self._base_held(store)
            except AWAY:
                # Whatever was cut off by it.
                self._going_on()
                raise
            finally:
                self._base = None

    def _base_held(self, store: BackupStore) -> Base:
        # The log that it needs is fetched at its end: what is recycled until then would be missing without the slot.
        began, first = self.server.now(), self.server.first_segment()
        stamp = began.astimezone(UTC).strftime(STAMP)
        self._base = taking = self.server.start(
            "pg_basebackup", "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast",
            "--manifest-checksums=SHA256", "--compress=client-gzip:1", f"--label={stamp}",
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

        def whole() -> None:
            told = taking.stderr.read().decode(errors="replace") if taking.stderr else ""
            ended = taking.wait()
            self._going_on()
            if ended != 0:
                words = told.strip().splitlines() or ["it ended badly"]
                raise BackupFault(f"pg_basebackup: {words[-1]}")

        if self._stop.is_set():
            # Told before there was anything to give up.
            self._give_up_base()
        with taking:
            store.put_stream(f"base/{stamp}.tar.gz", cast(IO[bytes], taking.stdout), whole, self._going_on)
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
        # What a program that was killed left behind it: no mark says that it is whole, and none will.
        whole = {base.archive for base in kept}
        for archive in archives_in(store):
            if archive.key not in whole and archive.at < now - _ORPHAN_AFTER:
                store.delete(archive.key)
        if not kept:
            return
        needed = min(place_of(base.first, base.segment_bytes) for base in kept)
        for name, key in segments_in(store):
            if SEGMENT.fullmatch(name) and place_of(name, kept[0].segment_bytes) < needed:
                store.delete(key)

    def _receive(self, store: BackupStore, spool: Path) -> bool:
        """See that segments are received; False where some may have been missed before."""
        if self._receiver and self._receiver.poll() is None:
            return True
        self.ship(store, spool)
        whole = self.server.hold_segments()
        if not whole:
            # Of what was before a restoration, perhaps: from it the receiver would go on where the server never was.
            for begun in spool.glob("*.partial"):
                begun.unlink()
        self._receiver = self.server.start(
            "pg_receivewal", f"--directory={spool}", f"--slot={SLOT}",
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return whole

    def _take_base_when_due(self, store: BackupStore) -> None:
        now = datetime.now(UTC)
        if not self._missed and self._examined and now - self._examined < _EXAMINED_EVERY:
            return
        missing = missing_in(store)
        self._told(missing=" – ".join(missing[-1]) if missing else "")
        if not self._missed and self._reaches_from_a_fresh_base(store, now):
            self._examined = now
            return
        # What is missed from here on asks for another one.
        self._missed = False
        try:
            base = self.take_base(store)
        except BaseException:
            self._missed = True
            raise
        self._examined = now
        log.info(
            "base_backup_taken", first=base.first, seconds=round((base.ended - base.began).total_seconds())
        )
        self._told(base=base.ended.isoformat())
        self.forget(store, now)
        self.forget_other_clusters(store, now)
        try:
            self._told(versions="kept" if self.store.keeps_old_versions_for_ever() else "")
        except ClientError as error:
            # A backup was taken all the same; what cannot be asked for is told by doctor.
            log.warning("versions_not_told", kind=code_of(error))
            self._told(versions="unknown")

    def _reaches_from_a_fresh_base(self, store: BackupStore, now: datetime) -> bool:
        bases = bases_in(store)
        if not bases:
            return False
        last = bases[-1]
        self._told(base=last.ended.isoformat())
        names = [name for name, _key in segments_in(store) if name >= last.first]
        return not gaps_between(names, last.segment_bytes) and now - last.ended < self.rhythm.base

    def _told(self, **reached: str) -> None:
        with self._telling:
            self._reached |= reached
            self.tell(self._reached)


def _reason(fault: BaseException) -> str:
    """Faults of ours say what is wrong; those of others may name hosts and users, and stay out of the log."""
    return str(fault) if isinstance(fault, BackupFault) else ""
