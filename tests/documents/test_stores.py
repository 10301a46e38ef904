"""Stored files of two tenants, the same on disk and on a real S3 server: apart, whole, and never outside a tenant."""

import hashlib
import os
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from celery.exceptions import Retry
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DataError, connection, transaction
from kombu.exceptions import OperationalError

from config.celery import app
from documents import tasks
from documents.actions import open_file, remove_file, remove_files, store_file
from documents.models import StoredFile
from documents.tasks import remove_contents, sweep_all_files, sweep_files
from kernel.access import Actor
from kernel.errors import DomainError, TenantScopeMissing
from kernel.tenancy import tenant_scope
from tests.documents.s3_server import BUCKET, S3Server, free_port

ACTOR = Actor.system("tests")


def read(name: str) -> bytes:
    """What the tenant at hand keeps under this name."""
    with default_storage.open(name) as file:
        return bytes(file.read())


@pytest.fixture(params=["disk", "s3"])
def store(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Callable[[str], list[str]]:
    """The store by settings alone; gives the paths that lie in it under a prefix, seen from outside the product."""
    if request.param == "disk":
        settings.MEDIA_ROOT = root = tmp_path
    else:
        server: S3Server = request.getfixturevalue("s3")
        for name, value in server.settings.items():
            setattr(settings, name, value)
        root = server.folder / BUCKET
    return lambda prefix: sorted(str(p.relative_to(root)) for p in (root / prefix).rglob("*") if p.is_file())


def keep(content: bytes = b"dziennik", name: str = "dziennik.csv") -> StoredFile:
    return store_file(content, name=name, content_type="text/csv", folder="diaries", actor=ACTOR)


def test_a_file_comes_back_whole_under_its_tenants_prefix(store: Any, in_alfa: Any) -> None:
    content = os.urandom(7 * 1024 * 1024 + 13)
    stored = keep(content, "październik 2026.csv")
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert (stored.size, stored.name) == (len(content), "październik 2026.csv")
    assert f"{in_alfa.schema_name}/diaries/{stored.pk}" in store(in_alfa.schema_name)
    assert default_storage.size(stored.key) == len(content)
    with open_file(StoredFile.objects.get(pk=stored.pk)) as file:
        assert file.read() == content


def test_an_empty_file_is_kept(store: Any, in_alfa: Any) -> None:
    with open_file(keep(b"")) as file:
        assert file.read() == b""


def test_the_same_name_in_two_tenants_is_two_files(store: Any, alfa: Any, beta: Any) -> None:
    name = f"same/{uuid.uuid4()}"
    for tenant, content in ((alfa, b"of alfa"), (beta, b"of beta")):
        with tenant_scope(tenant):
            assert default_storage.save(name, ContentFile(content)) == name
    for tenant, content in ((alfa, b"of alfa"), (beta, b"of beta")):
        with tenant_scope(tenant):
            assert read(name) == content
    with tenant_scope(alfa):
        default_storage.delete(name)
        assert not default_storage.exists(name)
    with tenant_scope(beta):
        assert default_storage.exists(name)


def test_a_second_file_never_replaces_the_first(store: Any, in_alfa: Any) -> None:
    name = f"same/{uuid.uuid4()}"
    default_storage.save(name, ContentFile(b"first"))
    second = default_storage.save(name, ContentFile(b"second"))
    assert second != name
    assert read(name) == b"first"
    assert read(second) == b"second"


def test_a_file_of_another_tenant_cannot_be_opened(store: Any, alfa: Any, beta: Any) -> None:
    with tenant_scope(alfa):
        stored = keep(b"of alfa only")
    with tenant_scope(beta):
        with pytest.raises(StoredFile.DoesNotExist):
            StoredFile.objects.get(pk=stored.pk)
        assert not default_storage.exists(stored.key)
        # Even a row that was carried over by mistake opens nothing.
        with pytest.raises(DomainError) as refusal:
            open_file(stored)
    assert refusal.value.code == "file_missing"


@pytest.mark.parametrize(
    "name", ["../{other}/x", "a/../../{other}/x", "/{other}/x", "a//x", "..", "", "a/./x", "a\\..\\x", "a/\0"]
)
def test_no_name_leaves_the_tenants_folder(store: Any, alfa: Any, beta: Any, name: str) -> None:
    with tenant_scope(beta):
        kept = default_storage.save("x", ContentFile(b"of beta"))
    with tenant_scope(alfa):
        for verb in (
            default_storage.open,
            default_storage.exists,
            default_storage.delete,
            default_storage.size,
        ):
            with pytest.raises(SuspiciousFileOperation):
                verb(name.format(other=beta.schema_name))
    with tenant_scope(beta):
        assert read(kept) == b"of beta"
        default_storage.delete(kept)


def test_outside_a_tenant_nothing_is_stored_or_read(store: Any, db: None) -> None:
    before = store("")
    for verb in (
        lambda: default_storage.save("x", ContentFile(b"x")),
        lambda: default_storage.open("x"),
        lambda: default_storage.exists("x"),
        lambda: default_storage.delete("x"),
        lambda: default_storage.size("x"),
        lambda: default_storage.listdir(""),
        keep,
    ):
        with pytest.raises(TenantScopeMissing):
            verb()
    assert store("") == before


def test_files_have_no_address_of_their_own(store: Any, in_alfa: Any) -> None:
    with pytest.raises(NotImplementedError):
        default_storage.url("x")


def test_interleaved_threads_stay_with_their_tenant(store: Any, alfa: Any, beta: Any) -> None:
    name = f"threads/{uuid.uuid4()}"
    both = threading.Barrier(2, timeout=30)
    seen: dict[str, set[bytes]] = {"alfa": set(), "beta": set()}
    faults: list[BaseException] = []

    def work(tenant: Any) -> None:
        try:
            with tenant_scope(tenant):
                for turn in range(8):
                    both.wait()
                    saved = default_storage.save(f"{name}-{turn}", ContentFile(tenant.slug.encode()))
                    both.wait()
                    seen[tenant.slug].add(read(saved))
        except BaseException as fault:
            faults.append(fault)
            both.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[tenant]) for tenant in (alfa, beta)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert seen == {"alfa": {b"alfa"}, "beta": {b"beta"}}
    for tenant in (alfa, beta):
        assert len([p for p in store(tenant.schema_name) if name in p]) == 8


def test_changed_content_is_not_handed_out(store: Any, in_alfa: Any) -> None:
    stored = keep(b"as it was stored")
    default_storage.delete(stored.key)
    default_storage.save(stored.key, ContentFile(b"as it was stored?"))
    with pytest.raises(DomainError) as refusal:
        open_file(stored)
    assert refusal.value.code == "file_damaged"
    assert "dziennik.csv" in str(refusal.value)


def test_lost_content_is_told(store: Any, in_alfa: Any) -> None:
    stored = keep()
    default_storage.delete(stored.key)
    with pytest.raises(DomainError) as refusal:
        open_file(stored)
    assert refusal.value.code == "file_missing"


def test_the_sweep_removes_what_a_rolled_back_transaction_left_and_nothing_else(
    store: Any, in_alfa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = keep(b"committed")
    with transaction.atomic():
        lost = keep(b"rolled back")
        transaction.set_rollback(True)
    foreign = default_storage.save("other/named-by-hand", ContentFile(b"not ours to judge"))
    paths = {f"{in_alfa.schema_name}/{key}" for key in (kept.key, lost.key, foreign)}
    assert not StoredFile.objects.filter(pk=lost.pk).exists()

    # It may belong to a transaction that is still open: nothing is taken within the day.
    assert sweep_files() == 0
    assert paths <= set(store(in_alfa.schema_name))

    # As a day later; the clock itself stays, because S3 refuses requests that are signed a day off.
    monkeypatch.setattr(tasks, "PATIENCE", timedelta(seconds=-5))
    assert sweep_files() >= 1
    left = set(store(in_alfa.schema_name))
    assert f"{in_alfa.schema_name}/{lost.key}" not in left
    assert paths - {f"{in_alfa.schema_name}/{lost.key}"} <= left


def test_a_refused_row_leaves_no_content(store: Any, in_alfa: Any) -> None:
    before = store(in_alfa.schema_name)
    with pytest.raises(DataError):
        store_file(b"x", name="x", content_type="", folder="/".join("d" * 100), actor=ACTOR)
    assert store(in_alfa.schema_name) == before


def test_a_removed_file_goes_after_commit(
    store: Any, in_alfa: Any, django_capture_on_commit_callbacks: Any
) -> None:
    stored = keep()
    key = stored.key
    with django_capture_on_commit_callbacks() as later:
        remove_file(stored)
    assert default_storage.exists(key)
    for call in later:
        call()
    assert not default_storage.exists(key)
    assert not StoredFile.objects.filter(key=key).exists()


def test_many_files_go_by_a_worker_and_by_the_sweep_where_the_queue_is_away(
    store: Any, in_alfa: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    files, kept = [keep(b"one"), keep(b"two")], keep(b"three")
    keys = [stored.key for stored in files]
    away = mock.patch.object(remove_contents, "apply_async", side_effect=OperationalError("away"))
    with django_capture_on_commit_callbacks(execute=True), away:
        remove_files(files)
    assert not StoredFile.objects.filter(key__in=keys).exists()
    assert all(default_storage.exists(key) for key in keys)
    # Nobody can ask for a content whose row stands.
    assert remove_contents(*keys[:1], kept.key) == 1
    assert [default_storage.exists(key) for key in (*keys, kept.key)] == [False, True, True]
    assert remove_contents(*keys[:1]) == 1, "once more is safe"
    monkeypatch.setattr(tasks, "PATIENCE", timedelta(seconds=-5))
    sweep_files()
    assert [default_storage.exists(key) for key in (*keys, kept.key)] == [False, False, True]


def test_contents_wait_for_a_store_that_is_away(s3: S3Server, settings: Any, in_alfa: Any) -> None:
    for name, value in s3.settings.items():
        setattr(settings, name, value)
    stored = keep()
    StoredFile.objects.all().delete()
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Retry):
        remove_contents.apply(args=[stored.key], throw=True)
    settings.S3_ENDPOINT_URL = s3.settings["S3_ENDPOINT_URL"]
    assert default_storage.exists(stored.key)
    assert remove_contents.apply(args=[stored.key], throw=True).get() == 1
    assert not default_storage.exists(stored.key)


def test_the_clock_hands_over_every_tenant(alfa: Any, beta: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(sweep_files, "apply_async", lambda headers: sent.append(headers["_schema_name"]))
    assert sweep_all_files() == len(sent)
    assert {alfa.schema_name, beta.schema_name} <= set(sent)
    assert "public" not in sent
    assert "documents.sweep_all_files" in {job["task"] for job in app.conf.beat_schedule.values()}


def test_the_sweep_refuses_to_run_in_public(db: None) -> None:
    with pytest.raises(TenantScopeMissing):
        sweep_files()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\anna\\dziennik.csv", "dziennik.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\nb\x00.csv", "ab.csv"),
        ("", "-"),
        ("x" * 400 + ".xlsx", "x" * 250 + ".xlsx"),
    ],
)
def test_names_are_kept_plain(store: Any, in_alfa: Any, given: str, kept: str) -> None:
    assert keep(name=given).name == kept
