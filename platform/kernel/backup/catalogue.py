"""What the store holds of a cluster; names alone say it, so that it can be listed without an identity.

`base/20261123T071500.000000Z.tar.gz` is a base backup, whole where a mark `whole/BEGAN~ENDED~SEGMENT~BYTES` stands;
`wal/NAME-HASH` are segments of the write-ahead log; `files/…` copies of files.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from kernel.backup.faults import BackupFault
from kernel.backup.store import BackupStore

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


def segments_in(store: BackupStore) -> list[tuple[str, str]]:
    """Segments and histories of a cluster by name, each with its key."""
    return [(kept.key.removeprefix("wal/").rpartition("-")[0], kept.key) for kept in store.listed("wal/")]


def base_before(store: BackupStore, moment: datetime | None) -> Base:
    """The base backup from which a moment (None: the last that is known) is recovered. Raises BackupFault."""
    bases = bases_in(store)
    fitting = [base for base in bases if moment is None or base.ended <= moment]
    if not fitting:
        since = f"; the oldest base backup ended at {bases[0].ended.isoformat()}" if bases else ""
        raise BackupFault(f"No base backup reaches {moment or 'any moment'}{since}.")
    return fitting[-1]
