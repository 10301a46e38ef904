"""A tenant archived, destroyed and restored: whole and the same, or not at all."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import pyrage
import pytest
from cryptography.fernet import Fernet
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from audit.actions import record
from audit.checkpoints import prove, take_checkpoint
from audit.models import Entry
from documents.actions import open_file, store_file
from documents.models import StoredFile
from kernel.access import Actor
from kernel.crypto import blind_index, decrypt, decrypt_bytes, encrypt
from kernel.ids import new_id
from kernel.signing import public_half
from kernel.tenancy import public_scope, tenant_scope
from reporting.care.models import Person
from reporting.delivery.models import Visit
from reporting.statistics.models import SigningKey, SigningSecret
from tenants import provisioning
from tenants.archives import reading, writing
from tenants.archives.contents import Table
from tenants.archives.envelope import identities_in, opened, sealing
from tenants.archives.tables import Shape, has_schema, tallied
from tenants.models import FormerKey, Membership, Organisation, Partnership, Tenant
from tests.copies import copied_database
from tests.factories.people import UserFactory
from tests.racing import committing
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary, content, operation, results, send

db = committing
ANNA = Actor(new_id(), "Anna Próbna")
PESEL = "44051401359"


@dataclass
class Archived:
    """A tenant with visits, an encrypted PESEL and a file, in a database of its own, and the archive of it."""

    world: DiaryWorld
    folder: Path
    tables: dict[str, Table]

    @property
    def tenant(self) -> Tenant:
        return Tenant.objects.get(slug="alfa")

    @property
    def archive(self) -> Path:
        return self.folder / "alfa.age"

    def restore(self, *options: str, archive: Path | None = None, key: str = "key.txt") -> str:
        out = StringIO()
        given = [str(archive or self.archive), "--identity", str(self.folder / key), *options]
        call_command("restore_tenant", *given, stdout=out, stderr=out)
        return out.getvalue()

    def refusal(self, *options: str, archive: Path | None = None, key: str = "key.txt") -> str:
        with pytest.raises(CommandError) as caught:
            self.restore("--reason", "próba", *options, archive=archive, key=key)
        return str(caught.value)

    def suspend(self) -> None:
        call_command("suspend_tenant", "alfa", "Odtwarzanie danych", stdout=StringIO())


def tables_of(tenant: Tenant) -> dict[str, Table]:
    shape = Shape(tenant.schema_name)
    return {name: tallied(shape, name) for name in shape}


def pesel_of(world: DiaryWorld) -> str:
    return decrypt(Person.objects.get(pk=world.decision.person_id).pesel_encrypted)


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


def save_visit(world: DiaryWorld, day: str = "2024-10-07") -> None:
    said = content(world, date=day)
    answer = send(world.client(), world, operation(world, content=said))
    assert results(answer)[0]["status"] == 200, answer.content


@pytest.fixture
def archived(db: None, settings: Any, tmp_path: Path) -> Iterator[Archived]:
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")
    settings.MEDIA_ROOT = str(tmp_path / "files")
    identity = pyrage.x25519.Identity.generate()
    settings.ARCHIVE_RECIPIENTS = [str(identity.to_public())]
    (tmp_path / "key.txt").write_text(f"# created: 2026-01-01\n{identity}\n")
    with copied_database("archives"):
        tenant = Tenant.objects.get(slug="alfa")
        world = build_diary(tenant)
        save_visit(world)
        with tenant_scope(tenant):
            Person.objects.filter(pk=world.decision.person_id).update(
                surname='Kość; "pusta",\nżółć', pesel_encrypted=encrypt(PESEL), pesel_index=blind_index(PESEL)
            )
            with transaction.atomic():
                store_file(
                    "Zażółć".encode(), name="a.txt", content_type="text/plain", folder="probe", actor=ANNA
                )
                record("probe", actor=ANNA, subject_type="person", subject_id=new_id(), payload={"t": "ż"})
            assert take_checkpoint()
        out = StringIO()
        call_command("archive_tenant", "alfa", str(tmp_path / "alfa.age"), stdout=out)
        assert "1 files" in out.getvalue()
        yield Archived(world, tmp_path, tables_of(tenant))


def test_a_tenant_that_was_destroyed_comes_back_whole(archived: Archived) -> None:
    tenant = archived.tenant
    with tenant_scope(tenant):
        assert pesel_of(archived.world) == PESEL
        [stored] = StoredFile.objects.all()
        default_storage.delete(stored.key)
        assert take_checkpoint() is False
    provisioning.drop_schema(tenant.schema_name)
    archived.suspend()
    client = archived.world.client()
    told = archived.restore("--reason", "dysk uszkodzony")
    answer = client.get("/alfa/")
    assert answer.status_code == 403 and "Odtwarzanie danych" in answer.content.decode()
    assert "1 files were put back" in told and "--forget" not in told
    with tenant_scope(tenant):
        with open_file(StoredFile.objects.get()) as file:
            assert file.read() == "Zażółć".encode()
        assert pesel_of(archived.world) == PESEL
        # All that was there is there, and the record goes on with the restoration.
        last = Entry.objects.latest("sequence")
        assert (last.verb, (last.payload or {}).get("reason")) == ("restore_tenant", "dysk uszkodzony")
        proof = prove()
        assert (proof.holds, proof.checkpoints, proof.set_aside) == (True, 2, 0)
    differing = {name for name, table in tables_of(tenant).items() if table != archived.tables[name]}
    assert differing == {"audit_entry"}
    call_command("suspend_tenant", "alfa", "--resume", stdout=StringIO())
    save_visit(archived.world, "2024-10-09")


def test_what_came_after_the_archive_is_set_aside_and_told_by_the_checkpoints(archived: Archived) -> None:
    tenant = archived.tenant
    save_visit(archived.world, "2024-10-09")
    with tenant_scope(tenant):
        assert take_checkpoint()
        assert Visit.objects.count() == 2
    assert "Najpierw zawieś samorząd" in archived.refusal()
    archived.suspend()
    told = archived.restore("--reason", "pomyłka w imporcie")
    kept = told.split("is in the schema ")[1].split(";")[0]
    with tenant_scope(tenant):
        assert Visit.objects.count() == 1
        proof = prove()
        assert (proof.holds, proof.checkpoints, proof.set_aside) == (True, 3, 1)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{kept}".delivery_visit')
        assert cursor.fetchone() == (2,)
    out = StringIO()
    call_command("verify_audit", "--tenant", "alfa", stdout=out)
    assert "1 of a record that a restoration set aside" in out.getvalue()
    # Whoever changes the record after that is found like anybody else.
    with tenant_scope(tenant):
        Entry.objects.filter(verb="restore_tenant").update(actor_label="ktoś inny")
        assert not prove().holds
    for wrong in ("public", tenant.schema_name, f"{tenant.schema_name}k00000"):
        with pytest.raises(CommandError):
            call_command("restore_tenant", "--forget", "alfa", wrong)
    call_command("restore_tenant", "--forget", "alfa", kept, stdout=out)
    assert not has_schema(kept) and has_schema(tenant.schema_name)


def test_a_tenant_of_which_nothing_is_left_comes_back_with_its_people(archived: Archived) -> None:
    tenant, organisation = archived.tenant, archived.world.organisation
    members = set(Membership.objects.filter(tenant=tenant).values_list("pk", "user__email", "role"))
    keys = SigningSecret.objects.filter(key__tenant=tenant).count()
    provisioning.drop_schema(tenant.schema_name)
    with public_scope(), transaction.atomic():
        users = list(Membership.objects.filter(tenant=tenant).values_list("user", flat=True))
        Membership.objects.filter(tenant=tenant).delete()
        Partnership.objects.filter(tenant=tenant).delete()
        User.objects.filter(pk__in=users).delete()
        Organisation.objects.filter(pk=organisation.pk).delete()
        with connection.cursor() as cursor:
            for table in ("pushconsent", "note", "standing", "heldfact", "fact", "factsbatch"):
                cursor.execute(f"DELETE FROM statistics_{table} WHERE tenant_id = %s", [tenant.pk])
            SigningKey.objects.filter(tenant=tenant).delete()
            cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.pk])
    # Somebody took the address of one of its people meanwhile: nothing is restored until it is free.
    taken = UserFactory(email=sorted(email for _pk, email, _role in members)[0])
    assert "zajął tymczasem ktoś inny" in archived.refusal()
    assert not Tenant.objects.filter(pk=tenant.pk).exists()
    taken.delete()
    archived.restore("--reason", "pomyłka operatora")
    assert SigningSecret.objects.filter(key__tenant=tenant).count() == keys > 0
    assert archived.tenant.pk == tenant.pk
    assert set(Membership.objects.filter(tenant=tenant).values_list("pk", "user__email", "role")) == members
    assert Organisation.objects.get(pk=organisation.pk).name == organisation.name
    assert not any(user.has_usable_password() for user in User.objects.filter(pk__in=users))
    assert {name for name, table in tables_of(tenant).items() if table != archived.tables[name]} == {
        "audit_entry"
    }


def test_what_did_not_come_back_whole_is_not_restored(archived: Archived) -> None:
    archived.suspend()
    before, tables = schemas(), tables_of(archived.tenant)
    assert "Podaj powód" in archived.refusal("--reason", " ")
    bring = reading.put_in

    def lose_visits(schema: str, table: str, *rest: Any) -> None:
        if table != Visit._meta.db_table:
            bring(schema, table, *rest)

    with mock.patch.object(reading, "put_in", lose_visits):
        assert "Archiwum nie zawiera tego, co podaje w spisie" in archived.refusal()
    assert (schemas(), tables_of(archived.tenant)) == (before, tables)


def test_a_rehearsal_compares_everything_and_leaves_nothing(archived: Archived) -> None:
    before, tables = schemas(), tables_of(archived.tenant)
    entries = Entry.objects.count()
    told = archived.restore("--rehearse")
    assert "can be restored" in told
    assert (schemas(), tables_of(archived.tenant), Entry.objects.count()) == (before, tables, entries)


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _changed(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def _nothing(content: bytes) -> bytes:
    return b""


def _foreign(content: bytes) -> bytes:
    return b"PK\x03\x04" + content[4:]


def test_a_spoilt_archive_changes_nothing(archived: Archived) -> None:
    archived.suspend()
    before, tables = schemas(), tables_of(archived.tenant)
    spoilt = archived.folder / "spoilt.age"
    for spoil in (_cut, _changed, _nothing, _foreign):
        spoilt.write_bytes(spoil(archived.archive.read_bytes()))
        for options in ((), ("--rehearse",)):
            assert "spoilt.age" in archived.refusal(*options, archive=spoilt), spoil
    assert (schemas(), tables_of(archived.tenant)) == (before, tables)


def test_what_a_forged_archive_says_is_never_run(archived: Archived) -> None:
    """Anybody may write for a public key: here all is ours but one statement, and the list is not signed anew."""
    archived.suspend()
    identities = identities_in(archived.folder / "key.txt")
    forged = archived.folder / "forged.age"
    recipients = [identity.to_public() for identity in identities]
    with (
        opened(archived.archive, identities) as ours,
        forged.open("wb") as out,
        sealing(out, recipients) as theirs,
    ):
        for member in ours:
            file = ours.extractfile(member)
            content = file.read() if file else b""
            if member.name == "schema.json":
                content = json.dumps([*json.loads(content), "CREATE TABLE public.forged ()"]).encode()
            member.size = len(content)
            theirs.addfile(member, BytesIO(content))
    for options in ((), ("--rehearse",)):
        with mock.patch.object(provisioning, "create_schema") as begun:
            assert "forged.age" in archived.refusal(*options, archive=forged)
        assert not begun.called


def test_whoever_has_another_key_opens_nothing(archived: Archived, settings: Any) -> None:
    archived.suspend()
    (archived.folder / "other.txt").write_text(str(pyrage.x25519.Identity.generate()))
    (archived.folder / "empty.txt").write_text("# nothing\n")
    assert "alfa.age" in archived.refusal(key="other.txt")
    assert "empty.txt" in archived.refusal(key="empty.txt")
    assert archived.refusal(key="nowhere.txt")
    # Another installation's master keys open nothing either; a retired one of ours still does.
    ours, other = settings.MASTER_KEYS, Fernet.generate_key().decode()
    settings.MASTER_KEYS = [other]
    assert "MASTER_KEYS" in archived.refusal()
    settings.MASTER_KEYS = [other, *ours]
    assert "can be restored" in archived.restore("--rehearse")
    # Signed by a new key, its tenant's key still wrapped with the old one, which is thrown away too early.
    turned = archived.folder / "turned.age"
    call_command("archive_tenant", "alfa", str(turned), stdout=StringIO())
    settings.MASTER_KEYS = [other]
    assert "nie otwiera klucza samorządu" in archived.refusal(archive=turned)


def test_an_archive_from_before_a_new_key_comes_back_with_its_own(archived: Archived) -> None:
    archived.suspend()
    before = bytes(archived.tenant.data_key)
    with mock.patch("tenants.actions.rekeying.SETTLED", timedelta(0)):
        call_command("rotate_tenant_key", "alfa", "--reason", "próba", stdout=StringIO())
    between = bytes(archived.tenant.data_key)
    archived.restore("--reason", "próba")
    assert bytes(archived.tenant.data_key) == before != between
    assert {bytes(key) for key in FormerKey.objects.values_list("wrapped", flat=True)} == {before, between}

    def opens_all() -> bool:
        with tenant_scope(archived.tenant):
            person = Person.objects.get(pk=archived.world.decision.person_id)
            [secret] = SigningSecret.objects.filter(key__tenant=archived.tenant, key__retired_at=None)
            private = decrypt_bytes(secret.wrapped)
            return (
                decrypt(bytes(person.pesel_encrypted)) == PESEL
                and public_half(private) == secret.key.public_key
            )

    # What signs stands in a shared table, which the archive does not put back.
    assert opens_all()
    FormerKey.objects.update(retired_at=timezone.now() - timedelta(hours=2))
    call_command("rotate_tenant_key", "alfa", "--finish", stdout=StringIO())
    assert opens_all() and not FormerKey.objects.exists()


def test_an_archive_is_of_one_instant(archived: Archived, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = archived.folder / "later.age"
    ours = writing._dictionary

    def meanwhile() -> bytes:
        def change() -> None:
            save_visit(archived.world, "2024-10-09")
            connection.close()

        other = threading.Thread(target=change)
        other.start()
        other.join()
        return ours()

    monkeypatch.setattr(writing, "_dictionary", meanwhile)
    call_command("archive_tenant", "alfa", str(entered), stdout=StringIO())
    with tenant_scope(archived.tenant):
        assert Visit.objects.count() == 2
    archived.suspend()
    archived.restore("--reason", "próba", archive=entered)
    with tenant_scope(archived.tenant):
        assert Visit.objects.count() == 1


def test_a_damaged_file_is_named_and_the_rest_is_archived(archived: Archived) -> None:
    with tenant_scope(archived.tenant):
        [stored] = StoredFile.objects.all()
        default_storage.delete(stored.key)
        default_storage.save(stored.key, ContentFile(b"other"))
    out, path = StringIO(), archived.folder / "damaged.age"
    with pytest.raises(CommandError, match="1 files are not in it"):
        call_command("archive_tenant", "alfa", str(path), stdout=out, stderr=out)
    assert stored.key in out.getvalue()
    assert "can be restored" in archived.restore("--rehearse", archive=path)
    # The archive of before has the file; what lies in its place is not written over.
    archived.suspend()
    assert stored.key in archived.refusal()


def test_nobody_can_read_a_person_in_an_archive(archived: Archived) -> None:
    content = archived.archive.read_bytes()
    with tenant_scope(archived.tenant):
        person = Person.objects.first()
    assert person is not None
    # Long enough that ciphertext does not hold one by chance.
    for told in (str(person.surname), "Zażółć", "stored_at", "delivery_visit"):
        assert told.encode() not in content
    assert archived.archive.stat().st_mode & 0o077 == 0


def test_what_cannot_be_archived_is_told_and_leaves_nothing(archived: Archived, settings: Any) -> None:
    path = archived.folder / "new.age"
    wrong = (
        (("alfa", str(archived.archive)), "alfa.age"),
        (("alfa", str(path), "--recipient", "age1nic"), "age1nic"),
        (("omega", str(path)), "/omega/"),
    )
    for arguments, told in wrong:
        with pytest.raises(CommandError, match=told):
            call_command("archive_tenant", *arguments)
    recipients, settings.ARCHIVE_RECIPIENTS = settings.ARCHIVE_RECIPIENTS, []
    with pytest.raises(CommandError, match="ARCHIVE_RECIPIENTS"):
        call_command("archive_tenant", "alfa", str(path))
    settings.ARCHIVE_RECIPIENTS = recipients
    begun = path.with_name("new.age.partial")
    begun.touch()
    with pytest.raises(CommandError, match=r"new\.age\.partial już istnieje"):
        call_command("archive_tenant", "alfa", str(path))
    begun.unlink()
    Tenant.objects.filter(slug="alfa").update(migrated_to="")
    with pytest.raises(CommandError, match="migrate_tenants"):
        call_command("archive_tenant", "alfa", str(path))
    assert not path.exists() and not list(archived.folder.glob("*.partial"))
