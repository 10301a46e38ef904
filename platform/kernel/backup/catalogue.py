"""What the store holds of a cluster; names alone say it, so that it can be listed without an identity.

`base/20261123T071500.000000Z.tar.gz` is a base backup, whole where a mark `whole/BEGAN~ENDED~SEGMENT~BYTES` stands;
`wal/NAME-HASH` are segments of the write-ahead log; `files/…` copies of files.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from kernel.backup.faults import BackupFault
from kernel.backup.segments import HISTORY, SEGMENT, Branch, gaps_between, place_of
from kernel.backup.store import BackupStore, Kept

STAMP = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True)
class Base:
    """A whole base backup: when it began and ended, the segment it is recovered from, bytes of a segment."""

    began: datetime
    ended: datetime
    first: str
    segment_bytes: int

    @property
    def mark(self) -> str:
        """The key that says that it is whole."""
        began, ended = (moment.astimezone(UTC).strftime(STAMP) for moment in (self.began, self.ended))
        return f"whole/{began}~{ended}~{self.first}~{self.segment_bytes}"

    @property
    def archive(self) -> str:
        """The key of the backup itself."""
        return f"base/{self.began.astimezone(UTC).strftime(STAMP)}.tar.gz"

    @classmethod
    def of_mark(cls, key: str) -> "Base":
        """The base backup that a mark names."""
        began, ended, first, size = key.removeprefix("whole/").split("~")
        return cls(_instant(began), _instant(ended), first, int(size))


def _instant(text: str) -> datetime:
    return datetime.strptime(text, STAMP).replace(tzinfo=UTC)


def bases_in(store: BackupStore) -> list[Base]:
    """Base backups of a cluster, oldest first."""
    return [Base.of_mark(kept.key) for kept in store.listed("whole/")]


def archives_in(store: BackupStore) -> list[Kept]:
    """Archives of base backups, also of such that were never whole."""
    return store.listed("base/")


def segments_in(store: BackupStore) -> list[tuple[str, str]]:
    """Segments and histories of a cluster by name, each with its key."""
    return [(kept.key.removeprefix("wal/").rpartition("-")[0], kept.key) for kept in store.listed("wal/")]


def missing_in(store: BackupStore) -> list[tuple[str, str]]:
    """Between which segments some are missing that a moment of the time kept needs; the newest last."""
    bases = bases_in(store)
    if not bases:
        return []
    size = bases[-1].segment_bytes
    first = min(place_of(base.first, size) for base in bases)
    names = [name for name, _key in segments_in(store) if SEGMENT.fullmatch(name)]
    return gaps_between([name for name in names if place_of(name, size) >= first], size)


def branch_at(store: BackupStore, moment: datetime | None) -> Branch:
    """The timeline that was written at a moment (None: the newest): each restoration begins another.

    A history is kept as soon as its timeline is received, which tells when that was.
    """
    begun = [
        (name, kept)
        for kept in store.listed("wal/")
        if HISTORY.fullmatch(name := kept.key.removeprefix("wal/").rpartition("-")[0])
        and (moment is None or kept.at <= moment)
    ]
    if not begun:
        names = [name for name, _key in segments_in(store) if SEGMENT.fullmatch(name)]
        return Branch(int(min(names)[:8], 16) if names else 1, {})
    name, kept = max(begun, key=lambda one: one[1].at)
    return Branch.of_history(name, store.read(kept.key).decode("ascii"))


def base_before(store: BackupStore, moment: datetime | None, branch: Branch) -> Base:
    """The base backup from which a moment (None: the last that is known) is recovered. Raises BackupFault."""
    bases = bases_in(store)
    fitting = [
        base
        for base in bases
        if (moment is None or base.ended <= moment) and branch.holds(base.first, base.segment_bytes)
    ]
    if not fitting:
        since = f"; the oldest base backup ended at {bases[0].ended.isoformat()}" if bases else ""
        raise BackupFault(f"No base backup reaches {moment or 'any moment'}{since}.")
    return fitting[-1]
