"""The whole cluster backed up, destroyed, and restored to the moment before a mistake, with its files."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import pyrage
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.actions import record
from audit.checkpoints import take_checkpoint
from audit.models import Entry
from documents.actions import open_file, store_file
from documents.models import StoredFile
from kernel.access import Actor
from kernel.aws import S3Account
from kernel.embedded.places import server_account
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from tenants import provisioning
from tenants.models import Tenant
from tests.documents.s3_server import BUCKET, KEY_ID, SECRET, S3Server, s3_server
from tests.factories.care import PersonFactory
from tests.gate import Gate
from tests.own_server import NAME, OwnServer, own_server
from tests.racing import committing

db = committing
ANNA = Actor(new_id(), "Anna Próbna")
FILES = "siedem-files"
SECONDS = 240


@dataclass
class Program:
    """`infra/backup.py` as an operator runs it."""

    folder: Path
    environment: dict[str, str]

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "infra/backup.py", *words]

    def _done(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), cwd=settings.ROOT, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def do(self, *words: str) -> str:
        done = self._done(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refusal(self, *words: str) -> str:
        done = self._done(*words)
        assert done.returncode == 1, done.stdout
        return done.stderr

    def restore(self, into: Path, *more: str) -> tuple[str, ...]:
        return ("restore", "--into", str(into), "--identity", str(self.folder / "key.txt"), *more)

    def begin(self) -> subprocess.Popen[bytes]:
        with (self.folder / "backup.log").open("ab") as log:
            return subprocess.Popen(
                self.command("run", "--copies-every", "1"),
                cwd=settings.ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[S3Server]:
    with s3_server(tmp_path / "buckets") as server:
        yield server


@pytest.fixture
def own(db: None) -> Iterator[OwnServer]:
    # A segment ends after a second in which something was written, as after a minute in docker-compose.yml.
    with own_server(settings={"archive_timeout": "1s"}) as server:
        yield server


@pytest.fixture
def program(own: OwnServer, store: S3Server, tmp_path: Path, settings: Any) -> Program:
    (store.folder / FILES).mkdir()
    for name, value in (store.settings | {"S3_BUCKET": FILES}).items():
        setattr(settings, name, value)
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key.txt").write_text(f"# created: 2026-01-01\n{identity}\n")
    environment = {
        "PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        # What it notes there is not for the other tests of the run.
        "DATABASE_URL": own.address, "REDIS_URL": f"{settings.REDIS_URL.rpartition('/')[0]}/14",
        **store.settings, "S3_BUCKET": FILES,
        "BACKUP_BUCKET": BUCKET, "BACKUP_ENDPOINT_URL": store.settings["S3_ENDPOINT_URL"],
        "BACKUP_ACCESS_KEY_ID": KEY_ID, "BACKUP_SECRET_ACCESS_KEY": SECRET,
        "BACKUP_SPOOL": str(tmp_path / "spool"), "ARCHIVE_RECIPIENTS": str(identity.to_public()),
        "CHECKPOINTS_FOLDER": str(tmp_path / "checkpoints"),
    }  # fmt: skip
    return Program(tmp_path, environment)


@dataclass
class Shelf:
    """What the store holds; its server keeps an object as a file of the same name."""

    folder: Path
    client: Any

    def names(self, kind: str) -> list[Path]:
        return sorted(self.folder.glob(f"{BUCKET}/*/{kind}/*"))

    def copies(self, place: str) -> int:
        return len(list(self.folder.glob(f"{BUCKET}/*/files/{place}/**/*.age")))

    def write(self, path: Path, content: bytes) -> None:
        key = path.relative_to(self.folder / BUCKET).as_posix()
        self.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def empty(self, bucket: str) -> None:
        for one in self.client.list_objects_v2(Bucket=bucket)["Contents"]:
            self.client.delete_object(Bucket=bucket, Key=one["Key"])


@pytest.fixture
def shelf(store: S3Server) -> Shelf:
    account = S3Account(store.settings["S3_ENDPOINT_URL"], KEY_ID, SECRET, "eu-central-1")
    return Shelf(store.folder, account.client())


def _asked(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def _first(statement: str) -> Any:
    """The first value of the first row; None where there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row and row[0]


def _work(tenant: Tenant, text: str) -> None:
    """A person, a file, a line of the record and its checkpoint."""
    with tenant_scope(tenant):
        PersonFactory()
        with transaction.atomic():
            store_file(text.encode(), name="a.txt", content_type="text/plain", folder="probe", actor=ANNA)
            record("probe", actor=ANNA, subject_type="person", subject_id=new_id(), payload={"t": text})
        assert take_checkpoint()


def _held(tenant: Tenant) -> dict[str, Any]:
    """What a tenant holds: how many rows in each table, the hash of its last entry, the content of its files."""
    with tenant_scope(tenant):
        counts = {
            table: _asked(f'SELECT count(*) FROM "{table}"')
            for table in connection.introspection.table_names()
            if table.partition("_")[0] in {"audit", "care", "documents"}
        }
        last = Entry.objects.order_by("sequence").values_list("hash", flat=True).last()
        files = {str(row.pk): (row.sha256, _content(row)) for row in StoredFile.objects.all()}
    return {"counts": counts, "last": last, "files": files}


def _content(stored: StoredFile) -> bytes:
    with open_file(stored) as file:
        return bytes(file.read())


def _schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def test_the_cluster_comes_back_to_the_moment_before_a_mistake(
    own: OwnServer,
    program: Program,
    shelf: Shelf,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    alfa, beta = Tenant.objects.get(slug="alfa"), Tenant.objects.get(slug="beta")
    for tenant in (alfa, beta):
        _work(tenant, "Zażółć przed kopią")
    taking = program.begin()
    try:
        _until(lambda: bool(shelf.names("whole")), "no base backup was taken")
        for tenant in (alfa, beta):
            _work(tenant, "gęślą po kopii")
        held = {tenant.slug: _held(tenant) for tenant in (alfa, beta)}
        moment: datetime = _asked("SELECT clock_timestamp()")
        # The mistake, and what came after it.
        provisioning.drop_schema(alfa.schema_name)
        _work(beta, "jaźń za późno")
        last = _asked("SELECT pg_walfile_name(pg_current_wal_lsn())")
        _until(lambda: any(path.name >= last for path in shelf.names("wal")), "the last segment was not kept")
        _until(lambda: shelf.copies("stored") == 5, "files were not copied")
        _until(lambda: shelf.copies("checkpoints") == 5, "checkpoints were not copied")
    finally:
        taking.terminate()
        assert taking.wait(SECONDS) == 0

    # Nothing is left of the server, nor of the store of files.
    own.kill()
    connection.close()
    shutil.rmtree(own.running.data)
    shelf.empty(FILES)
    shutil.rmtree(program.folder / "checkpoints")

    _restore(program, own, moment)
    assert alfa.schema_name in _schemas(), "the drop did not happen"
    for tenant in (alfa, beta):
        assert _held(tenant) == held[tenant.slug]
    with pytest.raises(CommandError, match="records were altered"):
        call_command("verify_audit")
    call_command("note_cluster_restoration", "--to", moment.isoformat(), "--reason", "próba")
    call_command("verify_audit")
    told = capsys.readouterr().out
    assert "alfa: " in told and "of a record that a restoration set aside" in told

    # Life goes on: another base backup is taken of what was restored, and can be restored itself.
    taking = program.begin()
    try:
        _until(lambda: len(shelf.names("whole")) == 2, "no base backup was taken of what was restored")
    finally:
        taking.terminate()
        assert taking.wait(SECONDS) == 0
    assert "segments" in program.do(*program.restore(tmp_path / "later"))
    _refused_where_it_is_not_whole(program, shelf, tmp_path)


def _restore(program: Program, own: OwnServer, moment: datetime) -> None:
    data = own.running.data
    told = program.do(*program.restore(data, "--to", moment.isoformat()))
    assert "is ready" in told
    if account := server_account(Path("/none")):
        for path in [data, *data.rglob("*")]:
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
    own.start()
    _until(lambda: not _asked("SELECT pg_is_in_recovery()"), "the server did not leave its recovery")
    assert not (data / "restored_wal").exists()
    identity = str(program.folder / "key.txt")
    assert "files were put back" in program.do("restore-files", "--identity", identity)


def _refused_where_it_is_not_whole(program: Program, shelf: Shelf, tmp_path: Path) -> None:
    refusal = program.refusal(*program.restore(tmp_path / "later"))
    assert "is not empty" in refusal
    (tmp_path / "other.txt").write_text(str(pyrage.x25519.Identity.generate()))
    given = program.restore(tmp_path / "other")
    given = tuple(word.replace("key.txt", "other.txt") for word in given)
    assert "not for this identity" in program.refusal(*given)
    assert "with its offset" in program.refusal(*program.restore(tmp_path / "a", "--to", "2026-11-23T10:00"))
    early = program.restore(tmp_path / "b", "--to", "2020-01-01T00:00:00+00:00")
    assert "the oldest base backup ended at" in program.refusal(*early)
    last = shelf.names("wal")[-1]
    content = last.read_bytes()
    shelf.write(last, content[:-7] + b"changed")
    assert f"{last.name.removesuffix('.age')} cannot be opened" in program.refusal(
        *program.restore(tmp_path / "c")
    )
    shelf.write(last, content)
    base = shelf.names("base")[-1]
    shelf.write(base, base.read_bytes()[:-100])
    assert "cut or changed" in program.refusal(*program.restore(tmp_path / "d"))


def test_a_program_that_is_told_to_stop_gives_up_the_base_backup_it_takes(
    own: OwnServer, program: Program, shelf: Shelf
) -> None:
    gate = Gate(f"{own.sockets}/.s.PGSQL.5432")
    # So slowly that a whole one takes minutes.
    gate.pause = 0.5
    program.environment["DATABASE_URL"] = f"postgresql://postgres@localhost:{gate.port}/{NAME}"
    sent = "SELECT backup_streamed > 0 FROM pg_stat_progress_basebackup"
    try:
        taking = program.begin()
        try:
            _until(lambda: _first(sent), "no base backup began")
            [child] = [
                one
                for one in psutil.Process(taking.pid).children(recursive=True)
                if one.name() == "pg_basebackup"
            ]
        finally:
            taking.terminate()
            assert taking.wait(SECONDS) == 0
        assert not child.is_running()
        assert not shelf.names("whole") and not shelf.names("base")
        assert "base backup, ended" not in program.do("list")
        told = (program.folder / "backup.log").read_text()
        assert "nothing of that one is kept" in told and "backup_failed" not in told
        _until(lambda: not _first("SELECT 1 FROM pg_replication_slots WHERE temporary"), "the log is held")
        # The next start takes one, as it says.
        gate.pause = 0.0
        taking = program.begin()
        try:
            _until(lambda: bool(shelf.names("whole")), "no base backup was taken")
        finally:
            taking.terminate()
            assert taking.wait(SECONDS) == 0
    finally:
        gate.stop()
