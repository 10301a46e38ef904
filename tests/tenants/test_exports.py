"""What a tenant takes along is read by plain Python, without the product, and compared with its database."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pyrage
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from documents.actions import store_file
from documents.models import StoredFile
from kernel.crypto import blind_index, encrypt
from kernel.tenancy import tenant_scope
from reporting.care.models import Person
from reporting.delivery.models import Visit
from tenants.archives import contents
from tenants.archives.exporting import PURPOSE
from tenants.archives.tables import Shape
from tenants.models import Tenant
from tests.copies import copied_database
from tests.reporting.delivery.diary_world import build_diary
from tests.tenants.test_archives import ANNA, PESEL, save_visit

pytestmark = pytest.mark.django_db
KEPT_BACK = ("waiting", "infected", "failed")
SURNAME = 'Kość; "pusta",\nżółć'


@dataclass
class Taken:
    """The zip of an export, opened by the recipient's identity alone."""

    tenant: Tenant
    person: Any
    out: str
    zip: zipfile.ZipFile

    def rows(self, name: str) -> list[dict[str, str]]:
        text = self.zip.read(name).decode("utf-8")
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture(scope="module")
def taken(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Taken]:
    folder = tmp_path_factory.mktemp("export")
    identity = pyrage.x25519.Identity.generate()
    with (
        django_db_blocker.unblock(),
        copied_database("exports"),
        override_settings(MEDIA_ROOT=str(folder / "files"), ARCHIVE_RECIPIENTS=[]),
    ):
        tenant = Tenant.objects.get(slug="alfa")
        world = build_diary(tenant)
        save_visit(world)
        with tenant_scope(tenant), transaction.atomic():
            Person.objects.filter(pk=world.decision.person_id).update(
                surname=SURNAME, pesel_encrypted=encrypt(PESEL), pesel_index=blind_index(PESEL)
            )
            for name, content in (
                ("umowa nr 1.txt", "Zażółć"),
                ("lost.txt", "gone"),
                ("zły.txt", "x"),
                ("waiting.txt", "not looked at"),
                ("infected.txt", "virus"),
                ("failed.txt", "a bomb"),
            ):
                stored = store_file(
                    content.encode(), name=name, content_type="text/plain", folder="probe", actor=ANNA
                )
                if (scan := name.removesuffix(".txt")) in KEPT_BACK:
                    StoredFile.objects.filter(pk=stored.pk).update(
                        scan=scan, scanned_at=None if scan == "waiting" else timezone.now()
                    )
                elif name != "umowa nr 1.txt":
                    default_storage.delete(stored.key)
                if name == "infected.txt":
                    default_storage.delete(stored.key)
                if name == "zły.txt":
                    default_storage.save(stored.key, ContentFile(b"changed"))
        out, path = StringIO(), folder / "alfa.age"
        with pytest.raises(CommandError, match="2 files are not in it"):
            call_command(
                "export_tenant",
                "alfa",
                str(path),
                "--recipient",
                str(identity.to_public()),
                stdout=out,
                stderr=out,
            )
        plain = pyrage.decrypt(path.read_bytes(), [identity])
        with zipfile.ZipFile(io.BytesIO(plain)) as opened:
            yield Taken(tenant, world.decision.person_id, out.getvalue(), opened)


def test_every_table_is_there_with_every_row_and_key(taken: Taken) -> None:
    manifest = json.loads(taken.zip.read("manifest.json"))["manifest"]
    shape = Shape(taken.tenant.schema_name)
    with connection.cursor() as cursor:
        for table in set(shape) - {"django_migrations", "django_content_type"}:
            file = f"tables/{table}.csv"
            rows = taken.rows(file)
            cursor.execute(f'SELECT * FROM "{taken.tenant.schema_name}"."{table}" LIMIT 0')
            assert set(shape.columns(table)) == set(taken.zip.read(file).decode().split("\n")[0].split(","))
            cursor.execute(f'SELECT count(*) FROM "{taken.tenant.schema_name}"."{table}"')
            assert cursor.fetchone() == (len(rows),) == (manifest["rows"][file],), table
            if "id" in shape.columns(table):
                cursor.execute(f'SELECT id::text FROM "{taken.tenant.schema_name}"."{table}"')
                assert {row["id"] for row in rows} == {key for (key,) in cursor.fetchall()}, table
    with tenant_scope(taken.tenant):
        assert len(taken.rows("tables/delivery_visit.csv")) == Visit.objects.count() == 1


def test_personal_data_stand_in_plain_and_keys_and_passwords_do_not(taken: Taken) -> None:
    [person] = [row for row in taken.rows("tables/care_person.csv") if row["id"] == str(taken.person)]
    assert (person["pesel_encrypted"], person["surname"]) == (PESEL, SURNAME)
    with tenant_scope(taken.tenant):
        first = Entry.objects.earliest("sequence")
        entries = taken.rows("tables/audit_entry.csv")
        assert len(entries) == Entry.objects.count() > 0
        assert [row["hash"] for row in entries if row["sequence"] == "1"] == [first.hash]
    [tenant] = taken.rows("shared/tenants_tenant.csv")
    assert (tenant["slug"], tenant["data_key"]) == ("alfa", "")
    users = taken.rows("shared/accounts_user.csv")
    assert {row["email"] for row in users} <= set(User.objects.values_list("email", flat=True)) and users
    assert {row["password"] for row in users} == {""}
    everything = b"".join(taken.zip.read(name) for name in taken.zip.namelist())
    assert bytes(taken.tenant.data_key) not in everything and b"gAAAAA" not in everything


def test_files_are_as_they_were_brought_and_those_not_there_are_named(taken: Taken) -> None:
    manifest = json.loads(taken.zip.read("manifest.json"))["manifest"]
    [line] = taken.rows("files.csv")
    content = taken.zip.read(line["path"])
    assert (line["name"], content) == ("umowa nr 1.txt", "Zażółć".encode())
    assert line["path"].endswith("/umowa nr 1.txt")
    with tenant_scope(taken.tenant):
        stored = {one.key: one for one in StoredFile.objects.all()}
    assert line["sha256"] == hashlib.sha256(content).hexdigest() == stored[line["key"]].sha256
    assert (line["scan"], len(manifest["missing"])) == ("made", 2)
    assert set(manifest["missing"]) == set(stored) - {line["key"]} - set(manifest["kept_back"])


def test_only_what_was_found_clean_is_handed_out_and_the_rest_is_said_for_what_it_is(taken: Taken) -> None:
    manifest = json.loads(taken.zip.read("manifest.json"))["manifest"]
    with tenant_scope(taken.tenant):
        expected = {one.key: one.scan for one in StoredFile.objects.filter(scan__in=KEPT_BACK)}
    assert manifest["kept_back"] == expected and set(expected.values()) == set(KEPT_BACK)
    everything = b"".join(taken.zip.read(name) for name in taken.zip.namelist())
    assert b"not looked at" not in everything and b"a bomb" not in everything
    for words in ("waits for the scanner: probe/", "a virus was found in it", "could not check it: probe/"):
        assert words in taken.out
    assert "1 files wait for the scanner: export again" in taken.out
    noted = Entry.objects.filter(verb="export_tenant", subject_id=str(taken.tenant.pk)).latest("sequence")
    assert [noted.payload[name] for name in ("missing", *KEPT_BACK)] == [2, 1, 1, 1]


def test_the_list_names_every_member_with_its_hash_and_is_signed(taken: Taken) -> None:
    listed = taken.zip.read("manifest.json")
    manifest = json.loads(listed)["manifest"]
    found = {name: hashlib.sha256(taken.zip.read(name)).hexdigest() for name in taken.zip.namelist()}
    del found["manifest.json"]
    assert manifest["members"] == found
    assert contents.read_signed(listed, name="manifest", purpose=PURPOSE) == manifest
    with pytest.raises(contents.ForgedManifest):
        contents.read_signed(
            listed.replace(b'"slug": "alfa"', b'"slug": "beta"'), name="manifest", purpose=PURPOSE
        )
    noted = Entry.objects.filter(verb="export_tenant", subject_id=str(taken.tenant.pk)).latest("sequence")
    assert noted.payload["manifest_sha256"] == hashlib.sha256(listed).hexdigest()


def test_the_dictionary_explains_every_column_in_both_languages(taken: Taken) -> None:
    words = taken.rows("dictionary.csv")
    told = {(row["file"], row["column"]): row for row in words}
    tables = [name for name in taken.zip.namelist() if name.startswith(("tables/", "shared/"))]
    assert {row["file"] for row in taken.rows("tables.csv")} == set(tables)
    for name in tables:
        heading = taken.zip.read(name).decode().split("\n")[0].split(",")
        assert heading == [column for file, column in told if file == name]
    assert all(row["meaning_pl"] and row["meaning_en"] and row["type"] for row in words)
    surname = told["tables/care_person.csv", "surname"]
    assert (surname["meaning_pl"], surname["meaning_en"]) == ("nazwisko", "surname")
    visit = told["tables/delivery_visit.csv", "decision_id"]
    assert visit["key"] == "tables/care_decision.csv:id"
    assert told["tables/delivery_visit.csv", "id"]["key"] == "primary"
    assert "left out" in told["tables/tenders_offer.csv", "draft"]["note"]
    for row in words:
        if ":" in row["key"]:
            file, column = row["key"].split(":")
            assert (file, column) in told, row


def test_what_cannot_be_written_is_refused(taken: Taken, tmp_path: Path) -> None:
    (tmp_path / "there.age").write_bytes(b"x")
    key = str(pyrage.x25519.Identity.generate().to_public())
    for options, why in (
        (["nobody", str(tmp_path / "a.age"), "--recipient", key], "no tenant"),
        (["alfa", str(tmp_path / "there.age"), "--recipient", key], "already|już"),
        (["alfa", str(tmp_path / "a.age"), "--recipient", "key"], "public key|kluczem"),
    ):
        with pytest.raises(CommandError, match=why):
            call_command("export_tenant", *options)
    assert [one.name for one in tmp_path.iterdir()] == ["there.age"]
