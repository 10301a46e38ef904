"""Who saw the data of a person: the page, the document, and whom it counts."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from audit.actions import record_reading
from audit.models import Entry, Reading
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.advice.actions import booking
from reporting.care.actions.persons import PersonEntry, edit_person
from reporting.care.models import Person
from tests.factories.care import PersonFactory
from tests.factories.people import partner
from tests.reporting.advice.advice_world import make_world
from tests.reporting.crisis.centre import a_case


def _pages(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture
def person(care: Any) -> Person:
    with tenant_scope(care.tenant):
        made: Person = PersonFactory(surname="Śliwa", given_name="Maria")
    return made


def _at(person: Person, path: str = "") -> str:
    return f"/alfa/care/persons/{person.pk}/readings/{path}"


def test_every_reading_is_told_by_day_with_whom_it_was_made(care: Any, person: Person, sign_in: Any) -> None:
    organisation = partner(care.tenant)
    worker, coordinator = (
        sign_in("social_worker", care.tenant),
        sign_in("ngo_coordinator", care.tenant, organisation),
    )
    for _time in range(2):
        assert worker.get(f"/alfa/care/persons/{person.pk}/").status_code == 200
    with tenant_scope(care.tenant):
        other = PersonFactory()
        actor = Actor(coordinator.user.pk, "Ola Obca")
        record_reading("delivery:grid", actor=actor, subject_type="person", subject_ids=[other.pk, person.pk])
        record_reading("care.person", actor=actor, subject_type="person", subject_ids=[other.pk])
        machine = Actor.system("program")
        record_reading("exchange:visit", actor=machine, subject_type="person", subject_ids=[person.pk])
    html = sign_in("director", care.tenant).get(_at(person)).content.decode()
    told = " ".join(html.split())
    assert "Ola Obca" in told and str(organisation) in told and care.tenant.unit_name in told
    assert "platforma albo system wykonawcy" in told and told.count("strona osoby") == 1
    assert told.count("Ola Obca") == 1
    with tenant_scope(care.tenant):
        # Whoever looks at who looked is looked at, too.
        assert Reading.objects.filter(page="care.person_readings", subject_ids=[str(person.pk)]).count() == 1


def test_days_narrow_and_wrong_days_are_told(care: Any, person: Person, sign_in: Any) -> None:
    with tenant_scope(care.tenant):
        actor = Actor(new_id(), "Ola Obca")
        for day in ("2026-01-31T23:30:00+01:00", "2026-02-01T00:10:00+01:00"):
            record_reading("care.person", actor=actor, subject_type="person", subject_ids=[person.pk])
            newest = Reading.objects.order_by("-pk").first()
            assert newest is not None
            Reading.objects.filter(pk=newest.pk).update(at=day)
    director = sign_in("director", care.tenant)
    january = director.get(_at(person), {"first": "01.01.2026", "last": "31.01.2026"}).content.decode()
    assert "31.01.2026" in january and january.count("Ola Obca") == 1
    both = director.get(_at(person), {"last": "01.02.2026"}).content.decode()
    assert both.count("Ola Obca") == 2
    wrong = director.get(_at(person), {"first": "02.02.2026", "last": "01.02.2026"}).content.decode()
    assert "Ola Obca" not in wrong and "Ostatni dzień" in wrong
    refused = director.post(_at(person, "document/"), {"first": "02.02.2026", "last": "01.02.2026"})
    assert refused.status_code == 422
    with tenant_scope(care.tenant):
        assert not Entry.objects.filter(verb="tell_readings").exists()


def test_the_document_names_people_only_where_asked_and_is_recorded(
    care: Any, person: Person, sign_in: Any
) -> None:
    with tenant_scope(care.tenant):
        for name in ("Ola Obca", "Jan Inny"):
            actor = Actor(new_id(), name)
            record_reading("care.person", actor=actor, subject_type="person", subject_ids=[person.pk])
    director = sign_in("director", care.tenant)
    nameless = director.post(_at(person, "document/"), {"first": "", "last": ""})
    assert (
        nameless["Content-Type"] == "application/pdf"
        and "sliwa" not in nameless["Content-Disposition"].lower()
    )
    text = _pages(nameless.content)
    assert "Śliwa Maria" in text and "Ola Obca" not in text and "Jan Inny" not in text
    named = _pages(
        director.post(_at(person, "document/"), {"first": "", "last": "", "with_names": "on"}).content
    )
    assert "Ola Obca" in named and "Jan Inny" in named
    with tenant_scope(care.tenant):
        entries = Entry.objects.filter(verb="tell_readings", subject_id=str(person.pk)).order_by("sequence")
        assert [entry.payload["with_names"] for entry in entries if entry.payload] == [False, True]


def test_notes_of_advice_are_among_it_and_nothing_of_a_crisis(
    care: Any, person: Person, sign_in: Any
) -> None:
    interventionist = sign_in("social_worker", care.tenant)
    appointment = make_world(care.tenant).book(client=booking.Client(person=person))
    with tenant_scope(care.tenant):
        case = a_case(interventionist, identity="person", person=person, alias="")
        actor = Actor(new_id(), "Ola Obca")
        record_reading("advice:note", actor=actor, subject_type="advice", subject_ids=[appointment.pk])
        record_reading("crisis.document", actor=actor, subject_type="crisis_case", subject_ids=[case.pk])
    assert interventionist.get(f"/alfa/crisis/{case.pk}/").status_code == 200
    html = sign_in("director", care.tenant).get(_at(person)).content.decode()
    assert "notatka poufna" in html and html.count("Ola Obca") == 1
    with tenant_scope(care.tenant):
        # Whoever reads the log of readings by the key of a person learns nothing of a case either.
        of_cases = Reading.objects.filter(page__startswith="crisis")
        assert of_cases.count() == 2
        assert not of_cases.filter(subject_ids__contains=[str(person.pk)]).exists()


@pytest.mark.parametrize("role", ["coordinator", "social_worker", "inspector"])
def test_only_the_director_and_the_officer_tell(care: Any, person: Person, sign_in: Any, role: str) -> None:
    client = sign_in(role, care.tenant)
    assert client.get(_at(person)).status_code == 403
    assert client.post(_at(person, "document/"), {}).status_code == 403
    assert client.get("/alfa/care/persons/readings/").status_code == 403


def test_the_queries_do_not_grow(
    care: Any, person: Person, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    director = sign_in("director", care.tenant)
    with tenant_scope(care.tenant):
        for number in range(60):
            actor = Actor(new_id(), f"Osoba {number}")
            record_reading("care.person", actor=actor, subject_type="person", subject_ids=[person.pk])
    director.get(_at(person))
    with django_assert_max_num_queries(20):
        assert director.get(_at(person)).status_code == 200


@pytest.mark.parametrize("role", ["director", "privacy_officer"])
def test_who_asks_is_found_by_code_or_pesel_and_neither_comes_into_an_address(
    care: Any, person: Person, sign_in: Any, role: str
) -> None:
    with tenant_scope(care.tenant):
        PersonFactory(code="P777", surname="Obca", given_name="Anna")
        entry = PersonEntry("P778", "Śliwa", "Maria", pesel="44051401359")
        person = edit_person(person, entry, actor=Actor.system("tests"))
    client = sign_in(role, care.tenant)
    assert "/alfa/care/persons/readings/" in client.get("/alfa/audit/readings/").content.decode()
    for typed in (person.code.lower(), " 440514 01359 "):
        answer = client.post("/alfa/care/persons/readings/", {"person": typed})
        assert (answer.status_code, answer.headers["Location"]) == (302, _at(person))
    html = client.get(_at(person)).content.decode()
    assert "Śliwa Maria" in html and ("/alfa/care/persons/?" in html or '/alfa/care/persons/"' in html) == (
        role == "director"
    )
    unknown = client.post("/alfa/care/persons/readings/", {"person": "44051401458"})
    assert unknown.status_code == 422 and "Nikt nie ma tutaj takiego kodu" in unknown.content.decode()
    empty = client.post("/alfa/care/persons/readings/", {"person": " "})
    assert empty.status_code == 422 and "Wpisz kod albo PESEL" in empty.content.decode()
