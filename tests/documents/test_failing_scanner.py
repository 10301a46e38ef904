"""A scanner that fails at a file, hangs or falls: other files are scanned, and people learn what became of theirs."""

from collections.abc import Iterator
from typing import Any

import pytest
from celery.exceptions import Retry
from django.core import mail
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.management import call_command

from audit.models import Entry
from documents import scanning, tasks
from documents.actions import open_file, store_file
from documents.models import StoredFile
from kernel import clamd, crypto, measures
from kernel.access import Actor
from tenants.doctor.findings import Grade
from tenants.doctor.scanner import look_at_scanner
from tenants.tasks import measure, scan_waiting_files
from tests.documents.failing_scanner import HANGING, POISON, FailingScanner, failing_scanner
from tests.factories.people import UserFactory
from tests.queueing import mail_server_away, remember_queued

Scan = StoredFile.Scan
LONG_AGO = "2026-01-02T10:00:00Z"
PDF = b"%PDF-1.7 lista %%EOF"


@pytest.fixture
def scanner(settings: Any) -> Iterator[FailingScanner]:
    with failing_scanner() as server:
        settings.CLAMAV_ADDRESS = server.address
        yield server
        cache.delete(f"scanner-away-{server.address}")


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the queue would have been given, as (task, id)."""
    given: list[tuple[str, str]] = []
    monkeypatch.setattr(
        tasks, "hand_over", lambda task, pk, **_more: given.append((task.name, str(pk))) or True
    )
    return given


@pytest.fixture(autouse=True)
def _nothing_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    remember_queued(monkeypatch, tasks.scan_file)


def bring(content: bytes = PDF, actor: Actor | None = None, **more: Any) -> StoredFile:
    stored = store_file(
        content, name="umowa.pdf", content_type="application/pdf", folder="tests",
        actor=actor or Actor.system("tests"), brought=True, **more,
    )  # fmt: skip
    StoredFile.objects.filter(pk=stored.pk).update(stored_at=LONG_AGO)
    return stored


def tried_out(stored: StoredFile) -> str:
    state = ""
    for _turn in range(scanning.MOST_TRIES):
        state = tasks.scan_file(str(stored.pk))
    return state


def test_a_file_at_which_the_scanner_fails_comes_last_and_is_given_up(
    in_alfa: Any, scanner: FailingScanner, handed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = UserFactory()
    poison, later = bring(POISON, Actor(person.pk, "Ewa")), bring()
    StoredFile.objects.filter(pk=later.pk).update(stored_at="2026-01-03T10:00:00Z")
    assert tasks.scan_file(str(poison.pk)) == Scan.WAITING
    # The limit of a run is filled with what has failed least.
    monkeypatch.setattr(tasks, "AT_ONCE", 1)
    assert scan_waiting_files() == 1
    assert handed == [("documents.scan_file", str(later.pk))]
    for _turn in range(scanning.MOST_TRIES - 2):
        assert tasks.scan_file(str(poison.pk)) == Scan.WAITING
    assert tasks.scan_file(str(poison.pk)) == Scan.FAILED
    assert tasks.scan_file(str(poison.pk)) == "", "it waits for nobody any more"
    poison.refresh_from_db()
    with pytest.raises(scanning.InQuarantine, match=r"umowa\.pdf.*nie udało się sprawdzić") as refusal:
        open_file(poison)
    assert (refusal.value.code, refusal.value.status) == ("file_unscannable", 409)
    with open_file(poison, also_unscanned=True) as file:
        assert file.read() == POISON
    entry = Entry.objects.get(verb="give_up_scanning", subject_id=str(poison.pk))
    assert entry.payload == {"said": "no answer", "tries": scanning.MOST_TRIES, "sha256": poison.sha256}
    assert handed[-1] == ("documents.tell_of_file", str(poison.pk))
    tasks.tell_of_file(str(poison.pk))
    [told] = [one for one in mail.outbox if one.to == [person.email]]
    assert "umowa.pdf" in told.body


def test_a_file_that_is_gone_from_the_store_does_not_wait_for_ever(
    in_alfa: Any, scanner: FailingScanner, handed: list[Any]
) -> None:
    gone, garbled = bring(), bring(b"no token", is_encrypted=True)
    default_storage.delete(gone.key)
    assert (tried_out(gone), tried_out(garbled)) == (Scan.FAILED, Scan.FAILED)


def test_the_operator_learns_what_could_not_be_checked_and_lets_it_be_tried_again(
    in_alfa: Any, scanner: FailingScanner, handed: list[Any]
) -> None:
    stored = bring(POISON)
    assert tried_out(stored) == Scan.FAILED
    measure()
    told = measures.kept()
    assert told is not None
    assert told.figures["siedem_files_unscannable"][in_alfa.slug] == 1
    assert told.figures["siedem_files_quarantined"][in_alfa.slug] == 0
    [finding, scanner_s] = look_at_scanner()
    assert (finding.grade, scanner_s.grade) == (Grade.DOUBT, Grade.WELL)
    assert f"1 files that nobody gets them ({in_alfa.slug})" in finding.sentence
    measures.keep({})
    call_command("scan_again")
    stored.refresh_from_db()
    assert (stored.scan, stored.scan_tries, stored.told_at) == (Scan.WAITING, 0, None)
    assert Entry.objects.get(verb="scan_files_again").payload == {"files": [str(stored.pk)]}


def test_a_scanner_that_hangs_is_left_alone_and_counts_against_no_file(
    in_alfa: Any, scanner: FailingScanner, handed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamd, "_TRIAL_SECONDS", 0.3)
    first, second = bring(), bring()
    scanner.hangs = True
    with pytest.raises((Retry, clamd.ScannerAway)):
        tasks.scan_file(str(first.pk))
    assert scanner.asked == 1
    # Neither the next file nor the next run of the clock waits for it once more.
    with pytest.raises((Retry, clamd.ScannerAway)):
        tasks.scan_file(str(second.pk))
    assert scan_waiting_files() == 0
    assert (scanner.asked, handed) == (1, [])
    assert set(StoredFile.objects.values_list("scan", "scan_tries")) == {(Scan.WAITING, 0)}
    scanner.hangs = False
    cache.delete(f"scanner-away-{scanner.address}")
    assert scan_waiting_files() == 2


def test_a_file_is_looked_at_only_so_long(
    in_alfa: Any, scanner: FailingScanner, handed: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamd, "SECONDS", 0.3)
    stored = bring(HANGING)
    assert tasks.scan_file(str(stored.pk)) == Scan.WAITING
    stored.refresh_from_db()
    assert stored.scan_tries == 1
    assert tasks.scan_file(str(bring().pk)) == Scan.CLEAN, "the scanner works for others"


def test_what_a_run_hands_over_is_dropped_when_the_next_run_comes(
    in_alfa: Any, scanner: FailingScanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: list[Any] = []
    monkeypatch.setattr(tasks.scan_file, "apply_async", lambda **given: options.append(given["expires"]))
    bring()
    assert scan_waiting_files() == 1
    assert options == [tasks.EVERY_SECONDS]


@pytest.mark.parametrize("is_encrypted", [False, True])
def test_the_mail_about_a_virus_waits_for_the_mail_server(
    in_alfa: Any, scanner: FailingScanner, handed: list[Any], is_encrypted: bool
) -> None:
    person = UserFactory()
    content = crypto.encrypt_bytes(clamd.HARMLESS_TEST) if is_encrypted else clamd.HARMLESS_TEST
    stored = bring(content, Actor(person.pk, "Ewa"), is_encrypted=is_encrypted)
    assert tasks.scan_file(str(stored.pk)) == Scan.INFECTED
    assert handed == [("documents.tell_of_file", str(stored.pk))]
    with mail_server_away(), pytest.raises((Retry, OSError)):
        tasks.tell_of_file(str(stored.pk))
    assert tasks.mails_untold() == 1
    # Lost with the queue too: the clock finds it in the database.
    handed.clear()
    StoredFile.objects.filter(pk=stored.pk).update(scanned_at=LONG_AGO)
    scan_waiting_files()
    assert handed == [("documents.tell_of_file", str(stored.pk))]
    tasks.tell_of_file(str(stored.pk))
    tasks.tell_of_file(str(stored.pk))
    [told] = [one for one in mail.outbox if one.to == [person.email]]
    assert ("umowa.pdf" in told.body) is not is_encrypted
    assert tasks.mails_untold() == 0
