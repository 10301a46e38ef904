"""Opening the archive of an XLSX or ODS file without trusting it: the parts that are read, never too much."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from reporting.delivery.files.reasons import FileRefusal
from reporting.delivery.files.sheet_xml import read_relationships, read_workbook_sheet
from reporting.delivery.files.source import MEGABYTE, FileLimits

ZIP_MARK = b"PK"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
ODS_CONTENT = "content.xml"
SHARED_STRINGS = "xl/sharedStrings.xml"

_MAX_MEMBERS = 5_000
_CHUNK = 1 << 20
_CONTENT_TYPES = "[Content_Types].xml"
_WORKBOOK = "xl/workbook.xml"
_WORKBOOK_LINKS = "xl/_rels/workbook.xml.rels"
_XLSX_PARTS = (_CONTENT_TYPES, "_rels/.rels", _WORKBOOK, _WORKBOOK_LINKS, "xl/styles.xml", SHARED_STRINGS)
_MACRO_MEMBER = re.compile(r"(^|/)(vbaproject\.bin$|macrosheets/)|^(basic|scripts)/[^/]+/")


@dataclass(frozen=True, slots=True)
class Parts:
    """The members of a spreadsheet that are read, and which of them is the first sheet."""

    kind: str
    members: Mapping[str, bytes]
    sheet: str


def refuse_ole(content: bytes) -> None:
    """Refuse a file in the OLE container: a workbook under a password, or an XLS of before 2007."""
    encrypted = "EncryptedPackage".encode("utf-16-le") in content
    raise FileRefusal.because("encrypted" if encrypted else "old_format")


def unpack(content: bytes, limits: FileLimits) -> Parts:
    """The parts of an XLSX or ODS file that hold its first sheet.

    Raises FileRefusal: no spreadsheet inside, password, macros, binary format, damage, too large unpacked.
    """
    if content.count(b"PK\x01\x02") > _MAX_MEMBERS:
        raise FileRefusal.because("unpacks_too_large", limit=limits.max_unpacked_bytes // MEGABYTE)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _select_parts(_Reader(archive, limits.max_unpacked_bytes))
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, RuntimeError):
        raise FileRefusal.because("broken_workbook") from None


def pack(members: Mapping[str, bytes]) -> io.BytesIO:
    """A new archive of these members alone, so that nothing else in the file reaches whoever opens it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    packed.seek(0)
    return packed


class _Reader:
    """Reads members of an archive up to a number of bytes in all, whatever their headers claim."""

    def __init__(self, archive: zipfile.ZipFile, max_bytes: int) -> None:
        self._archive = archive
        self._members = {_canonical(member.filename): member for member in archive.infolist()}
        self._max_bytes = max_bytes
        self._left = max_bytes

    def has(self, name: str) -> bool:
        """Whether the archive has the member; case does not matter, as in spreadsheet programs."""
        return _canonical(name) in self._members

    def has_macros(self) -> bool:
        """Whether a member is a program."""
        return any(_MACRO_MEMBER.search(name) for name in self._members)

    def read(self, name: str) -> bytes:
        """The member; KeyError when there is none."""
        member = self._members[_canonical(name)]
        if member.flag_bits & 0x1:
            raise FileRefusal.because("encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRefusal.because("broken_workbook")
        self._require(member.file_size)
        parts: list[bytes] = []
        with self._archive.open(member) as stream:
            while part := stream.read(_CHUNK):
                self._require(len(part))
                self._left -= len(part)
                parts.append(part)
        return b"".join(parts)

    def _require(self, size: int) -> None:
        if size > self._left:
            raise FileRefusal.because("unpacks_too_large", limit=self._max_bytes // MEGABYTE)


def _select_parts(reader: _Reader) -> Parts:
    if reader.has_macros():
        raise FileRefusal.because("macros")
    if reader.has("mimetype") and reader.has(ODS_CONTENT) and reader.read("mimetype").strip() == ODS_TYPE:
        return _ods_parts(reader)
    if reader.has(_WORKBOOK) and reader.has(_CONTENT_TYPES):
        return _xlsx_parts(reader)
    raise FileRefusal.because("old_format" if reader.has("xl/workbook.bin") else "renamed_archive")


def _ods_parts(reader: _Reader) -> Parts:
    manifest = reader.read("META-INF/manifest.xml")
    if b"encryption-data" in manifest:
        raise FileRefusal.because("encrypted")
    members = {"mimetype": ODS_TYPE, "META-INF/manifest.xml": manifest, ODS_CONTENT: reader.read(ODS_CONTENT)}
    return Parts("ods", members, ODS_CONTENT)


def _xlsx_parts(reader: _Reader) -> Parts:
    if b"macroEnabled" in reader.read(_CONTENT_TYPES):
        raise FileRefusal.because("macros")
    members = {name: reader.read(name) for name in _XLSX_PARTS if reader.has(name)}
    kind, target = read_relationships(members[_WORKBOOK_LINKS]).get(
        read_workbook_sheet(members[_WORKBOOK]), ("", "")
    )
    if kind != "worksheet":
        raise FileRefusal.because("no_sheet")
    sheet = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    members[sheet] = reader.read(sheet)
    return Parts("xlsx", members, sheet)


def _canonical(name: str) -> str:
    return name.replace("\\", "/").casefold()
