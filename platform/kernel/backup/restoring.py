"""A folder from which PostgreSQL recovers to a moment: nothing of the server that was lost is needed."""

import subprocess
import tarfile
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from kernel.backup.catalogue import Base, base_before, branch_at, segments_in
from kernel.backup.faults import BackupFault
from kernel.backup.segments import HISTORY, Branch, gaps_between, place_of
from kernel.backup.server import programs
from kernel.backup.store import BackupStore

_SEGMENTS = "restored_wal"


@dataclass(frozen=True)
class Prepared:
    """A data directory that recovers at its first start: from which base backup, by how many segments, on
    which timeline."""

    base: Base
    segments: int
    timeline: int


def prepare(store: BackupStore, folder: Path, moment: datetime | None = None) -> Prepared:
    """Fill an empty folder with the newest base backup before the moment and every segment since.

    The first start recovers up to the moment (None: as far as the store reaches), excluding what ended at it or
    after, and then serves. Raises BackupFault where anything is missing or not what was taken.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupFault(f"{folder} is not empty: a restoration never writes over what is there.")
    branch = branch_at(store, moment)
    base = base_before(store, moment, branch)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    with store.stream(base.archive) as archive, tarfile.open(fileobj=archive, mode="r|gz") as tar:
        tar.extractall(folder, filter="tar")
    _verify(folder)
    count = _bring_segments(store, folder, base, branch)
    _describe_recovery(folder, moment, branch)
    return Prepared(base, count, branch.number)


def _verify(folder: Path) -> None:
    """Every file by the SHA-256 that the server gave when it was backed up, and the log that the backup needs."""
    done = subprocess.run(
        [str(programs() / "pg_verifybackup"), "--quiet", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupFault(f"The base backup is not whole: {done.stderr.strip().splitlines()[0]}")


def _bring_segments(store: BackupStore, folder: Path, base: Base, branch: Branch) -> int:
    place = folder / _SEGMENTS
    place.mkdir(mode=0o700)
    first = place_of(base.first, base.segment_bytes)
    wanted = [
        (name, key)
        for name, key in segments_in(store)
        if HISTORY.fullmatch(name)
        or (place_of(name, base.segment_bytes) >= first and branch.holds(name, base.segment_bytes))
    ]
    names = [name for name, _key in wanted]
    if twice := {name for name in names if names.count(name) > 1}:
        raise BackupFault(
            f"Two servers wrote {min(twice)}: one of them was started from a copy with its backup on. "
            "Take what it wrote out of the store."
        )
    if gaps := gaps_between(names, base.segment_bytes):
        raise BackupFault(f"Segments are missing between {gaps[0][0]} and {gaps[0][1]}.")
    for name in branch.beginnings(int(base.first[:8], 16), base.segment_bytes):
        if name not in names:
            raise BackupFault(
                f"{name}, which a restoration began with, was not kept: until the next base backup ended no moment "
                "is reached. Name a later one, or one before that restoration."
            )
    for name, key in wanted:
        content = store.read(key)
        if not key.endswith(sha256(content).hexdigest()[:16]):
            raise BackupFault(f"{key} holds another content than its name says.")
        (place / name).write_bytes(content)
    return len(names)


def _describe_recovery(folder: Path, moment: datetime | None, branch: Branch) -> None:
    settings = {
        # Relative to the folder, so it may be moved before its first start.
        "restore_command": f'cp "{_SEGMENTS}/%f" "%p"',
        "recovery_end_command": f"rm -rf {_SEGMENTS}",
        # Never "latest": the newest timeline may be one that the moment, or the base backup, has no part in.
        "recovery_target_timeline": str(branch.number),
        "recovery_target_action": "promote",
        # Said also where there is none: a restoration before this one left its own in what was backed up.
        "recovery_target_time": moment.isoformat() if moment else "",
        "recovery_target_inclusive": "off",
    }
    with (folder / "postgresql.auto.conf").open("a") as out:
        out.write("# Written by a restoration; without effect once it is done.\n")
        out.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (folder / "recovery.signal").touch(mode=0o600)
