"""What people bring is handed out only after a real scanner has looked at it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import Retry
from django.conf import settings as settings_at_hand
from django.core import mail
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse

from audit.models import Entry
from documents import scanning, tasks
from documents.actions import open_file, store_file
from documents.models import StoredFile
from kernel import clamd, crypto, measures
from kernel.access import Actor
from kernel.errors import DomainError
from tenants.doctor.findings import Grade
from tenants.doctor.scanner import look_at_scanner
from tenants.tasks import measure, scan_waiting_files
from tests.documents.clamav import EICAR, PROGRAM, running_clamd
from tests.documents.s3_server import free_port
from tests.factories.people import UserFactory
from tests.queueing import remember_queued

Scan = StoredFile.Scan
needs_clamd = pytest.mark.skipif(PROGRAM is None, reason="clamd is not installed (Debian: clamav-daemon)")
PDF = b"%PDF-1.7 lista %%EOF"


@pytest.fixture(scope="module")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_clamd(tmp_path_factory.mktemp("clamav")) as address:
        yield address


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    return remember_queued(monkeypatch, tasks.scan_file)


def bring(content: bytes = PDF, actor: Actor | None = None, **more: Any) -> StoredFile:
    return store_file(
        content, name="lista obecności.pdf", content_type="application/pdf", folder="tests",
        actor=actor or Actor.system("tests"), brought=True, **more,
    )  # fmt: skip


def refused(stored: StoredFile, **more: Any) -> tuple[str, int]:
    with pytest.raises(DomainError) as refusal:
        open_file(StoredFile.objects.get(pk=stored.pk), **more)
    assert "lista obecności.pdf" in str(refusal.value)
    return refusal.value.code, refusal.value.status


@needs_clamd
def test_a_file_waits_until_it_was_found_clean(
    in_alfa: Any, settings: Any, scanner: str, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    settings.CLAMAV_ADDRESS = scanner
    with django_capture_on_commit_callbacks(execute=True):
        stored = bring()
    assert queued == [(str(stored.pk), in_alfa.schema_name)]
    assert refused(stored) == ("file_unscanned", 409)
    with open_file(stored, also_unscanned=True) as file:
        assert file.read() == PDF
    assert tasks.scan_file(str(stored.pk)) == Scan.CLEAN
    stored.refresh_from_db()
    assert stored.scanned_at is not None
    with open_file(stored) as file:
        assert file.read() == PDF
    # A task that comes twice does nothing the second time.
    assert tasks.scan_file(str(stored.pk)) == ""


@needs_clamd
@pytest.mark.parametrize("content", [EICAR, b"%PDF-1.7 " + EICAR + b" %%EOF", b"x" * 700_000 + EICAR])
@pytest.mark.parametrize("encrypted", [False, True])
def test_an_infected_file_is_removed_told_and_stands_in_the_record(
    in_alfa: Any,
    settings: Any,
    scanner: str,
    content: bytes,
    encrypted: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.CLAMAV_ADDRESS = scanner
    person = UserFactory()
    kept = crypto.encrypt_bytes(content) if encrypted else content
    stored = bring(kept, Actor(person.pk, "Ewa"), is_encrypted=encrypted)
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.scan_file(str(stored.pk)) == Scan.INFECTED
    tasks.tell_of_file(str(stored.pk))
    assert refused(stored) == ("file_infected", 409)
    assert refused(stored, also_unscanned=True) == ("file_infected", 409)
    assert not default_storage.exists(stored.key)
    entry = Entry.objects.get(verb="find_infected_file", subject_id=str(stored.pk))
    assert entry.payload["signature"].startswith("Test.Harmless")
    assert "lista" not in str(entry.payload)
    [told] = [one for one in mail.outbox if one.to == [person.email]]
    assert ("lista obecności.pdf" in told.body) is not encrypted


def test_a_scanner_that_is_away_leaves_files_in_quarantine_and_is_asked_again(
    in_alfa: Any, settings: Any, queued: list[Any]
) -> None:
    settings.CLAMAV_ADDRESS = f"127.0.0.1:{free_port()}"
    stored = bring()
    with pytest.raises((Retry, clamd.ScannerAway)):
        tasks.scan_file(str(stored.pk))
    assert refused(stored) == ("file_unscanned", 409)
    StoredFile.objects.filter(pk=stored.pk).update(stored_at="2026-01-02T10:00:00Z")
    assert measure() == 2
    told = measures.kept()
    assert told is not None
    assert told.figures["siedem_files_quarantined"][in_alfa.slug] == 1
    [finding] = look_at_scanner()
    assert finding.grade == Grade.FAULT
    assert "stay in quarantine" in finding.sentence


def test_what_was_lost_with_the_queue_is_handed_over_again(
    in_alfa: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    monkeypatch.setattr(scanning, "scanner_is_away", lambda: False)
    asked: list[str] = []
    monkeypatch.setattr(tasks, "hand_over", lambda task, pk, **_: asked.append(f"{task.name} {pk}") or True)
    fresh, old = bring(), bring()
    StoredFile.objects.filter(pk=old.pk).update(stored_at="2026-01-02T10:00:00Z")
    assert scan_waiting_files() == 1
    assert asked == [f"documents.scan_file {old.pk}"]
    assert fresh.scan == Scan.WAITING


@needs_clamd
def test_what_was_brought_without_a_scanner_is_handed_out_and_scanned_when_there_is_one(
    in_alfa: Any, settings: Any, scanner: str
) -> None:
    settings.CLAMAV_ADDRESS = ""
    stored = bring(EICAR)
    assert stored.scan == Scan.UNSCANNED
    with open_file(stored) as file:
        assert file.read() == EICAR
    assert scan_waiting_files() == 0
    assert [finding.grade for finding in look_at_scanner()] == [Grade.DOUBT]
    settings.CLAMAV_ADDRESS = scanner
    assert tasks.scan_file(str(stored.pk)) == Scan.INFECTED
    assert [finding.grade for finding in look_at_scanner()] == [Grade.WELL]


@needs_clamd
def test_content_that_lay_sealed_is_looked_at_before_it_is_shown(settings: Any, scanner: str) -> None:
    settings.CLAMAV_ADDRESS = scanner
    scanning.require_clean(PDF, "oferta.pdf")
    with pytest.raises(scanning.InQuarantine) as refusal:
        scanning.require_clean(EICAR, "oferta.pdf")
    assert refusal.value.code == "file_infected"
    settings.CLAMAV_ADDRESS = f"127.0.0.1:{free_port()}"
    with pytest.raises(scanning.InQuarantine) as refusal:
        scanning.require_clean(PDF, "oferta.pdf")
    assert refusal.value.code == "file_unscanned"


@needs_clamd
def test_more_than_the_scanner_takes_is_not_called_clean(tmp_path: Path) -> None:
    with running_clamd(tmp_path / "small") as address, pytest.raises(clamd.NoVerdict):
        clamd.scan(b"x" * 40 * 1024 * 1024, address)


def test_the_product_s_own_files_wait_for_nobody(in_alfa: Any, settings: Any, queued: list[Any]) -> None:
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    made = store_file(
        PDF, name="a.pdf", content_type="application/pdf", folder="x", actor=Actor.system("tests")
    )
    assert made.scan == Scan.MADE
    with open_file(made) as file:
        assert file.read() == PDF


# What the product makes itself, and what it keeps of what was looked at before.
MADE = {"contracting/tenders/actions/protocols.py", "reporting/demo", "platform/documents"}


def test_every_place_that_stores_says_whether_somebody_brought_it() -> None:
    silent = []
    for room in ("platform", "tenants", "contracting", "reporting"):
        for path in (Path(settings_at_hand.ROOT) / room).rglob("*.py"):
            where = path.relative_to(settings_at_hand.ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "store_file"
                if named and "brought" not in {keyword.arg for keyword in node.keywords}:
                    silent.append(where)
    assert {where for where in silent if not where.startswith(tuple(MADE))} == set()


def test_no_state_without_its_time(in_alfa: Any) -> None:
    stored = bring()
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.filter(pk=stored.pk).update(scan=Scan.CLEAN)


def test_the_operator_is_told_where_nothing_is_scanned(sign_in: Any, settings: Any) -> None:
    client = sign_in("platform_operator")
    page = client.get(reverse("operator:tenants"))
    assert "Nie ustawiono skanera" in page.content.decode()
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    assert "Nie ustawiono skanera" not in client.get(reverse("operator:tenants")).content.decode()
