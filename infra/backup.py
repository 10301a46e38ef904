"""Backups of the whole cluster: `run` takes them, `list` shows what is there, `restore` fills a folder to start from.

Reads the variables of infra/README.md and nothing else; a restoration needs BACKUP_BUCKET, its account and an identity.
"""

import argparse
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

_ROOT = Path(__file__).resolve().parents[1]
for _source in (_ROOT / "platform", _ROOT):
    if str(_source) not in sys.path:
        sys.path.insert(0, str(_source))

import redis  # noqa: E402

from config import env  # noqa: E402
from kernel.aws import S3Account  # noqa: E402
from kernel.backup import noted, restoring  # noqa: E402
from kernel.backup.catalogue import bases_in, missing_in, segments_in  # noqa: E402
from kernel.backup.copies import CHECKPOINTS, Bucket, Copies, Folder, Place  # noqa: E402
from kernel.backup.faults import BackupFault  # noqa: E402
from kernel.backup.server import Server  # noqa: E402
from kernel.backup.store import BackupStore, identities_of, recipients_of  # noqa: E402
from kernel.backup.taking import AWAY, Rhythm, Taker  # noqa: E402

_SILENCE = timedelta(minutes=10)


def _store(identity: str | None = None, *, writing: bool = False) -> BackupStore:
    account = S3Account(
        endpoint_url=env.text("BACKUP_ENDPOINT_URL", ""),
        key_id=env.text("BACKUP_ACCESS_KEY_ID", ""),
        secret=env.text("BACKUP_SECRET_ACCESS_KEY", ""),
        region=env.text("BACKUP_REGION", "eu-central-1"),
    )
    bucket = env.text("BACKUP_BUCKET")
    if not bucket:
        raise BackupFault(
            "BACKUP_BUCKET is empty: name a bucket of a store that does not stand and fall with this host."
        )
    return BackupStore(
        account,
        bucket,
        recipients=recipients_of(env.words("ARCHIVE_RECIPIENTS")) if writing else (),
        identities=identities_of(Path(identity)) if identity else (),
    )


def _copies() -> Copies:
    """Files and checkpoints, where this installation keeps them."""
    account = S3Account(
        endpoint_url=env.text("S3_ENDPOINT_URL", ""),
        key_id=env.text("S3_ACCESS_KEY_ID", ""),
        secret=env.text("S3_SECRET_ACCESS_KEY", ""),
        region=env.text("S3_REGION", "eu-central-1"),
    )
    files, checkpoints = env.text("S3_BUCKET", ""), env.text("CHECKPOINTS_BUCKET", "")
    places: dict[str, Place] = {
        "stored": Bucket(account, files) if files else Folder(env.LOCAL / "files"),
        CHECKPOINTS: Bucket(account, checkpoints)
        if checkpoints
        else Folder(Path(env.text("CHECKPOINTS_FOLDER", str(env.LOCAL / "checkpoints")))),
    }
    return Copies(places)


def _queue() -> redis.Redis:
    return redis.Redis.from_url(
        env.text("REDIS_URL", "redis://127.0.0.1:6379/0"), socket_timeout=2, socket_connect_timeout=2,
        decode_responses=True,
    )  # fmt: skip


def _healthy(_given: argparse.Namespace) -> None:
    reached = (noted.noted(_queue()) or {}).get("segments")
    if reached is None or datetime.now(UTC) - reached > _SILENCE:
        raise BackupFault(f"Nothing was received since {reached.isoformat() if reached else 'ever'}.")


def _run(given: argparse.Namespace) -> None:
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_signal: stop.set())
    queue = _queue()

    def tell(reached: Mapping[str, str]) -> None:
        # A backup goes on without those who ask for it.
        with suppress(redis.RedisError, OSError):
            noted.note(queue, reached)

    Taker(
        Server(env.text("DATABASE_URL")),
        _store(writing=True),
        Path(env.text("BACKUP_SPOOL", str(env.LOCAL / "spool"))),
        _copies(),
        Rhythm(
            copies=timedelta(seconds=given.copies_every), kept=timedelta(days=env.number("BACKUP_DAYS", 30))
        ),
        tell,
    ).run(stop)


def _list(_given: argparse.Namespace) -> None:
    for cluster in _store().folders():
        store = _store().below(cluster)
        bases, names = bases_in(store), [name for name, _key in segments_in(store)]
        reached = max((kept.at for kept in store.listed("wal/")), default=None)
        sys.stdout.write(f"cluster {cluster}\n")
        for base in bases:
            sys.stdout.write(f"  base backup, ended {base.ended.isoformat()}, from segment {base.first}\n")
        sys.stdout.write(
            f"  {len(names)} segments, the last kept at {reached.isoformat() if reached else '-'}\n"
        )
        for before, after in missing_in(store):
            sys.stdout.write(f"  MISSING between {before} and {after}\n")


def _restore(given: argparse.Namespace) -> None:
    moment = datetime.fromisoformat(given.to) if given.to else None
    if moment is not None and moment.tzinfo is None:
        raise BackupFault("Name the moment with its offset from UTC, such as 2026-11-23T14:05:00+01:00.")
    store = _chosen(given)
    prepared = restoring.prepare(store, Path(given.into), moment)
    sys.stdout.write(
        f"{given.into} is ready: base backup of {prepared.base.began.isoformat()} and {prepared.segments} segments of "
        f"timeline {prepared.timeline}. Start PostgreSQL there; then run restore-files and manage.py "
        "note_cluster_restoration.\n"
    )


def _restore_files(given: argparse.Namespace) -> None:
    written = _copies().put_back(_chosen(given))
    sys.stdout.write(f"{written} files were put back.\n")


def _chosen(given: argparse.Namespace) -> BackupStore:
    """The part of the store of the cluster that is named, or of the only one."""
    store = _store(given.identity)
    clusters = store.folders()
    cluster = given.cluster or (clusters[0] if len(clusters) == 1 else None)
    if cluster not in clusters:
        raise BackupFault(
            f"Name the cluster with --cluster; the store holds: {', '.join(clusters) or 'none'}."
        )
    return store.below(cluster)


def main() -> int:
    """Do what the command line says; what is wrong is told on standard error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="take backups until stopped")
    run.add_argument(
        "--copies-every", type=int, default=300, metavar="SECONDS", help="look for new files (300)"
    )
    run.set_defaults(do=_run)
    commands.add_parser("list", help="what the store holds, and what is missing").set_defaults(do=_list)
    commands.add_parser("healthy", help="fails where `run` has stopped receiving").set_defaults(do=_healthy)
    restore = commands.add_parser("restore", help="fill a folder from which PostgreSQL recovers to a moment")
    restore.add_argument("--into", required=True, metavar="FOLDER", help="an empty folder, or none")
    restore.add_argument(
        "--to", metavar="MOMENT", help="ISO with offset; as far as the store reaches unless given"
    )
    files = commands.add_parser("restore-files", help="put files back that are not in their place")
    for command, do in ((restore, _restore), (files, _restore_files)):
        command.add_argument("--identity", required=True, metavar="FILE", help="what age-keygen wrote")
        command.add_argument("--cluster", metavar="NUMBER", help="as list shows it, where there are several")
        command.set_defaults(do=do)
    given = parser.parse_args()
    try:
        given.do(given)
    except (*AWAY, redis.RedisError, env.MissingVariable, env.WrongVariable, ValueError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
