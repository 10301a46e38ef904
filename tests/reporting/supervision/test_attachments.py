"""Files sent along with answers: checked, kept whole, for both sides of the contract and nobody else."""

from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from audit.models import Entry
from documents.models import StoredFile
from kernel.access import Actor
from reporting.supervision import actions
from reporting.supervision.models import Attachment, Breach
from tests.reporting.supervision.supervised import Supervised
from tests.reporting.supervision.test_inspections import fresh, sent

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 lista %%EOF"


def file_of(content: bytes = PDF, name: str = "lista obecności.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def reported(world: Supervised) -> Breach:
    with world.in_tenant():
        return actions.report_breach(
            world.contract, facts="Spóźnienia", basis="§ 5", actor=Actor.system("tests")
        )


@pytest.mark.parametrize("of", ["inspection", "breach"])
def test_an_answer_brings_files_that_both_sides_read(world: Supervised, of: str) -> None:
    answered: Any = sent(world) if of == "inspection" else reported(world)
    verb = "answer_protocol" if of == "inspection" else "answer_breach"
    data = {"answer": "Uzupełniono.", "file_1": file_of(), "file_3": file_of(name="druga.pdf")}
    assert world.post("ngo", verb, data, pk=answered.pk).status_code == 302
    with world.in_tenant():
        first, second = Attachment.objects.select_related("file")
        assert {first.file.name, second.file.name} == {"lista obecności.pdf", "druga.pdf"}
        assert Entry.objects.get(verb=verb).payload["attached"] == [sha256(PDF).hexdigest()] * 2
    page = world.get("director", of, pk=answered.pk).content.decode()
    assert "lista obecności.pdf" in page and "druga.pdf" in page
    for who in ("director", "inspector", "ngo"):
        brought = world.get(who, "attachment", pk=first.pk)
        assert brought.content == PDF and brought["Content-Disposition"].startswith("attachment")
    assert world.get("other_ngo", "attachment", pk=first.pk).status_code == 404


def test_a_file_that_nobody_has_scanned_is_shown_and_not_handed_out(world: Supervised, settings: Any) -> None:
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    inspection = sent(world)
    world.post("ngo", "answer_protocol", {"answer": "Tak.", "file_1": file_of()}, pk=inspection.pk)
    with world.in_tenant():
        attachment = Attachment.objects.get()
    page = world.get("director", "inspection", pk=inspection.pk).content.decode()
    assert "sprawdzamy plik pod kątem wirusów…" in page
    refused = world.get("director", "attachment", pk=attachment.pk)
    assert refused.status_code == 409
    assert "Sprawdzamy plik „lista obecności.pdf”" in refused.content.decode()
    with world.in_tenant():
        StoredFile.objects.update(scan="infected", scanned_at="2026-11-20T10:00:00Z")
    assert "wykryto wirusa" in world.get("director", "inspection", pk=inspection.pk).content.decode()
    gone = world.get("director", "attachment", pk=attachment.pk)
    assert gone.status_code == 409
    assert PDF not in gone.content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "pusty.pdf"),
        (b"%PDF-1.7 half of it", "urwany.pdf"),
        (b"<html>", "strona.pdf"),
        (b"MZ", "program.exe"),
        (b"PK", "makra.docm"),
    ],
)
def test_a_file_that_cannot_be_taken_leaves_the_answer_unsent(
    world: Supervised, content: bytes, name: str
) -> None:
    inspection = sent(world)
    data = {"answer": "Napisana odpowiedź.", "file_2": file_of(content, name)}
    refused = world.post("ngo", "answer_protocol", data, pk=inspection.pk)
    assert refused.status_code == 422 and refused.context["form"].errors["file_2"]
    assert "Napisana odpowiedź." in refused.content.decode()
    assert fresh(world, inspection).state == "sent"
    with world.in_tenant():
        assert not StoredFile.objects.exists()


def test_the_database_keeps_an_attachment_with_one_answer(world: Supervised) -> None:
    inspection, breach = sent(world), reported(world)
    world.post("ngo", "answer_protocol", {"answer": "Tak.", "file_1": file_of()}, pk=inspection.pk)
    with world.in_tenant():
        for fields in ({"inspection": None}, {"breach": breach}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Attachment.objects.update(**fields)
