"""Uploads: what is taken, and what each refused file is told."""

import zipfile
from io import BytesIO
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.uploads import PROOFS, check_upload
from kernel.errors import DomainError

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def _docx() -> bytes:
    out = BytesIO()
    document = docx.Document()
    document.add_paragraph("Umowa")
    document.save(out)
    return out.getvalue()


def _with_entry(content: bytes, name: str) -> bytes:
    out = BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


def _bomb() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<x/>")
        archive.writestr("word/big.xml", b"\0" * (201 * 1024 * 1024))
    return out.getvalue()


def _check(name: str, content: bytes, **options: Any) -> Any:
    return check_upload(SimpleUploadedFile(name, content), **options)


def test_a_whole_file_of_a_known_kind_is_taken_with_its_media_type() -> None:
    assert _check("Statut.PDF", PDF, kinds=PROOFS).content_type == "application/pdf"
    assert _check("oferta.docx", _docx()).content_type.endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("pusty.pdf", b"", "file_empty"),
        ("program.exe", b"MZ", "file_kind"),
        ("bez-nazwy", PDF, "file_kind"),
        ("umowa.pdf", b"PK\x03\x04", "file_kind"),
        ("umowa.pdf", PDF[:20], "file_cut_off"),
        ("umowa.docm", _docx(), "file_with_macros"),
        ("umowa.docx", _with_entry(_docx(), "word/vbaProject.bin"), "file_with_macros"),
        ("umowa.docx", _docx()[:-200], "file_cut_off"),
        ("umowa.docx", PDF, "file_kind"),
        ("umowa.xlsx", _docx(), "file_kind"),
        ("umowa.odt", _docx(), "file_kind"),
        ("bomba.docx", _bomb(), "file_damaged"),
    ],
)
def test_a_refused_file_is_named_with_its_reason(name: str, content: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        _check(name, content)
    assert (refused.value.code, refused.value.problems[0].value) == (code, name)
    assert name in str(refused.value.message)


def test_a_file_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(DomainError) as refused:
        _check("duży.pdf", PDF + b" " * 2048, most=1024)
    assert refused.value.code == "file_too_large"


def test_bytes_changed_inside_an_archive_are_found() -> None:
    content = bytearray(_docx())
    at = content.index(b"word/document.xml") + 40
    content[at : at + 8] = b"\xff" * 8
    with pytest.raises(DomainError) as refused:
        _check("umowa.docx", bytes(content))
    assert refused.value.code == "file_cut_off"
