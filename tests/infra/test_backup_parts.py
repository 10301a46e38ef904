"""Parts of the backup by themselves: names of segments, copies of files, what is forgotten, what the doctor says."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.management import CommandError, call_command

from kernel.aws import S3Account
from kernel.backup import noted
from kernel.backup.catalogue import Base, bases_in, segments_in
from kernel.backup.copies import Copies, Folder
from kernel.backup.segments import gaps_between, place_of
from kernel.backup.server import Server
from kernel.backup.store import BackupStore
from kernel.backup.taking import Taker
from kernel.health import redis_server
from tests.documents.s3_server import BUCKET, KEY_ID, SECRET, s3_server

MEGABYTES = 16 * 1024 * 1024
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackupStore]:
    identity = pyrage.x25519.Identity.generate()
    with s3_server(tmp_path_factory.mktemp("s3") / "buckets") as server:
        account = S3Account(server.settings["S3_ENDPOINT_URL"], KEY_ID, SECRET, "eu-central-1")
        yield BackupStore(account, BUCKET, recipients=[identity.to_public()], identities=[identity])


def test_segments_follow_each_other_also_across_logs_and_timelines() -> None:
    assert place_of("0000000100000001000000FF", MEGABYTES) + 1 == place_of(
        "000000010000000200000000", MEGABYTES
    )
    names = ["0000000100000001000000FE", "0000000100000001000000FF", "000000010000000200000000"]
    branched = ["000000020000000200000000", "00000002.history"]
    assert gaps_between(names + branched, MEGABYTES) == []
    assert gaps_between([names[0], names[2]], MEGABYTES) == [(names[0], names[2])]


def test_files_are_copied_once_and_forgotten_when_they_have_been_gone_for_long(
    store: BackupStore, tmp_path: Path
) -> None:
    here, kept_for = store.below("copies"), timedelta(days=30)
    (tmp_path / "t_a").mkdir()
    for name in ("one", "two"):
        (tmp_path / "t_a" / name).write_text(f"żółć {name}")
    copies = Copies({"stored": Folder(tmp_path)})
    assert (copies.keep(here, NOW, kept_for), copies.keep(here, NOW, kept_for)) == (2, 0)
    assert (
        b"\xc5\xbc"
        not in here.client.get_object(Bucket=BUCKET, Key="copies/files/stored/t_a/one.age")["Body"].read()
    )
    (tmp_path / "t_a" / "one").unlink()
    copies.keep(here, NOW, kept_for)
    assert copies.put_back(here) == 1 and (tmp_path / "t_a" / "one").read_text() == "żółć one"
    (tmp_path / "t_a" / "one").unlink()
    for later in (0, 29, 31):
        copies.keep(here, NOW + timedelta(days=later), kept_for)
        held = [kept.key for kept in here.listed("files/")]
        assert ("files/stored/t_a/one" in held) is (later < 31)
    assert copies.put_back(here) == 0


def test_what_no_moment_of_the_time_kept_needs_is_forgotten(store: BackupStore, tmp_path: Path) -> None:
    here = store.below("7")
    ages = {50: "000000010000000000000002", 40: "000000010000000000000010", 5: "000000010000000000000020"}
    for days, first in ages.items():
        ended = NOW - timedelta(days=days)
        base = Base(ended - timedelta(minutes=1), ended, first, MEGABYTES)
        here.put(base.archive, b"")
        here.put(base.mark, b"")
    for name in (*ages.values(), "000000010000000000000011"):
        here.put(f"wal/{name}-0", b"")
    here.put("wal/00000002.history-0", b"")
    Taker(Server("postgresql://nowhere"), store, tmp_path).forget(here, NOW)
    assert [base.first for base in bases_in(here)] == [ages[40], ages[5]], "30 days back need the one before"
    assert len(here.listed("base/")) == 2
    left = [name for name, _key in segments_in(here)]
    assert left == [ages[40], "000000010000000000000011", ages[5], "00000002.history"]


@pytest.fixture
def told(settings: Any, db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the doctor says of the backup: a function that gives grades and sentences."""
    monkeypatch.setattr(noted, "_KEY", "siedem:backup-of-a-test")

    def ask(who: str) -> list[tuple[str, str]]:
        settings.BACKUPS = who
        capsys.readouterr()
        with suppress(CommandError):
            call_command("doctor", format="json")
        found = json.loads(capsys.readouterr().out)
        return [(one["grade"], one["sentence"]) for one in found if one["part"] == "backup of the cluster"]

    yield ask
    with redis_server() as server:
        server.delete(noted._KEY)


def test_the_doctor_says_when_a_backup_is_too_old(told: Any, settings: Any) -> None:
    assert [grade for grade, _sentence in told("own")] == ["fault"] * 3
    ages = {"segments": timedelta(minutes=2), "base": timedelta(hours=30), "copies": timedelta(minutes=3)}
    now = datetime.now(UTC)
    with redis_server() as server:
        noted.note(server, {kind: (now - age).isoformat() for kind, age in ages.items()} | {"fault": ""})
    grades = [grade for grade, _sentence in told("own")]
    assert grades == ["well", "fault", "well"]
    assert "base backup was kept 30." in told("own")[1][1]
    settings.LOCAL = False
    assert told("")[0][0] == "fault"
    assert told("provider")[0][0] == "well"
    [(grade, sentence)] = told("archiver")
    assert grade == "fault" and "archive_mode" in sentence
