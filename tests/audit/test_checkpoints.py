"""Checkpoints outside the database: what they show that the chain cannot, on a disk and on real S3 servers."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from audit import checkpoints
from audit.actions import record, record_reading
from audit.chain import GENESIS, chain_hash
from audit.checkpoints import Fault, prove, public_keys, take_checkpoint
from audit.models import Entry, Reading
from audit.storage import _Bucket, checkpoint_store
from kernel.access import Actor
from kernel.errors import ServerAway
from kernel.ids import new_id
from kernel.tenancy import current_schema, tenant_scope
from tenants.doctor import _checkpoints as look_at_checkpoints
from tenants.doctor.findings import Grade
from tenants.models import Tenant
from tenants.tasks import keep_checkpoints
from tests.documents.s3_server import BUCKET, s3_server, versioned_server

pytestmark = pytest.mark.django_db
ANNA = Actor(new_id(), "Anna Próbna")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    """Each test has a store of its own on disk."""
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")
    return tmp_path / "checkpoints"


def add(count: int = 1) -> None:
    for _number in range(count):
        with transaction.atomic():
            record("probe", actor=ANNA, subject_type="service", subject_id=new_id(), payload={"text": "żółć"})


def read_an_hour_ago(count: int = 1) -> None:
    """Readings long enough ago to be settled."""
    for _number in range(count):
        record_reading("care.person", actor=ANNA, subject_type="person", subject_ids=[new_id()])
    Reading.objects.filter(at__gt=timezone.now() - timedelta(minutes=5)).update(
        at=timezone.now() - timedelta(hours=1)
    )


def faults() -> set[Fault]:
    return {finding.fault for finding in prove().findings}


@pytest.fixture
def noted(in_alfa: Tenant, folder: Path) -> list[Path]:
    """Five entries and two readings of alfa, noted; then three more entries, noted again."""
    add(5)
    read_an_hour_ago(2)
    assert take_checkpoint()
    add(3)
    assert take_checkpoint()
    return sorted((folder / current_schema()).iterdir())


def test_a_record_that_nobody_touched_agrees_with_its_checkpoints(noted: list[Path]) -> None:
    add(2)
    proof = prove()
    assert (proof.holds, proof.checkpoints, proof.reached, proof.chain.intact) == (True, 2, 8, 10)


def test_where_nothing_happened_nothing_is_noted(noted: list[Path], folder: Path) -> None:
    assert not take_checkpoint()
    assert sorted((folder / current_schema()).iterdir()) == noted


def test_readings_alone_are_worth_a_checkpoint(in_alfa: Tenant) -> None:
    add()
    read_an_hour_ago()
    assert take_checkpoint()
    soon = timezone.now() + timedelta(hours=1)
    record_reading("care.person", actor=ANNA, subject_type="person", subject_ids=[new_id()])
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(checkpoints.timezone, "now", lambda: soon)
        assert take_checkpoint()
    assert (prove().holds, prove().checkpoints) == (True, 2)


def test_an_end_cut_off_is_found(noted: list[Path]) -> None:
    Entry.objects.filter(sequence__gt=6).delete()
    assert prove().chain.holds, "the chain alone does not show it"
    assert faults() == {Fault.CUT}


def test_an_end_cut_off_and_grown_anew_is_found(noted: list[Path]) -> None:
    Entry.objects.filter(sequence__gt=6).delete()
    add(4)
    assert prove().chain.holds
    assert faults() == {Fault.REWRITTEN}


def test_a_chain_written_anew_from_its_first_entry_is_found(noted: list[Path]) -> None:
    previous = GENESIS
    for entry in Entry.objects.order_by("sequence"):
        entry.actor_label, entry.previous_hash = "Ktoś Inny", previous
        entry.hash = previous = chain_hash(entry)
        entry.save()
    assert prove().chain.holds
    assert faults() == {Fault.REWRITTEN}


def test_a_record_emptied_is_found(noted: list[Path]) -> None:
    Entry.objects.all().delete()
    assert prove().chain.holds
    assert faults() == {Fault.CUT}


@pytest.mark.parametrize("change", ["changed", "removed", "put in"])
def test_an_altered_log_of_readings_is_found(noted: list[Path], change: str) -> None:
    one = Reading.objects.order_by("pk")[0]
    if change == "changed":
        Reading.objects.filter(pk=one.pk).update(actor_label="Ktoś Inny")
    elif change == "removed":
        one.delete()
    else:
        one.pk = new_id()
        one.save(force_insert=True)
        Reading.objects.filter(pk=one.pk).update(at=timezone.now() - timedelta(hours=1))
    assert faults() == {Fault.READINGS}


@pytest.mark.parametrize("change", [{"entries": 7}, {"hash": GENESIS}, {"chain": "other"}, {"previous": ""}])
def test_a_checkpoint_that_was_changed_is_found(noted: list[Path], change: dict[str, Any]) -> None:
    told = json.loads(noted[1].read_text("utf-8"))
    told["checkpoint"] |= change
    noted[1].chmod(0o600)
    noted[1].write_text(json.dumps(told), "utf-8")
    assert Fault.FORGED in faults()


def test_a_checkpoint_of_another_record_is_none_of_this_one(noted: list[Path], beta: Tenant) -> None:
    with tenant_scope(beta):
        add()
        assert take_checkpoint()
    other = noted[0].parent.parent / beta.schema_name
    (noted[0].parent / "99990101T000000000000.json").write_bytes(next(other.iterdir()).read_bytes())
    assert Fault.FORGED in faults()


def test_a_removed_checkpoint_shows_at_the_next(noted: list[Path]) -> None:
    noted[0].unlink()
    assert faults() == {Fault.GAP}


def test_the_newest_alone_can_be_compared(noted: list[Path]) -> None:
    assert (prove(1).holds, prove(1).checkpoints) == (True, 1)


def test_what_does_not_agree_is_never_signed_over(noted: list[Path]) -> None:
    Entry.objects.filter(sequence__gt=6).delete()
    add(1)
    assert not take_checkpoint()
    assert len(list(noted[0].parent.iterdir())) == 2


def test_a_change_behind_the_last_checkpoint_is_not_signed(noted: list[Path]) -> None:
    add(2)
    Entry.objects.filter(sequence=9).update(verb="other")
    assert not take_checkpoint()


def test_an_erased_payload_agrees(noted: list[Path]) -> None:
    Entry.objects.filter(sequence=3).update(payload=None)
    assert prove().holds


def test_a_retired_master_key_still_verifies_by_its_public_half(noted: list[Path], settings: Any) -> None:
    before = public_keys()[0]
    held = settings.MASTER_KEYS
    new = Fernet.generate_key().decode()
    settings.MASTER_KEYS = [new, *held]
    add()
    assert take_checkpoint()
    assert prove().holds
    settings.MASTER_KEYS = [new]
    assert {finding.fault for finding in prove().findings} >= {Fault.FORGED}
    settings.CHECKPOINT_PUBLIC_KEYS = [before]
    assert prove().holds


def test_checkpoints_tell_no_person(noted: list[Path]) -> None:
    told = "".join(path.read_text("utf-8") for path in noted)
    assert "Anna" not in told
    assert "probe" not in told


def test_the_command_tells_a_cut_off_end_and_fails(
    noted: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_audit", tenant="alfa")
    assert "2 checkpoints agree, the last at entry 8" in capsys.readouterr().out
    Entry.objects.filter(sequence=8).delete()
    with pytest.raises(CommandError, match="1 records were altered"):
        call_command("verify_audit", tenant="alfa")
    assert "entries at the end of the record were cut off" in capsys.readouterr().err


def test_the_clock_notes_every_record(alfa: Tenant, beta: Tenant, folder: Path) -> None:
    with tenant_scope(alfa):
        add()
    with tenant_scope(beta):
        add()
    assert keep_checkpoints() >= 2
    assert {alfa.schema_name, beta.schema_name} <= {path.name for path in folder.iterdir()}


def _use(settings: Any, port: int, bucket: str, key: str, secret: str) -> None:
    settings.CHECKPOINTS_BUCKET, settings.S3_ENDPOINT_URL = bucket, f"http://127.0.0.1:{port}"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = key, secret


def test_an_s3_server_keeps_them_and_one_without_a_lock_is_told(
    in_alfa: Tenant, settings: Any, tmp_path: Path
) -> None:
    with s3_server(tmp_path / "s3") as server:
        given = server.settings
        _use(settings, server.port, BUCKET, given["S3_ACCESS_KEY_ID"], given["S3_SECRET_ACCESS_KEY"])
        add(2)
        assert take_checkpoint()
        add(1)
        assert take_checkpoint()
        proof = prove()
        assert (proof.holds, proof.checkpoints, proof.locked) == (True, 2, False)
        [found] = look_at_checkpoints()
        assert (found.grade, "locks nothing" in found.sentence) == (Grade.DOUBT, True)
        kept = sorted((server.folder / BUCKET / current_schema()).iterdir())
        assert len(kept) == 2
        Entry.objects.filter(sequence=3).delete()
        assert faults() == {Fault.CUT}
        client = _client(server.port, (given["S3_ACCESS_KEY_ID"], given["S3_SECRET_ACCESS_KEY"]))
        client.delete_object(Bucket=BUCKET, Key=f"{current_schema()}/{kept[0].name}")
        assert Fault.GAP in faults()
    add()
    with pytest.raises(ServerAway) as told:
        take_checkpoint()
    assert told.value.code == "checkpoint_store_away"


def test_who_may_not_ask_for_the_lock_is_not_told_that_there_is_none(settings: Any, tmp_path: Path) -> None:
    with s3_server(tmp_path / "s3") as server:
        _use(settings, server.port, BUCKET, server.settings["S3_ACCESS_KEY_ID"], "another")
        with pytest.raises(ServerAway) as told:
            checkpoint_store().locks()
        [found] = look_at_checkpoints()
    assert told.value.code == "checkpoint_store_refused"
    assert (found.grade, told.value.code in found.sentence) == (Grade.FAULT, True)


@pytest.fixture(scope="module")
def locking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an S3 server with a bucket `locked` that keeps every object for six years."""
    with versioned_server(tmp_path_factory.mktemp("moto") / "log") as endpoint:
        port = int(endpoint.rpartition(":")[2])
        _make_locked(_client(port), "locked")
        yield port


def _make_locked(client: Any, bucket: str) -> None:
    client.create_bucket(
        Bucket=bucket,
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 6}}
    client.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )


def _client(port: int, who: tuple[str, str] = ("siedem", "x")) -> Any:
    return boto3.client(
        "s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-central-1",
        aws_access_key_id=who[0], aws_secret_access_key=who[1],
    )  # fmt: skip


def test_a_locked_checkpoint_cannot_be_removed_and_one_covered_is_still_read(
    in_alfa: Tenant, settings: Any, locking: int
) -> None:
    _use(settings, locking, "locked", "siedem", "x")
    add(3)
    assert take_checkpoint()
    client, store = _client(locking), checkpoint_store()
    (name,) = store.names(current_schema())
    document = store.read(name)
    (version,) = client.list_object_versions(Bucket="locked", Prefix=name)["Versions"]
    with pytest.raises(ClientError):
        client.delete_object(Bucket="locked", Key=name, VersionId=version["VersionId"])
    # Whoever may write can still cover it, by a later version or by a mark of deletion.
    client.put_object(Bucket="locked", Key=name, Body=b"forged")
    assert store.read(name) == document
    client.delete_object(Bucket="locked", Key=name)
    assert store.names(current_schema()) == [name]
    assert prove().locked
    assert [found.grade for found in look_at_checkpoints()] == [Grade.WELL]
    Entry.objects.filter(sequence=3).delete()
    assert faults() == {Fault.CUT}


def test_proving_lists_a_locked_bucket_as_often_for_many_checkpoints_as_for_one(
    in_alfa: Tenant, settings: Any, locking: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_locked(_client(locking), "many")
    _use(settings, locking, "many", "siedem", "x")
    listed: list[str] = []
    oldest = _Bucket._oldest

    def counted(self: _Bucket, prefix: str) -> dict[str, str]:
        listed.append(prefix)
        return oldest(self, prefix)

    monkeypatch.setattr(_Bucket, "_oldest", counted)
    asked = []
    for _time in range(3):
        add()
        assert take_checkpoint()
        listed.clear()
        proof = prove()
        assert proof.holds and proof.locked
        asked.append(len(listed))
    assert proof.checkpoints == 3
    assert asked == [2, 2, 2]
    names = checkpoint_store().names(current_schema())
    assert [name for name, _content in checkpoint_store().read_all(names[::-1])] == names[::-1]


def test_the_servers_fault_is_told_without_names(in_alfa: Tenant, settings: Any, locking: int) -> None:
    _use(settings, locking, "missing", "siedem", "x")
    add()
    with pytest.raises(ServerAway) as told:
        take_checkpoint()
    assert told.value.code == "checkpoint_store_refused"
    assert "NoSuchBucket" in str(told.value.message)
    assert isinstance(told.value.__cause__, ClientError | BotoCoreError)
