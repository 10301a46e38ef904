"""Persons through HTTP: search without names in addresses, PESEL, readings, who may see whom."""

from typing import Any
from urllib.parse import unquote

import pytest

from audit.models import Entry, Reading
from kernel.tenancy import tenant_scope
from reporting.care.models import Person
from tests.factories.care import DecisionFactory, PersonFactory

GOOD, ANOTHER, WRONG = "44051401359", "02070803628", "44051401358"


def _form(**changes: Any) -> dict[str, Any]:
    return {
        "surname": "Śliwa",
        "given_name": "Maria",
        "code": "P010",
        "pesel": "",
        "birth_year": "",
        **changes,
    }


def test_create_with_pesel_encrypted_and_year_taken_from_it(care: Any, sign_in: Any) -> None:
    client = sign_in("social_worker", care.tenant)
    answer = client.post("/alfa/care/persons/new/", _form(pesel="440514 01359"))
    assert answer.status_code == 302
    with tenant_scope(care.tenant):
        person = Person.objects.get(code="P010")
        assert person.birth_year == 1944
        assert GOOD.encode() not in bytes(person.pesel_encrypted)
        entry = Entry.objects.get(verb="create_person")
        assert entry.subject_id == str(person.pk)
        assert "Śliwa" not in str(entry.payload) and GOOD not in str(entry.payload)


def test_wrong_checksum_needs_a_reason_and_the_field_appears_with_the_error(care: Any, sign_in: Any) -> None:
    client = sign_in("director", care.tenant)
    assert "pesel_override_reason" not in client.get("/alfa/care/persons/new/").content.decode()
    refused = client.post("/alfa/care/persons/new/", _form(pesel=WRONG))
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'name="pesel_override_reason"' in page and WRONG in page and 'value="Śliwa"' in page
    with tenant_scope(care.tenant):
        assert not Person.objects.filter(code="P010").exists()
        assert not Entry.objects.filter(verb="create_person").exists()
    accepted = client.post(
        "/alfa/care/persons/new/", _form(pesel=WRONG, pesel_override_reason="Tak wydrukowano w dowodzie")
    )
    assert accepted.status_code == 302
    with tenant_scope(care.tenant):
        assert Person.objects.get(code="P010").pesel_override_reason == "Tak wydrukowano w dowodzie"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pesel": "1234"}, "pesel"),
        ({"pesel": "4405140135x"}, "pesel"),
        ({"pesel": GOOD, "birth_year": "1950"}, "birth_year"),
        ({"birth_year": "1700"}, "birth_year"),
        ({"code": "P001"}, "code"),
        ({"surname": ""}, "surname"),
    ],
)
def test_refusals_name_the_field_and_save_nothing(
    care: Any, sign_in: Any, changes: dict[str, str], field: str
) -> None:
    answer = sign_in("coordinator", care.tenant).post("/alfa/care/persons/new/", _form(**changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in answer.content.decode()
    with tenant_scope(care.tenant):
        assert Person.objects.count() == 1
        assert not Entry.objects.exists()


def test_one_pesel_belongs_to_one_person(care: Any, sign_in: Any) -> None:
    client = sign_in("director", care.tenant)
    client.post("/alfa/care/persons/new/", _form(pesel=GOOD))
    answer = client.post("/alfa/care/persons/new/", _form(code="P011", pesel=GOOD))
    assert answer.status_code == 422
    assert "P010" in str(answer.context["form"].errors["pesel"])


def test_edit_keeps_replaces_and_removes_the_pesel(care: Any, sign_in: Any) -> None:
    client = sign_in("director", care.tenant)
    client.post("/alfa/care/persons/new/", _form(pesel=GOOD))
    with tenant_scope(care.tenant):
        person = Person.objects.get(code="P010")
    address = f"/alfa/care/persons/{person.pk}/edit/"
    assert GOOD not in client.get(address).content.decode()
    before = person.pesel_index
    assert client.post(address, _form(surname="Śliwińska", birth_year="1944")).status_code == 302
    with tenant_scope(care.tenant):
        person.refresh_from_db()
        assert (person.surname, person.pesel_index) == ("Śliwińska", before)
        entry = Entry.objects.get(verb="edit_person")
        assert entry.payload["fields"] == ["surname"]
    assert client.post(address, _form(pesel=ANOTHER, birth_year="")).status_code == 302
    with tenant_scope(care.tenant):
        person.refresh_from_db()
        assert person.pesel_index != before
    assert client.post(address, _form(remove_pesel="on", birth_year="1944")).status_code == 302
    with tenant_scope(care.tenant):
        person.refresh_from_db()
        assert person.pesel_encrypted is None and person.pesel_index is None


def test_pesel_is_masked_and_showing_it_is_noted(care: Any, sign_in: Any) -> None:
    client = sign_in("benefits_worker", care.tenant)
    sign_in("director", care.tenant).post("/alfa/care/persons/new/", _form(pesel=GOOD))
    with tenant_scope(care.tenant):
        person = Person.objects.get(code="P010")
    page = client.get(f"/alfa/care/persons/{person.pk}/").content.decode()
    assert "…1359" in page and GOOD not in page
    address = f"/alfa/care/persons/{person.pk}/pesel/"
    assert client.get(address).status_code == 405
    shown = client.post(address)
    assert GOOD in shown.content.decode() and shown.headers["Cache-Control"] == "no-store"
    fragment = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert GOOD in fragment and "<html" not in fragment
    with tenant_scope(care.tenant):
        readings = Reading.objects.filter(page="person.pesel", actor_id=client.user.pk)
        assert [reading.subject_ids for reading in readings] == [[str(person.pk)]] * 2


def test_search_finds_by_name_code_and_pesel_and_no_address_tells(care: Any, sign_in: Any) -> None:
    client = sign_in("director", care.tenant)
    client.post("/alfa/care/persons/new/", _form(pesel=GOOD))
    for term, found, not_found in [
        ("cwik", "Ćwik Łucja", "Śliwa"),
        ("ŁUCJA ćw", "Ćwik Łucja", "Śliwa"),
        ("p010", "Śliwa Maria", "Ćwik"),
        (GOOD, "Śliwa Maria", "Ćwik"),
        ("44051401359 ", "Śliwa Maria", "Ćwik"),
    ]:
        answer = client.post("/alfa/care/persons/", {"q": term})
        assert answer.status_code == 302
        assert term.strip().lower() not in unquote(answer.url).lower()
        page = client.get(answer.url).content.decode()
        table = page[page.index("<tbody>") :]
        assert found in table and not_found not in table
    part_of_pesel = client.post("/alfa/care/persons/", {"q": "440514"})
    assert b"<tbody>" not in client.get(part_of_pesel.url).content


def test_a_token_of_another_tenant_opens_nothing(care: Any, beta: Any, sign_in: Any) -> None:
    foreign = sign_in("director", beta).post("/beta/care/persons/", {"q": "Ćwik"}).url
    token = foreign.split("find=")[1]
    page = sign_in("director", care.tenant).get(f"/alfa/care/persons/?find={token}")
    assert page.status_code == 200
    assert page.context["term"] == ""


def test_lists_note_who_was_shown(care: Any, sign_in: Any) -> None:
    client = sign_in("inspector", care.tenant)
    client.get("/alfa/care/persons/")
    client.get(f"/alfa/care/persons/{care.person.pk}/")
    with tenant_scope(care.tenant):
        pages = Reading.objects.filter(actor_id=client.user.pk).values_list("page", "subject_ids")
        assert list(pages.order_by("at")) == [
            ("care.persons", [str(care.person.pk)]),
            ("care.person", [str(care.person.pk)]),
        ]


@pytest.mark.parametrize("role", ["ngo_manager", "ngo_coordinator"])
def test_an_organisation_sees_its_own_persons_and_decisions_only(care: Any, sign_in: Any, role: str) -> None:
    with tenant_scope(care.tenant):
        own = DecisionFactory(contract=care.contract, person=care.person, number="D/OWN/2026")
        DecisionFactory(
            contract=care.other_contract,
            person=care.person,
            number="D/THEIRS/2026",
            valid_from=own.valid_to.replace(year=2027),
            valid_to=own.valid_to.replace(year=2028),
        )
        stranger = DecisionFactory(contract=care.other_contract, person__surname="Obcy")
    client = sign_in(role, care.tenant, care.organisation)
    listed = client.get("/alfa/care/persons/").content.decode()
    assert "Ćwik Łucja" in listed and "Obcy" not in listed
    page = client.get(f"/alfa/care/persons/{care.person.pk}/").content.decode()
    assert "D/OWN/2026" in page and "D/THEIRS/2026" not in page and "PESEL" not in page
    assert client.get(f"/alfa/care/persons/{stranger.person_id}/").status_code == 404
    assert client.post(f"/alfa/care/persons/{care.person.pk}/pesel/").status_code == 403


def test_an_organisation_cannot_find_by_pesel(care: Any, sign_in: Any) -> None:
    director = sign_in("director", care.tenant)
    director.post("/alfa/care/persons/new/", _form(pesel=GOOD))
    with tenant_scope(care.tenant):
        DecisionFactory(contract=care.contract, person=Person.objects.get(code="P010"))
    client = sign_in("ngo_coordinator", care.tenant, care.organisation)
    answer = client.post("/alfa/care/search/", {"q": GOOD})
    assert "Śliwa" not in client.get(answer.url).content.decode()


@pytest.mark.parametrize("role", ["benefits_worker", "inspector"])
def test_readers_do_not_edit(care: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, care.tenant)
    assert client.post("/alfa/care/persons/new/", _form()).status_code == 403
    address = f"/alfa/care/persons/{care.person.pk}/edit/"
    assert client.post(address, _form(surname="Zmieniona")).status_code == 403
    with tenant_scope(care.tenant):
        assert Person.objects.get().surname == "Ćwik"


@pytest.mark.parametrize("role", ["accountant", "committee_member"])
def test_others_see_no_person(care: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, care.tenant)
    for address in ("persons/", f"persons/{care.person.pk}/", "decisions/", "search/"):
        assert client.get(f"/alfa/care/{address}").status_code == 403


def test_another_tenants_person_is_not_there(care: Any, beta: Any, sign_in: Any) -> None:
    with tenant_scope(beta):
        stranger = PersonFactory()
    client = sign_in("director", care.tenant)
    for page in ("", "edit/", "decisions/new/"):
        assert client.get(f"/alfa/care/persons/{stranger.pk}/{page}").status_code == 404
    assert client.get(f"/beta/care/persons/{stranger.pk}/").status_code == 404


def test_the_later_editor_is_told(care: Any, sign_in: Any) -> None:
    client = sign_in("director", care.tenant)
    address = f"/alfa/care/persons/{care.person.pk}/edit/"
    seen = client.get(address).context["form"].initial["seen"]
    assert client.post(address, _form(code="P001", seen=seen)).status_code == 302
    late = client.post(address, _form(code="P001", surname="Późna", seen=seen))
    assert late.status_code == 409
    assert 'value="Późna"' in late.content.decode()


def test_names_stand_in_polish_order(care: Any, sign_in: Any) -> None:
    with tenant_scope(care.tenant):
        for surname in ("Żak", "Zając", "Łącka", "Lis", "Mazur", "Czapla"):
            PersonFactory(surname=surname)
    page = sign_in("director", care.tenant).get("/alfa/care/persons/")
    assert [person.surname for person in page.context["page"]] == [
        "Czapla", "Ćwik", "Lis", "Łącka", "Mazur", "Zając", "Żak",
    ]  # fmt: skip


def test_query_count_does_not_grow(care: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in("director", care.tenant)
    for count in (5, 50):
        with tenant_scope(care.tenant):
            for _ in range(Person.objects.count(), count):
                PersonFactory()
        with django_assert_max_num_queries(18):
            client.get("/alfa/care/persons/")
