"""What people may bring as a file: whole, of a known kind by its content, without macros, not too large."""

import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError

MEBIBYTE = 1024 * 1024
# A document unpacks to at most so many times its size: beyond lies a bomb, not a text.
_MOST_UNPACKED = 200 * MEBIBYTE

_OFFICE = {
    "docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_OPEN_DOCUMENT = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
# Kind → (how it begins, how it ends, media type); the end shows that the sending was not cut off.
_PLAIN = {
    "pdf": (b"%PDF-", b"%%EOF", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82", "image/png"),
    "jpg": (b"\xff\xd8\xff", b"\xff\xd9", "image/jpeg"),
}
# Taken only where asked for: whoever reads it looks at what it says.
_MARKED = {"xml": "application/xml"}
KINDS = frozenset({*_OFFICE, *_OPEN_DOCUMENT, *_PLAIN})
PROOFS = frozenset({"pdf", "png", "jpg"})


@dataclass(frozen=True)
class Upload:
    """A file that passed: its bytes, its name as given and the media type found in its content."""

    content: bytes
    name: str
    content_type: str


def check_upload(
    file: Any, *, kinds: Iterable[str] = KINDS, most: int = 20 * MEBIBYTE, field: str = "file"
) -> Upload:
    """A file that a form brought (Django's UploadedFile), read whole and checked.

    `most` is in bytes. Raises DomainError `file_empty`, `file_too_large`, `file_kind`, `file_cut_off`,
    `file_with_macros` or `file_damaged` naming the file and the remedy.
    """
    name, allowed = str(file.name), frozenset(kinds)
    if file.size > most:
        raise _refused(
            "file_too_large",
            _("The file “%(name)s” is larger than %(most)s MB. Make it smaller, or send it in parts."),
            name,
            field,
            most=most // MEBIBYTE,
        )
    content = file.read()
    if not content:
        raise _refused("file_empty", _("The file “%(name)s” is empty. Choose the file again."), name, field)
    kind = PurePosixPath(name.lower()).suffix.removeprefix(".").replace("jpeg", "jpg")
    if kind in {"docm", "xlsm", "dotm", "xltm"}:
        raise _macros(name, field)
    if kind not in allowed:
        raise _refused(
            "file_kind",
            _("Files of the kind of “%(name)s” are not taken. Send one of these: %(kinds)s."),
            name,
            field,
            kinds=", ".join(sorted(allowed)),
        )
    if kind in _MARKED:
        if not content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            raise _other_content(name, kind, field)
        if not content.rstrip().endswith(b">"):
            raise _cut_off(name, field)
        return Upload(content, name, _MARKED[kind])
    if kind in _PLAIN:
        return Upload(content, name, _check_plain(content, kind, name, field))
    return Upload(content, name, _check_zipped(content, kind, name, field))


def _check_plain(content: bytes, kind: str, name: str, field: str) -> str:
    begins, ends, content_type = _PLAIN[kind]
    if not content.startswith(begins):
        raise _other_content(name, kind, field)
    # Programs append a little after the end; a file that was cut off has no end at all.
    if ends not in content[-2048:]:
        raise _cut_off(name, field)
    return content_type


def _check_zipped(content: bytes, kind: str, name: str, field: str) -> str:
    if not content.startswith(b"PK"):
        raise _other_content(name, kind, field)
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _cut_off(name, field) from error
    names = {entry.filename for entry in entries}
    if any(part.endswith("vbaProject.bin") or part.startswith(("Basic/", "Scripts/")) for part in names):
        raise _macros(name, field)
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise _refused(
            "file_damaged",
            _("The file “%(name)s” unpacks to more than a document can be. Save it anew and send it again."),
            name,
            field,
        )
    if kind in _OFFICE:
        part, content_type = _OFFICE[kind]
        matches = part in names
    else:
        content_type = _OPEN_DOCUMENT[kind]
        matches = "mimetype" in names and archive.read("mimetype").strip() == content_type.encode()
    if not matches:
        raise _other_content(name, kind, field)
    try:
        broken = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise _cut_off(name, field) from error
    if broken is not None:
        raise _cut_off(name, field)
    return content_type


def _refused(code: str, sentence: Any, name: str, field: str, **values: object) -> DomainError:
    return DomainError(code, sentence % {"name": name, **values}, field=field, value=name)


def _macros(name: str, field: str) -> DomainError:
    return _refused(
        "file_with_macros",
        _("The file “%(name)s” contains macros. Save it without macros, or as PDF, and send it again."),
        name,
        field,
    )


def _other_content(name: str, kind: str, field: str) -> DomainError:
    return _refused(
        "file_kind",
        _("The file “%(name)s” is not a %(kind)s file inside, whatever its name says. Save it anew."),
        name,
        field,
        kind=kind.upper(),
    )


def _cut_off(name: str, field: str) -> DomainError:
    return _refused(
        "file_cut_off",
        _("The file “%(name)s” is not whole: the sending broke off, or the file is damaged. Send it again."),
        name,
        field,
    )
