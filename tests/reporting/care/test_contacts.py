"""How a person is reached, through HTTP: who reads and writes it, what is refused, what is never told."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from audit.models import Entry, Reading
from kernel.tenancy import tenant_scope
from reporting.care.contacts import Contact, phone_number, phone_shown
from reporting.care.models import Person
from tests.factories.care import DecisionFactory, PersonFactory

SignIn = Callable[..., Any]
TYPED = {
    "address": "ul. Polna 4 m. 2, Barlinek",
    "phone": "270 000-101",
    "close_name": "Anna Ćwik",
    "close_relation": "córka",
    "close_phone": "+49 (30) 901820",
    "entry_note": "Klucz u sąsiadki.\nPies.",
}
STORED = Contact(
    "ul. Polna 4 m. 2, Barlinek",
    "+48270000101",
    "Anna Ćwik",
    "córka",
    "+4930901820",
    "Klucz u sąsiadki. Pies.",
)
ENDED = {"valid_from": date(2020, 1, 1), "valid_to": date(2020, 12, 31)}


def _address(person: Any) -> str:
    return f"/alfa/care/persons/{person.pk}/contact/"


def _stored(care: Any) -> Person:
    with tenant_scope(care.tenant):
        found: Person = Person.objects.get(pk=care.person.pk)
    return found


def _reach(care: Any, contact: Contact = STORED) -> None:
    with tenant_scope(care.tenant):
        care.person.write_contact(contact)
        care.person.save()


@pytest.mark.parametrize(
    ("typed", "number", "shown"),
    [
        ("600100200", "+48600100200", "600 100 200"),
        ("+48 600-100-200", "+48600100200", "600 100 200"),
        ("0048 91 746 20 00", "+48917462000", "917 462 000"),
        ("(91) 746.20.00", "+48917462000", "917 462 000"),
        ("+49 30 901820", "+4930901820", "+4930901820"),
    ],
)
def test_numbers_are_stored_with_their_country(typed: str, number: str, shown: str) -> None:
    assert phone_number(typed) == number and phone_shown(number) == shown


@pytest.mark.parametrize(
    "typed",
    ["60010020", "6001002000", "060010020", "+48 60010020", "+0123456789", "sześćset", "٦٠٠١٠٠٢٠٠", "+", ""],
)
def test_what_is_no_number(typed: str) -> None:
    assert phone_number(typed) is None


@pytest.mark.parametrize("role", ["director", "coordinator", "social_worker"])
def test_the_unit_enters_it_and_only_fields_are_named(
    care: Any, sign_in: SignIn, role: str, caplog: Any
) -> None:
    client = sign_in(role, care.tenant)
    seen = client.get(_address(care.person)).context["form"].initial["seen"]
    assert client.post(_address(care.person), {**TYPED, "seen": seen}).status_code == 302
    person = _stored(care)
    with tenant_scope(care.tenant):
        assert person.contact == STORED
        assert b"Polna" not in bytes(person.contact_encrypted)
        entry = Entry.objects.get(verb="change_contact")
        assert entry.payload == {"fields": list(TYPED)} and entry.subject_id == str(person.pk)
        pages = Reading.objects.filter(actor_id=client.user.pk).values_list("page", "subject_ids")
        assert list(pages) == [("care.edit_contact", [str(person.pk)])]
    page = client.get(f"/alfa/care/persons/{care.person.pk}/").content.decode()
    for told in (
        'href="tel:+48270000101"',
        "270 000 101",
        "Anna Ćwik (córka)",
        "ul. Polna 4",
        "Klucz u sąsiadki",
    ):
        assert told in page
    for secret in ("Polna", "270000101", "Anna Ćwik"):
        assert secret not in caplog.text
    # The same once more changes nothing and says nothing.
    form = client.get(_address(care.person)).context["form"]
    assert form["phone"].value() == "270 000 101"
    client.post(_address(care.person), {**TYPED, "seen": form.initial["seen"]})
    with tenant_scope(care.tenant):
        assert Entry.objects.filter(verb="change_contact").count() == 1


def test_what_is_cleared_is_removed(care: Any, sign_in: SignIn) -> None:
    _reach(care)
    assert sign_in("coordinator", care.tenant).post(_address(care.person), {}).status_code == 302
    assert _stored(care).contact_encrypted is None


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"phone": "600 100"}, "phone", "600 100"),
        ({"close_phone": "brak"}, "close_phone", "brak"),
        ({"close_name": ""}, "close_name", ""),
        ({"address": "x" * 201}, "address", "201"),
    ],
)
def test_refusals_name_field_and_value(
    care: Any, sign_in: SignIn, changes: dict[str, str], field: str, told: str
) -> None:
    answer = sign_in("director", care.tenant).post(_address(care.person), {**TYPED, **changes})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert told in str(answer.context["form"].errors[field])
    assert f'href="#id_{field}"' in answer.content.decode()
    assert _stored(care).contact_encrypted is None


def test_the_later_editor_is_told(care: Any, sign_in: SignIn) -> None:
    client = sign_in("director", care.tenant)
    seen = client.get(_address(care.person)).context["form"].initial["seen"]
    assert client.post(_address(care.person), {**TYPED, "seen": seen}).status_code == 302
    late = client.post(_address(care.person), {**TYPED, "address": "ul. Późna 1", "seen": seen})
    told = late.content.decode()
    assert late.status_code == 409 and 'value="ul. Późna 1"' in told
    assert f"Teraz zapisane: {TYPED['address']}" in told
    with tenant_scope(care.tenant):
        assert _stored(care).contact.address == TYPED["address"]


@pytest.mark.parametrize("role", ["benefits_worker", "inspector"])
def test_readers_see_and_do_not_edit(care: Any, sign_in: SignIn, role: str) -> None:
    _reach(care)
    client = sign_in(role, care.tenant)
    page = client.get(f"/alfa/care/persons/{care.person.pk}/").content.decode()
    assert "ul. Polna 4" in page and _address(care.person) not in page
    assert client.get(_address(care.person)).status_code == 403
    assert client.post(_address(care.person), TYPED).status_code == 403


def test_an_organisation_reads_it_only_while_it_has_the_person_in_care(care: Any, sign_in: SignIn) -> None:
    _reach(care)
    address = f"/alfa/care/persons/{care.person.pk}/"
    today = timezone.localdate()
    with tenant_scope(care.tenant):
        DecisionFactory(contract=care.contract, person=care.person, **ENDED)
        DecisionFactory(
            contract=care.other_contract,
            person=care.person,
            valid_from=today,
            valid_to=date(today.year + 1, 12, 31),
        )
        stranger = DecisionFactory(contract=care.other_contract)
    former = sign_in("ngo_coordinator", care.tenant, care.organisation)
    page = former.get(address).content.decode()
    assert "Ćwik Łucja" in page and "Polna" not in page and "270 000 101" not in page
    assert former.get(f"/alfa/care/persons/{stranger.person_id}/").status_code == 404
    assert former.get(_address(care.person)).status_code == 403
    caring = sign_in("ngo_coordinator", care.tenant, care.other)
    assert "ul. Polna 4" in caring.get(address).content.decode()


def test_another_tenants_person_is_not_there(care: Any, beta: Any, sign_in: SignIn) -> None:
    with tenant_scope(beta):
        stranger = PersonFactory()
    client = sign_in("director", care.tenant)
    assert client.get(_address(stranger)).status_code == 404
    assert client.post(_address(stranger), TYPED).status_code == 404
    assert client.get(f"/beta/care/persons/{stranger.pk}/contact/").status_code == 404


def test_a_script_stays_text(care: Any, sign_in: SignIn) -> None:
    _reach(care, Contact(address="<script>alert(1)</script>"))
    page = sign_in("director", care.tenant).get(f"/alfa/care/persons/{care.person.pk}/").content.decode()
    assert escape("<script>alert(1)</script>") in page and "<script>alert" not in page


def test_the_page_asks_as_often_with_many_decisions(care: Any, sign_in: SignIn) -> None:
    _reach(care)
    client = sign_in("ngo_coordinator", care.tenant, care.organisation)
    counts = []
    for year in (2026, 2030):
        with tenant_scope(care.tenant):
            for one in range(year, year + 4):
                DecisionFactory(
                    contract=care.contract,
                    person=care.person,
                    valid_from=date(one, 1, 1),
                    valid_to=date(one, 12, 31),
                )
        client.get(f"/alfa/care/persons/{care.person.pk}/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/alfa/care/persons/{care.person.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
