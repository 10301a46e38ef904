"""A tenant's own key is changed for a new one: everything is encrypted anew, and nothing is lost meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest import mock

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Entry
from contracting.tenders.actions import drafting
from documents.models import StoredFile
from documents.uploads import Upload
from kernel import crypto
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.signing import holds, sign
from kernel.tenancy import tenant_scope
from reporting.care.models import Person
from reporting.statistics.models import SigningKey, SigningSecret
from tenants import actions
from tenants.archives.tables import Shape
from tenants.doctor.keys import look_at_former_keys
from tenants.models import FormerKey, Tenant
from tests.contracting.tenders.offers_world import MANAGER, bidder, published_call, written_offer
from tests.factories.care import PersonFactory

pytestmark = pytest.mark.django_db
PDF = Upload(b"%PDF-1.7 ARONIA-STATUT %%EOF", "Statut Aronia.pdf", "application/pdf")
PESEL = "44051401359"


@pytest.fixture(autouse=True)
def _no_cached_keys() -> Iterator[None]:
    crypto._unwrap.cache_clear()
    yield
    crypto._unwrap.cache_clear()


@pytest.fixture
def closed(alfa: Tenant, settings: Any, tmp_path: Any) -> Tenant:
    """Alfa, suspended for a while, with a person, a signing key and a draft that has a file."""
    settings.MEDIA_ROOT = tmp_path
    with tenant_scope(alfa):
        PersonFactory(pesel_encrypted=crypto.encrypt(PESEL), pesel_index=crypto.blind_index(PESEL))
        drafting.add_file(written_offer(published_call(), bidder()), PDF, purpose="", actor=MANAGER)
    actions.suspend_tenant(alfa, reason="Zmiana klucza", actor=Actor.system("tests"))
    Entry.objects.filter(verb="suspend_tenant").update(at=timezone.now() - timedelta(minutes=4))
    return alfa


def _rotate(*given: str) -> str:
    told = StringIO()
    call_command("rotate_tenant_key", "alfa", *given, stdout=told, stderr=told)
    return told.getvalue()


def _refusal(*given: str) -> str:
    with pytest.raises(CommandError) as refused:
        _rotate(*given)
    return str(refused.value)


def _again(tenant: Tenant) -> Tenant:
    return Tenant.objects.get(pk=tenant.pk)


def _an_hour_passes() -> None:
    FormerKey.objects.update(retired_at=timezone.now() - timedelta(minutes=61))


def _tokens(tenant: Tenant) -> list[bytes]:
    """Everything that looks like a ciphertext in the tenant's tables, in its files and where it signs."""
    found = []
    with tenant_scope(tenant), connection.cursor() as cursor:
        for name in Shape(tenant.schema_name):
            cursor.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name = %s AND data_type = 'bytea'",
                [tenant.schema_name, name],
            )
            for (column,) in cursor.fetchall():
                cursor.execute(f'SELECT "{column}" FROM "{tenant.schema_name}"."{name}"')
                found += [bytes(value) for (value,) in cursor.fetchall() if value is not None]
        found += [bytes(secret.wrapped) for secret in SigningSecret.objects.filter(key__tenant=tenant)]
        for stored in StoredFile.objects.filter(is_encrypted=True):
            with default_storage.open(stored.key) as file:
                found.append(file.read())
    return [token for token in found if token.startswith(b"gAAAAA")]


def _opened_by(wrapped: bytes, tokens: list[bytes]) -> int:
    key, opened = Fernet(crypto._unwrap(wrapped)), 0
    for token in tokens:
        try:
            key.decrypt(token)
        except InvalidToken:
            continue
        opened += 1
    return opened


def test_the_new_key_alone_opens_everything_and_the_old_one_nothing(closed: Tenant) -> None:
    before, old = _tokens(closed), bytes(closed.data_key)
    assert len(before) >= 4 and _opened_by(old, before) == len(before)
    told = _rotate("--reason", "wyciek")
    assert "care_person" in told and "files, 1 encrypted anew" in told and "--finish" in told
    new, tokens = bytes(_again(closed).data_key), _tokens(closed)
    assert (len(tokens), _opened_by(old, tokens), _opened_by(new, tokens)) == (len(before), 0, len(before))
    _an_hour_passes()
    assert "0 values still needed one" in _rotate("--finish")
    assert not FormerKey.objects.exists()
    with tenant_scope(_again(closed)):
        [person] = Person.objects.with_pesel(PESEL)
        assert crypto.decrypt(person.pesel_encrypted) == PESEL
        row = drafting.OfferFile.objects.select_related("offer").get()
        content = drafting.read_draft(row.offer)
        assert drafting.draft_file(row.offer, content["files"][0]) == PDF.content
        key = SigningKey.objects.get(tenant=closed, retired_at__isnull=True)
        private = crypto.decrypt_bytes(SigningSecret.objects.get(key=key).wrapped)
        verbs = list(Entry.objects.order_by("-sequence").values_list("verb", flat=True)[:2])
    assert holds(key.public_key, "x", sign(private, "x"))
    assert verbs == ["forget_former_keys", "rotate_tenant_key"]
    assert list(Entry.objects.order_by("-sequence").values_list("verb", flat=True)[:2]) == verbs


def test_a_process_that_still_knows_the_old_key_reads_and_what_it_writes_is_not_lost(closed: Tenant) -> None:
    _rotate("--reason", "co roku")
    assert [finding.grade for finding in look_at_former_keys()] == []
    with tenant_scope(closed):
        [person] = Person.objects.exclude(pesel_encrypted=None)
        assert crypto.decrypt(person.pesel_encrypted) == PESEL
        written, place = crypto.encrypt("późno"), crypto.blind_index(PESEL)
        Person.objects.filter(pk=person.pk).update(contact_encrypted=written, pesel_index=place)
    with tenant_scope(_again(closed)):
        person.refresh_from_db()
        assert crypto.decrypt(person.contact_encrypted) == "późno"
        assert not Person.objects.with_pesel(PESEL)
    assert "godziny" in _refusal("--finish")
    with pytest.raises(DomainError, match="trzy minuty"):
        actions.resume_tenant(closed, actor=Actor.system("tests"))
    _an_hour_passes()
    assert "alfa" in next(look_at_former_keys()).sentence
    actions.resume_tenant(closed, actor=Actor.system("tests"))
    assert "2 values still needed one" in _rotate("--finish")
    with tenant_scope(_again(closed)):
        [person] = Person.objects.with_pesel(PESEL)
        assert crypto.decrypt(person.contact_encrypted) == "późno"
    assert not FormerKey.objects.exists()
    assert "0 values" in _rotate("--finish")


def test_a_run_that_fails_changes_nothing(closed: Tenant) -> None:
    before, key = _tokens(closed), bytes(closed.data_key)
    with (
        mock.patch("tenants.actions.rekeying.encrypt_files_anew", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
        transaction.atomic(),
    ):
        _rotate("--reason", "przerwana")
    assert (_tokens(closed), bytes(_again(closed).data_key)) == (before, key)
    assert not FormerKey.objects.exists()


def test_a_value_that_no_key_opens_stays_and_is_told(closed: Tenant) -> None:
    foreign = Fernet(Fernet.generate_key()).encrypt(b"x")
    with tenant_scope(closed):
        Person.objects.exclude(pesel_encrypted=None).update(contact_encrypted=foreign)
    assert "1 values of care_person are opened by no key" in _rotate("--reason", "wyciek")
    with tenant_scope(_again(closed)):
        assert bytes(Person.objects.exclude(pesel_encrypted=None).get().contact_encrypted) == foreign


def test_whoever_may_still_be_at_work_is_waited_for(alfa: Tenant) -> None:
    assert "Podaj powód" in _refusal()
    assert "zawieś" in _refusal("--reason", "x")
    actions.suspend_tenant(alfa, reason="Zmiana klucza", actor=Actor.system("tests"))
    assert "trzy minuty" in _refusal("--reason", "x")
    assert "no tenant at /nowhere/" in str(_caught("nowhere"))


def _caught(slug: str) -> CommandError:
    with pytest.raises(CommandError) as refused:
        call_command("rotate_tenant_key", slug, "--reason", "x")
    return refused.value


def test_a_new_master_key_takes_over_the_former_key_too(closed: Tenant, settings: Any) -> None:
    _rotate("--reason", "wyciek")
    old, new = settings.MASTER_KEYS[0], Fernet.generate_key().decode()
    settings.MASTER_KEYS = [new, old]
    call_command("rotate_master_keys", stdout=StringIO())
    settings.MASTER_KEYS = [new]
    crypto._unwrap.cache_clear()
    _an_hour_passes()
    assert "no former key is kept" in _rotate("--finish")
    entries = Entry.objects.filter(verb="rotate_master_keys", subject_id=str(closed.pk))
    assert entries.count() == 2
