"""A tenant's data in open formats, for the tenant to take along: CSV, its files as they were, and a dictionary."""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone

from audit.models import Entry
from documents.models import StoredFile
from documents.scanning import require_released
from kernel.errors import DomainError, ServerAway
from kernel.tenancy import connection, tenant_scope
from tenants.archives import contents, glossary
from tenants.archives.envelope import encrypting
from tenants.archives.plain import lines_of, row_of, shower_of
from tenants.archives.tables import Shape, public_selections
from tenants.archives.writing import as_json, described_tenant, one_instant, require_current
from tenants.hooks import known_files
from tenants.models import Tenant

FORM = "siedem tenant export 1"
PURPOSE = "siedem tenant exports"
TABLES, SHARED, FILES = "tables", "shared", "files"
WAITING, INFECTED, FAILED = "waiting", "infected", "failed"
_PART_ROWS = 2000
# Why nobody gets a file, by how documents.scanning refuses it.
_KEPT_BACK = {"file_unscanned": WAITING, "file_infected": INFECTED, "file_unscannable": FAILED}
_UNSAFE = re.compile(r"[^\w.,()+ -]", re.UNICODE)
_README = """Dane samorządu z systemu Siedem w otwartych formatach / Data of a tenant of Siedem in open formats

tables.csv       pliki z tabelami: liczba wierszy i czym jest wiersz / files of tables: rows, and what a row is
dictionary.csv   każda kolumna: typ, jednostka, klucz, znaczenie / every column: type, unit, key, meaning
tables/          tabele samorządu / the tenant's own tables
shared/          wiersze o samorządzie w tabelach wspólnych / rows about it in tables that all tenants share
files/           pliki w pierwotnej postaci / files in their original form
files.csv        pliki: nazwa, typ, rozmiar, SHA-256, skan / files: name, type, size, SHA-256, scan
tenant.json      kim jest samorząd / who the tenant is
manifest.json    SHA-256 wszystkiego, podpisane przez instalację / SHA-256 of all, signed by the installation

Czego nie wydano (manifest.json) / what is not handed out:
missing          nie ma w magazynie albo jest uszkodzony / not in the store, or damaged
closed           nie należy do samorządu / not the tenant's to read
kept_back        waiting: czeka na skaner / waits for the scanner; infected: znaleziono wirusa, treść usunięto /
                 a virus was found, the content is removed; failed: nie udało się sprawdzić / could not be checked

CSV: UTF-8, przecinek, nagłówek; puste pole to brak wartości, "" to pusty tekst.
CSV: UTF-8, comma, heading; an empty field is no value, "" is an empty text.
Dane osobowe są tu jawne. / Personal data stand here in plain.
"""


@dataclass
class Exported:
    """What an export says of itself.

    `members`: SHA-256 by path in the zip; `rows` by path of a table; `files`: paths by the file's key; `missing` are
    keys that the store could not give, or gave damaged, `closed` keys of files that are not the tenant's to read,
    `kept_back` says by key why nobody gets a file: “waiting” for the scanner, “infected”, or “failed” to be checked;
    `entries` and `hash` of the record of actions where it ended; `taken_at` in ISO 8601, UTC.
    """

    tenant: str
    slug: str
    name: str
    taken_at: str
    entries: int
    hash: str
    form: str = FORM
    members: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    kept_back: dict[str, str] = field(default_factory=dict)

    def count_kept_back(self, why: str) -> int:
        """How many files nobody gets for this reason."""
        return list(self.kept_back.values()).count(why)


class _NotHandedOut(Exception):
    """A file stays out; the argument is a key of Exported.kept_back, "" where the store does not have it."""


class _Zip:
    """Puts members into a zip that is written once, and remembers the SHA-256 of each."""

    def __init__(self, sink: IO[bytes], digests: dict[str, str]) -> None:
        self.zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)
        self._digests = digests

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        digest = hashlib.sha256()
        with self.zip.open(name, "w", force_zip64=True) as out:

            def write(part: bytes) -> None:
                digest.update(part)
                out.write(part)

            yield write
        self._digests[name] = digest.hexdigest()

    def add(self, name: str, content: bytes) -> None:
        with self.member(name) as write:
            write(content)


def write_export(tenant: Tenant, out: IO[bytes], recipients: Sequence[Any]) -> tuple[Exported, str]:
    """Write all that the tenant may take along into `out`, encrypted for these recipients.

    Gives what the export says of itself, and the SHA-256 of its signed list. Everything of the database is of one
    instant. Raises DomainError `tenant_behind`.
    """
    require_current(tenant)
    with tenant_scope(tenant), one_instant():
        last = Entry.objects.order_by("-sequence").first()
        told = Exported(
            tenant=str(tenant.pk),
            slug=tenant.slug,
            name=tenant.name,
            taken_at=timezone.now().isoformat(),
            entries=last.sequence if last else 0,
            hash=last.hash if last else "",
        )
        with encrypting(out, recipients) as sink:
            made = _Zip(sink, told.members)
            # Also what is broken off is closed while there is somewhere to write to; nobody gets it.
            with made.zip:
                made.add("README.txt", _README.encode("utf-8"))
                made.add("tenant.json", as_json(described_tenant(tenant)))
                _add_tables(made, tenant, told)
                _add_files(made, told)
                listed = contents.signed(asdict(told), name="manifest", purpose=PURPOSE)
                made.add("manifest.json", listed)
    return told, hashlib.sha256(listed).hexdigest()


def _add_tables(made: _Zip, tenant: Tenant, told: Exported) -> None:
    own, shared = Shape(tenant.schema_name), Shape("public")
    known = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    selections = {name: (f"{TABLES}/{name}.csv", own.selection(name)) for name in own if name in known}
    selections |= {
        name: (f"{SHARED}/{name}.csv", selection)
        for name, selection in public_selections(tenant, shared)
        if name not in selections
    }
    files = {name: file for name, (file, _selection) in selections.items()}
    words: list[list[str]] = []
    for name, (file, selection) in selections.items():
        model = known[name]
        told.rows[file] = _add_table(made, file, model, selection)
        words += glossary.columns_of(file, model, files)
    listed = [[file, str(told.rows[file]), glossary.what_is(known[name])] for name, file in files.items()]
    made.add("tables.csv", lines_of([glossary.TABLES_HEADING, *listed]))
    made.add("dictionary.csv", lines_of([glossary.HEADING, *words]))


def _add_table(made: _Zip, file: str, model: type[models.Model], selection: str) -> int:
    """Write the rows of a table, a few thousand in memory at a time; gives their number."""
    fields = glossary.fields_of(model)
    shown = ", ".join(f'"{one.column}"' for one in fields)
    show = [shower_of(one) for one in fields]
    # What every column of the query is named after is a column of the model.
    names = [str(one.column) for one in fields]
    count = 0
    with made.member(file) as write, connection.chunked_cursor() as cursor:
        write(row_of(names).encode("utf-8"))
        cursor.execute(f"SELECT {shown} FROM ({selection}) AS chosen")  # noqa: S608 - our own names
        while rows := cursor.fetchmany(_PART_ROWS):
            text = "".join(row_of(one(value) for one, value in zip(show, row, strict=True)) for row in rows)
            write(text.encode("utf-8"))
            count += len(rows)
    return count


def _add_files(made: _Zip, told: Exported) -> None:
    readers = known_files()
    rows = [["id", "key", "path", "name", "content_type", "size", "sha256", "scan"]]
    for stored in StoredFile.objects.order_by("key").iterator():
        if stored.pk in readers and readers[stored.pk] is None:
            told.closed.append(stored.key)
            continue
        try:
            content = _content(stored, readers)
        except _NotHandedOut as why:
            if kept_back := str(why):
                told.kept_back[stored.key] = kept_back
            else:
                told.missing.append(stored.key)
            continue
        path = f"{FILES}/{stored.pk}/{_plain_name(stored.name)}"
        made.add(path, content)
        told.files[stored.key] = path
        size, digest = str(len(content)), told.members[path]
        known = (str(stored.pk), stored.key, path, stored.name, stored.content_type, size, digest)
        rows.append([*known, str(stored.scan)])
    made.add("files.csv", lines_of(rows))


def _content(stored: StoredFile, readers: Mapping[UUID, Callable[[], bytes] | None]) -> bytes:
    """What was brought. Raises _NotHandedOut, and ServerAway: what is only away now is not missing."""
    read = readers.get(stored.pk)
    try:
        if read is not None:
            return read()
        require_released(stored)
        with default_storage.open(stored.key) as file:
            content = bytes(file.read())
    except FileNotFoundError:
        raise _NotHandedOut("") from None
    except ServerAway:
        raise
    except DomainError as error:
        raise _NotHandedOut(_KEPT_BACK.get(error.code, "")) from None
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise _NotHandedOut("")
    return content


def _plain_name(name: str) -> str:
    """The file's name as any system takes it."""
    plain = _UNSAFE.sub("_", name).strip(". ") or "file"
    ending = PurePosixPath(plain).suffix[:10]
    return plain if len(plain) <= 100 else plain[: 100 - len(ending)] + ending
