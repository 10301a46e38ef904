"""Parts of the backup by themselves: names of segments, copies of files, what is forgotten, what the doctor says."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from botocore.exceptions import ClientError
from django.core.management import CommandError, call_command

from kernel.aws import S3Account
from kernel.backup import noted
from kernel.backup.catalogue import Base, archives_in, bases_in, missing_in, segments_in
from kernel.backup.copies import Copies, Folder
from kernel.backup.faults import Stopped
from kernel.backup.segments import Branch, gaps_between, place_of
from kernel.backup.server import Server
from kernel.backup.store import PART, BackupStore
from kernel.backup.taking import Taker
from kernel.health import redis_server
from kernel.metrics_server import Installation
from tests.documents.s3_server import BUCKET, KEY_ID, SECRET, s3_server, versioned_server

MEGABYTES = 16 * 1024 * 1024


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
    here, kept_for, now = store.below("copies"), timedelta(days=30), datetime.now(UTC)
    (tmp_path / "t_a").mkdir()
    for name in ("one", "two"):
        (tmp_path / "t_a" / name).write_text(f"żółć {name}")
    copies = Copies({"stored": Folder(tmp_path)})
    assert (copies.keep(here, now, kept_for), copies.keep(here, now, kept_for)) == (2, 0)
    assert (
        b"\xc5\xbc"
        not in here.client.get_object(Bucket=BUCKET, Key="copies/files/stored/t_a/one.age")["Body"].read()
    )
    (tmp_path / "t_a" / "one").unlink()
    copies.keep(here, now, kept_for)
    assert copies.put_back(here) == 1 and (tmp_path / "t_a" / "one").read_text() == "żółć one"
    (tmp_path / "t_a" / "one").unlink()
    for later in (0, 29, 31):
        copies.keep(here, now + timedelta(days=later), kept_for)
        held = [kept.key for kept in here.listed("files/")]
        assert ("files/stored/t_a/one" in held) is (later < 31)
    assert copies.put_back(here) == 0


def test_what_no_moment_of_the_time_kept_needs_is_forgotten(store: BackupStore, tmp_path: Path) -> None:
    here = store.below("7")
    ages = {50: "000000010000000000000002", 40: "000000010000000000000010", 5: "000000010000000000000020"}
    now = datetime.now(UTC)
    for days, first in ages.items():
        ended = now - timedelta(days=days)
        base = Base(ended - timedelta(minutes=1), ended, first, MEGABYTES)
        here.put(base.archive, b"")
        here.put(base.mark, b"")
    for name in (*ages.values(), "000000010000000000000011"):
        here.put(f"wal/{name}-0", b"")
    here.put("wal/00000002.history-0", b"")
    Taker(Server("postgresql://nowhere"), store, tmp_path).forget(here, now)
    assert [base.first for base in bases_in(here)] == [ages[40], ages[5]], "30 days back need the one before"
    assert len(here.listed("base/")) == 2
    left = [name for name, _key in segments_in(here)]
    assert left == [ages[40], "000000010000000000000011", ages[5], "00000002.history"]


def test_what_a_killed_program_left_of_a_base_backup_is_forgotten(store: BackupStore, tmp_path: Path) -> None:
    here, now = store.below("8"), datetime.now(UTC)
    base = Base(now - timedelta(minutes=1), now, "000000010000000000000002", MEGABYTES)
    here.put(base.archive, b"")
    here.put(base.mark, b"")
    here.put("base/20260101T000000.000000Z.tar.gz", b"half")
    taker = Taker(Server("postgresql://nowhere"), store, tmp_path)
    taker.forget(here, now)
    assert len(archives_in(here)) == 2, "it may still be written"
    taker.forget(here, now + timedelta(days=4))
    assert [one.key for one in archives_in(here)] == [base.archive]


def test_what_is_kept_of_another_cluster_goes_when_its_time_is_over(
    store: BackupStore, tmp_path: Path
) -> None:
    now, top = datetime.now(UTC), store.below("all")
    before, own = top.below("1"), top.below("2")
    for here in (before, own):
        here.put("wal/000000010000000000000001-0", b"")
        here.put("files/stored/t_a/one", b"x")
    taker = Taker(Server("postgresql://nowhere"), top, tmp_path)
    taker.forget_other_clusters(own, now + timedelta(days=29))
    assert top.folders() == ["1", "2"]
    taker.forget_other_clusters(own, now + timedelta(days=31))
    assert top.folders() == ["2"]
    assert len(own.listed("")) == 2


def test_a_bucket_that_keeps_old_versions_for_ever_is_known(store: BackupStore, tmp_path: Path) -> None:
    assert not store.keeps_old_versions_for_ever(), "a server without versions"
    with versioned_server(tmp_path / "log") as endpoint:
        here = BackupStore(S3Account(endpoint, "siedem", "x", "eu-central-1"), "backups")
        here.client.create_bucket(
            Bucket="backups", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        assert not here.keeps_old_versions_for_ever()
        here.client.put_bucket_versioning(Bucket="backups", VersioningConfiguration={"Status": "Enabled"})
        assert here.keeps_old_versions_for_ever()
        for action, for_ever in (
            ({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}, True),
            ({"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}, False),
        ):
            rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, **action}
            here.client.put_bucket_lifecycle_configuration(
                Bucket="backups", LifecycleConfiguration={"Rules": [rule]}
            )
            assert here.keeps_old_versions_for_ever() is for_ever


def test_a_store_that_does_not_say_is_not_taken_for_one_that_keeps_nothing(tmp_path: Path) -> None:
    with versioned_server(tmp_path / "log") as endpoint:
        here = BackupStore(S3Account(endpoint, "siedem", "x", "eu-central-1"), "backups")
        with pytest.raises(ClientError, match="NoSuchBucket"):
            here.keeps_old_versions_for_ever()


def test_a_gap_in_the_log_is_known_before_somebody_restores(store: BackupStore) -> None:
    here, now = store.below("9"), datetime.now(UTC)
    here.put("wal/000000010000000000000001-0", b"")
    assert missing_in(here) == []
    here.put(Base(now, now, "000000010000000000000005", MEGABYTES).mark, b"")
    for name in ("000000010000000000000005", "000000010000000000000006", "00000002.history"):
        here.put(f"wal/{name}-0", b"")
    assert missing_in(here) == [], "what no base backup needs is missed by nobody"
    here.put("wal/000000010000000000000009-0", b"")
    assert missing_in(here) == [("000000010000000000000006", "000000010000000000000009")]


def test_a_large_archive_is_sent_in_parts_of_which_few_lie_in_memory(store: BackupStore) -> None:
    assert PART * 10_000 > 10**12, "S3 takes 10,000 parts"
    here, sent = store.below("large"), list[int]()
    here.client.meta.events.register("before-call.s3.UploadPart", lambda **_given: sent.append(1))
    half = os.urandom(PART // 2)
    here.put_stream("base/large", BytesIO(half * 3), lambda: None)
    assert len(sent) == 2
    with here.stream("base/large") as back:
        assert [back.read(len(half)) == half for _time in range(3)] == [True] * 3
    here.delete("base/large")


def test_an_archive_that_is_given_up_while_it_is_sent_leaves_no_part(store: BackupStore) -> None:
    here, seen = store.below("given-up"), list[str]()
    for name in ("CreateMultipartUpload", "AbortMultipartUpload", "CompleteMultipartUpload"):
        here.client.meta.events.register(
            f"before-call.s3.{name}", lambda model, **_more: seen.append(model.name)
        )
    asked = list[int]()

    def going_on() -> None:
        asked.append(1)
        if len(asked) > 200:
            raise Stopped("told to stop")

    with pytest.raises(Exception, match="told to stop"):
        here.put_stream("base/large", BytesIO(os.urandom(PART + PART // 2)), lambda: None, going_on)
    assert seen == ["CreateMultipartUpload", "AbortMultipartUpload"]
    assert here.listed("base/") == []


def test_files_of_tenants_that_were_erased_are_not_put_back(store: BackupStore, tmp_path: Path) -> None:
    here = store.below("erased")
    files, checkpoints = tmp_path / "files", tmp_path / "checkpoints"
    for path in (files / "t_here/a", files / "t_gone/b", checkpoints / "t_gone/1.json"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    copies = Copies({"stored": Folder(files), "checkpoints": Folder(checkpoints)})
    copies.keep(here, datetime.now(UTC), timedelta(days=30))
    (checkpoints / "erasures").mkdir()
    (checkpoints / "erasures/t_gone.json").write_text("{}")
    copies.keep(here, datetime.now(UTC), timedelta(days=30))
    # The certificate itself comes back first.
    shutil.rmtree(files)
    shutil.rmtree(checkpoints)
    assert copies.put_back(here) == 3
    assert sorted(Folder(files).keys()) == ["t_here/a"]
    assert sorted(Folder(checkpoints).keys()) == ["erasures/t_gone.json", "t_gone/1.json"]


def test_a_restoration_follows_the_line_that_its_moment_lies_on() -> None:
    third = Branch.of_history(
        "00000003.history", "1\t0/5000028\tbefore 2026-01-01\n\n2\t0/7000000\tbefore 2026-01-02\n"
    )
    assert (third.number, dict(third.left)) == (3, {1: 0x5000028, 2: 0x7000000})
    names = ["000000010000000000000005", "000000020000000000000006", "000000030000000000000008"]
    assert all(third.holds(name, MEGABYTES) for name in names)
    assert not third.holds("000000010000000000000006", MEGABYTES), "what was set aside"
    assert not third.holds("000000040000000000000006", MEGABYTES)
    assert third.beginnings(1, MEGABYTES) == ["000000020000000000000005", "000000030000000000000007"]
    assert third.beginnings(3, MEGABYTES) == []


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
    names = {family.name: [one.value for one in family.samples] for family in Installation().collect()}
    assert names["siedem_backup_own"] == [1] and "siedem_backup_age_seconds" not in names
    ages = {"segments": timedelta(minutes=2), "base": timedelta(hours=30), "copies": timedelta(minutes=3)}
    now = datetime.now(UTC)
    with redis_server() as server:
        noted.note(server, {kind: (now - age).isoformat() for kind, age in ages.items()} | {"fault": ""})
    grades = [grade for grade, _sentence in told("own")]
    assert grades == ["well", "fault", "well"]
    assert "base backup was kept 30." in told("own")[1][1]
    samples = {
        (one.name, *one.labels.values()): one.value
        for family in Installation().collect()
        for one in family.samples
    }
    assert 110 < samples["siedem_backup_age_seconds", "segments"] < 1000
    assert samples["siedem_backup_gap",] == 0
    with redis_server() as server:
        noted.note(
            server, {kind: now.isoformat() for kind in ages} | {"missing": "A – B", "versions": "kept"}
        )
    assert "old versions for ever" in told("own")[3][1]
    assert "has a gap (A – B)" in told("own")[4][1]
    assert 1 in [
        one.value
        for family in Installation().collect()
        if family.name == "siedem_backup_gap"
        for one in family.samples
    ]
    settings.LOCAL = False
    assert told("")[0][0] == "fault"
    assert told("provider")[0][0] == "well"
    [(grade, sentence)] = told("archiver")
    assert grade == "fault" and "archive_mode" in sentence
