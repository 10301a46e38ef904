"""What is told in confidence: encrypted, read by the team alone, every reading recorded, versions chained."""

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pypdf import PdfReader

from audit.models import Entry, Reading
from kernel.anonymity import ANONYMISED
from kernel.crypto import encrypt
from reporting.care.models import Person
from reporting.crisis.actions import name_worker, release_worker, write_document
from reporting.crisis.casefile import filled_fields
from reporting.crisis.models import CrisisCase, CrisisDocument
from tenants.roles import Role
from tests.factories.care import ContractFactory, PersonFactory
from tests.factories.people import partner
from tests.reporting.crisis.centre import MARK, a_case, actor, sessions

SECRET = "Słodkowodna tajemnica"


@pytest.fixture
def lead(in_alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in(Role.SOCIAL_WORKER, in_alfa)


@pytest.fixture
def case(lead: Any) -> Any:
    made = a_case(lead)
    write_document(made, "first_contact", {"event": SECRET, "safety": SECRET}, actor=actor(lead))
    sessions(made, lead, 1)
    return made


def _addresses(case: Any) -> list[str]:
    document = case.documents.get()
    start = f"/alfa/crisis/{case.pk}/"
    return [
        "/alfa/crisis/",
        start,
        f"{start}documents/{document.pk}/",
        f"{start}documents/{document.pk}/revise/",
        f"{start}documents/new/continuation/",
        f"{start}file/",
        f"{start}team/",
        f"{start}sessions/{case.sessions.get().pk}/",
        f"{start}problems/",
        f"{start}close/",
        f"{start}referrals/new/",
        "/alfa/",
    ]


def test_a_version_that_is_not_as_it_was_written_is_said_to_be_so(case: Any, lead: Any) -> None:
    document = case.documents.get()
    # As a broken backup would; the application has no way to write into a version.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE crisis_crisisdocument SET body = %s WHERE id = %s", [b"x", document.pk])
    answer = lead.get(f"/alfa/crisis/{case.pk}/documents/{document.pk}/")
    assert answer.status_code == 409 and "nie da się jej odczytać" in answer.content.decode()


@pytest.mark.parametrize(
    "role", [Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER, Role.INSPECTOR, Role.BENEFITS_WORKER]
)
def test_nobody_but_the_team_is_told_anything(
    role: str, case: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client = sign_in(role, in_alfa)
    for address in _addresses(case):
        for answer in (client.get(address), client.get(address, follow=True)):
            told = answer.content.decode("utf-8", "ignore")
            assert SECRET not in told and MARK not in told, address
            assert not answer.headers["Content-Type"].startswith("application/pdf")
    assert not Reading.objects.filter(actor_id=client.user.pk, page__startswith="crisis.").exists()


def test_heads_see_states_and_counts(case: Any, in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    told = sign_in(Role.DIRECTOR, in_alfa).get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert case.number in told and "1 / 8" in told and "pod pseudonimem" in told
    assert "Sprawa ma 1 dokument." in told


def test_the_unit_reads_nothing_of_an_organisations_case(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    own = partner(in_alfa)
    contract = ContractFactory(organisation=own, valid_from=timezone.localdate() - timedelta(days=99))
    carer = sign_in(Role.WORKER, in_alfa, own)
    case = a_case(carer, contract=contract)
    write_document(case, "first_contact", {"event": SECRET}, actor=actor(carer))
    sessions(case, carer, 1)
    for role in (Role.COORDINATOR, Role.SOCIAL_WORKER):
        client = sign_in(role, in_alfa)
        for address in _addresses(case):
            assert SECRET not in client.get(address, follow=True).content.decode("utf-8", "ignore")
    assert SECRET in carer.get(_addresses(case)[2]).content.decode()
    manager = sign_in(Role.NGO_MANAGER, in_alfa, own)
    assert SECRET not in manager.get(_addresses(case)[1]).content.decode()


def test_a_deputy_reads_until_released_and_each_reading_is_recorded(
    case: Any, lead: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    deputy = sign_in(Role.COORDINATOR, in_alfa)
    address = _addresses(case)[2]
    assert SECRET not in deputy.get(address, follow=True).content.decode()
    named = name_worker(case, user_id=deputy.user.pk, part="deputy", actor=actor(lead))
    for _each in range(2):
        answer = deputy.get(address)
        assert SECRET in answer.content.decode() and answer.headers["Cache-Control"] == "no-store"
    readings = Reading.objects.filter(actor_id=deputy.user.pk, page="crisis.document")
    assert [row.subject_ids for row in readings] == [[str(case.pk)]] * 2
    assert MARK in deputy.get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert Reading.objects.filter(actor_id=deputy.user.pk, page="crisis.case").count() == 1
    release_worker(named, actor=actor(lead))
    assert SECRET not in deputy.get(address, follow=True).content.decode()


def test_nothing_readable_lies_in_the_database(case: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM crisis_crisisdocument")
        bodies = [bytes(row[0]) for row in cursor.fetchall()]
        cursor.execute("SELECT alias_encrypted FROM crisis_crisiscase")
        aliases = [bytes(row[0]) for row in cursor.fetchall()]
    assert bodies and all(SECRET.encode() not in body for body in bodies)
    assert aliases and all(MARK.encode() not in alias for alias in aliases)
    assert not any(
        SECRET in str(entry.payload) or MARK in str(entry.payload) for entry in Entry.objects.all()
    )


def test_a_document_gets_versions_and_the_earlier_ones_stay(case: Any, lead: Any) -> None:
    first = case.documents.get()
    page = f"/alfa/crisis/{case.pk}/documents/{first.pk}/"
    assert SECRET in lead.get(f"{page}revise/").content.decode()
    told = {"seen": "1", "event": "Sprostowanie po rozmowie"}
    second = lead.post(f"{page}revise/", told).url
    assert "Sprostowanie" in lead.get(second).content.decode()
    earlier = lead.get(page).content.decode()
    assert SECRET in earlier and "wcześniejsza wersja" in earlier
    late = lead.post(f"{page}revise/", {**told, "event": "Spóźnione"})
    assert late.status_code == 409 and "Spóźnione" in late.content.decode()
    assert 'value="2"' in late.content.decode(), "sent once more, it becomes the version after"
    assert lead.post(f"{page}revise/", {"seen": "2", "event": "Spóźnione"}).status_code == 302
    assert list(case.documents.values_list("version", "sequence")) == [(1, 1), (2, 2), (3, 3)]


def test_a_case_has_one_of_each_document_but_many_continuations(case: Any, lead: Any) -> None:
    start = f"/alfa/crisis/{case.pk}/documents/new/"
    assert lead.post(f"{start}first_contact/", {"seen": 0, "event": "drugi"}).status_code == 422
    assert lead.post(f"{start}help_plan/", {"seen": 0, "goals": "  "}).status_code == 422
    for _each in range(2):
        assert lead.post(f"{start}continuation/", {"seen": 0, "course": "rozmowa"}).status_code == 302
    assert lead.get(f"{start}diary/").status_code == 404
    assert case.documents.filter(kind="continuation").values("series").distinct().count() == 2


def test_a_version_is_never_changed_or_removed(case: Any) -> None:
    document = case.documents.get()
    with pytest.raises(TypeError):
        document.save()
    with pytest.raises(TypeError):
        document.delete()


def test_the_case_file_proves_itself(case: Any, lead: Any) -> None:
    answer = lead.get(f"/alfa/crisis/{case.pk}/file/")
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    document = case.documents.get()
    assert SECRET in text and MARK in text
    assert document.hash[:20] in text.replace("\n", "") and document.content_hash[:20] in text.replace(
        "\n", ""
    )
    noted = Entry.objects.filter(verb="export_crisis_case").get()
    assert noted.payload == {
        "sha256": hashlib.sha256(answer.content).hexdigest(),
        "last_hash": document.hash,
    }
    assert Entry.objects.get(verb="write_crisis_document").payload["hash"] == document.hash
    assert Reading.objects.filter(page="crisis.case_file").count() == 1
    assert lead.get(f"/alfa/crisis/{case.pk}/file/").content == answer.content


@pytest.mark.parametrize("column", ["author_name", "previous_hash", "written_at", "body"])
def test_a_file_whose_versions_were_touched_is_not_made(column: str, case: Any, lead: Any) -> None:
    second = write_document(case, "help_plan", {"goals": "spokój"}, actor=actor(lead))
    changed: Any = {
        "author_name": "Ktoś inny",
        "previous_hash": "0" * 64,
        "written_at": second.written_at + timedelta(minutes=1),
        "body": bytes(case.documents.get(sequence=1).body),
    }[column]
    with transaction.atomic():
        CrisisDocument.objects.filter(pk=second.pk).update(**{column: changed})
    answer = lead.get(f"/alfa/crisis/{case.pk}/file/")
    assert answer.status_code == 409
    assert "Wersja 2" in answer.content.decode()
    assert not Entry.objects.filter(verb="export_crisis_case").exists()


def test_a_text_that_cannot_be_decrypted_is_said_to_be_broken(case: Any, lead: Any) -> None:
    document = case.documents.get()
    CrisisDocument.objects.filter(pk=document.pk).update(body=b"gAAAA-not-a-token")
    _require_said_broken(case, lead)


def _require_said_broken(case: Any, lead: Any) -> None:
    document = case.documents.get()
    for address in (f"documents/{document.pk}/", f"documents/{document.pk}/revise/", "file/"):
        answer = lead.get(f"/alfa/crisis/{case.pk}/{address}")
        assert answer.status_code == 409, address
        assert "nie jest taka, jak ją zapisano" in answer.content.decode()


@pytest.mark.parametrize("identity", ["anonymous", "alias", "person"])
def test_a_text_that_somebody_emptied_is_broken_unless_the_person_is_anonymised(
    identity: str, case: Any, lead: Any
) -> None:
    person = PersonFactory() if identity == "person" else None
    alias = encrypt("Pani spod szóstki") if identity == "alias" else None
    CrisisCase.objects.filter(pk=case.pk).update(identity=identity, person=person, alias_encrypted=alias)
    CrisisDocument.objects.filter(case=case).update(body=b"")
    _require_said_broken(case, lead)
    assert filled_fields([case.pk]) == {case.pk: {"first_contact": set()}}
    if person is not None:
        Person.objects.filter(pk=person.pk).update(
            surname=ANONYMISED, given_name="", birth_year=None, anonymised_at=timezone.now()
        )
        assert lead.get(f"/alfa/crisis/{case.pk}/file/").status_code == 200
        document = case.documents.get()
        assert lead.get(f"/alfa/crisis/{case.pk}/documents/{document.pk}/").status_code == 200
