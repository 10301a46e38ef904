"""Contracts through HTTP: who sees which, who edits, what is refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from contracting.contracts.actions import contract_stamp, draft_contract, edit_contract
from contracting.contracts.actions.lines import tranche_lines
from contracting.contracts.models import Contract, NamedStaff
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tests.factories.agreements import ACTOR, granted_award, sent_for_signature
from tests.factories.care import ContractFactory
from tests.factories.people import OrganisationFactory

READERS = ["director", "coordinator", "social_worker", "benefits_worker", "inspector", "accountant"]


def _form(partners: Any, **changes: Any) -> dict[str, Any]:
    return {
        "number": "U/9/2026",
        "service": str(partners.contract.service_id),
        "organisation": str(partners.own.pk),
        "signed_on": "2026-01-02",
        "valid_from": "2026-01-01",
        "valid_to": "31.12.2026",
        "price_per_hour": "41,50",
        "cap_minutes": "20 000 h",
        "amount": "",
        "outside_grant": "",
        "tranches-TOTAL_FORMS": "0",
        "tranches-INITIAL_FORMS": "0",
        "commitments-TOTAL_FORMS": "0",
        "commitments-INITIAL_FORMS": "0",
        **changes,
    }


@pytest.mark.parametrize("role", READERS)
def test_people_of_the_unit_read_contracts(partners: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, partners.tenant)
    listed = client.get("/alfa/contracts/").content.decode()
    assert "U/1/2026" in listed and "U/2/2026" in listed
    with tenant_scope(partners.tenant):
        NamedStaff.objects.create(contract=partners.contract, worker=partners.worker)
    page = client.get(f"/alfa/contracts/{partners.contract.pk}/").content.decode()
    assert "41,50" in page
    assert ("Zięba" in page) is (role != "accountant")


def test_committee_members_do_not(partners: Any, sign_in: Any) -> None:
    client = sign_in("committee_member", partners.tenant)
    assert client.get("/alfa/contracts/").status_code == 403
    assert client.get(f"/alfa/contracts/{partners.contract.pk}/").status_code == 403


@pytest.mark.parametrize("role", ["ngo_manager", "ngo_coordinator"])
def test_an_organisation_sees_its_own_contracts(partners: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, partners.tenant, partners.own)
    listed = client.get("/alfa/contracts/").content.decode()
    assert "U/1/2026" in listed and "U/2/2026" not in listed and "Stowarzyszenie" not in listed
    assert client.get(f"/alfa/contracts/{partners.other_contract.pk}/").status_code == 404
    assert client.get(f"/alfa/month/usage/{partners.other_contract.pk}/").status_code == 404


def test_create(partners: Any, sign_in: Any) -> None:
    client = sign_in("coordinator", partners.tenant)
    answer = client.post("/alfa/contracts/new/", _form(partners))
    assert answer.status_code == 302
    with tenant_scope(partners.tenant):
        contract = Contract.objects.get(number="U/9/2026")
        assert (contract.price_per_hour, contract.cap_minutes) == (Decimal("41.50"), 1_200_000)
        assert contract.valid_to == date(2026, 12, 31)
        assert Entry.objects.get(verb="create_contract").subject_id == str(contract.pk)


MONEY = {
    "amount": "90 000,00",
    "outside_grant": "10 000,00",
    "tranches-TOTAL_FORMS": "2",
    "tranches-0-year": "2026",
    "tranches-0-amount": "40 000,00",
    "tranches-0-minutes": "900 h",
    "tranches-1-year": "2027",
    "tranches-1-amount": "50 000,00",
    "tranches-1-minutes": "",
    "commitments-TOTAL_FORMS": "1",
    "commitments-0-indicator": "Czas zastępstwa",
    "commitments-0-direction": "at_most",
    "commitments-0-promised": "4",
    "commitments-0-unit": "h",
    "commitments-0-measure": "replacement_hours",
    "commitments-0-method": "",
    "commitments-0-part": "",
    "valid_to": "2027-12-31",
}


def test_an_entered_contract_has_its_money_by_years_and_its_commitments(partners: Any, sign_in: Any) -> None:
    client = sign_in("coordinator", partners.tenant)
    assert client.get("/alfa/contracts/new/").status_code == 200
    wrong = client.post("/alfa/contracts/new/", _form(partners, **MONEY | {"tranches-1-amount": "49 999,99"}))
    assert wrong.status_code == 422 and "0.01" in wrong.content.decode().replace("0,01", "0.01")
    assert client.post("/alfa/contracts/new/", _form(partners, **MONEY)).status_code == 302
    with tenant_scope(partners.tenant):
        contract = Contract.objects.get(number="U/9/2026")
        assert (contract.amount, contract.outside_grant) == (Decimal("90000.00"), Decimal("10000.00"))
        assert tranche_lines(contract) == [
            (2026, Decimal("40000.00"), 54_000),
            (2027, Decimal("50000.00"), None),
        ]
        assert contract.commitments.get().promised == Decimal("4.00")
    page = client.get(f"/alfa/contracts/{contract.pk}/").content.decode().replace("\xa0", " ")
    assert "40 000,00 zł" in page and "co najwyżej 4 h" in page
    address = f"/alfa/contracts/{contract.pk}/edit/"
    shown = client.get(address)
    assert shown.context["lines"].tranches.initial[1]["amount"] == Decimal("50000.00")
    seen = shown.context["form"].initial["seen"]
    stored = {"tranches-INITIAL_FORMS": "2", "commitments-INITIAL_FORMS": "1", "seen": seen}
    dropped = MONEY | stored | {"commitments-0-DELETE": "on"}
    assert client.post(address, _form(partners, **dropped)).status_code == 302
    with tenant_scope(partners.tenant):
        assert not contract.commitments.exists() and len(tranche_lines(contract)) == 2
        contract.amount = Decimal(0)
        with pytest.raises(IntegrityError), transaction.atomic():
            contract.save()


def test_five_years_bind_an_entered_contract_unless_it_was_procured(partners: Any, sign_in: Any) -> None:
    client = sign_in("coordinator", partners.tenant)
    long = _form(partners, valid_to="2031-01-01")
    refused = client.post("/alfa/contracts/new/", long)
    assert refused.status_code == 422 and "31.12.2030" in str(refused.context["form"].errors["valid_to"])
    assert client.post("/alfa/contracts/new/", {**long, "procured": "on"}).status_code == 302
    with tenant_scope(partners.tenant):
        contract = Contract.objects.get(number="U/9/2026")
    assert "Prawa zamówień publicznych" in client.get(f"/alfa/contracts/{contract.pk}/").content.decode()
    address = f"/alfa/contracts/{contract.pk}/edit/"
    again = client.post(address, {**long, "seen": _seen(client, address)})
    assert again.status_code == 422 and "valid_to" in again.context["form"].errors


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_to": "2025-12-31"}, "valid_to"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"price_per_hour": "-1"}, "price_per_hour"),
        ({"price_per_hour": "41,505"}, "price_per_hour"),
        ({"price_per_hour": "dużo"}, "price_per_hour"),
        ({"cap_minutes": "99999999 h"}, "cap_minutes"),
        ({"cap_minutes": "ok. 20"}, "cap_minutes"),
        ({"number": "U/1/2026"}, "number"),
        ({"number": ""}, "number"),
        ({"service": ""}, "service"),
    ],
)
def test_refusals_name_the_field_and_save_nothing(
    partners: Any, sign_in: Any, changes: dict[str, str], field: str
) -> None:
    answer = sign_in("director", partners.tenant).post("/alfa/contracts/new/", _form(partners, **changes))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert f'href="#id_{field}"' in answer.content.decode()
    with tenant_scope(partners.tenant):
        assert Contract.objects.count() == 2 and not Entry.objects.exists()


def test_only_partners_can_be_chosen(partners: Any, sign_in: Any) -> None:
    stranger = OrganisationFactory(name="Obca Fundacja")
    client = sign_in("director", partners.tenant)
    assert "Obca Fundacja" not in client.get("/alfa/contracts/new/").content.decode()
    answer = client.post("/alfa/contracts/new/", _form(partners, organisation=str(stranger.pk)))
    assert answer.status_code == 422 and answer.context["form"].errors["organisation"]


def test_edit_keeps_service_and_organisation(partners: Any, sign_in: Any) -> None:
    client = sign_in("director", partners.tenant)
    address = f"/alfa/contracts/{partners.contract.pk}/edit/"
    seen = client.get(address).context["form"].initial["seen"]
    changes = {
        "price_per_hour": "45",
        "cap_minutes": "",
        "seen": seen,
        "organisation": str(partners.other.pk),
    }
    assert client.post(address, _form(partners, **changes)).status_code == 302
    with tenant_scope(partners.tenant):
        contract = Contract.objects.get(pk=partners.contract.pk)
        assert (contract.price_per_hour, contract.cap_minutes) == (Decimal("45.00"), None)
        assert contract.organisation_id == partners.own.pk
    assert client.post(address, _form(partners, seen=seen)).status_code == 409
    # Whoever leaves out what they saw may have seen anything.
    unsaid = client.post(address, _form(partners))
    assert unsaid.status_code == 409
    again = _form(partners, seen=unsaid.context["form"]["seen"].value())
    assert client.post(address, again).status_code == 302


def _seen(client: Any, address: str) -> str:
    """What the page at hand shows, as its form keeps it."""
    return str(client.get(address).context["form"]["seen"].value())


@pytest.mark.parametrize("signed_by", ["draft", "amendment"])
def test_what_both_sides_signed_is_changed_by_an_amendment_only(
    partners: Any, sign_in: Any, signed_by: str
) -> None:
    client = sign_in("coordinator", partners.tenant)
    contract = partners.contract
    with tenant_scope(partners.tenant):
        if signed_by == "draft":
            draft = sent_for_signature(
                draft_contract(granted_award(partners.own), actor=ACTOR), contract.number
            )
            draft.contract, draft.state = contract, "signed"
            draft.save()
        else:
            contract.amendments.create(number=1, reason="Waloryzacja", effective_on=contract.valid_from)
        before = contract_stamp(Contract.objects.get(pk=contract.pk))
    assert "Popraw numer" in client.get(f"/alfa/contracts/{contract.pk}/").content.decode()
    address = f"/alfa/contracts/{contract.pk}/edit/"
    page = client.get(address)
    assert list(page.context["form"].fields) == ["number", "seen"] and "aneksem" in page.content.decode()
    changes = {"number": contract.number, "valid_to": "2049-12-31", "price_per_hour": "99", "seen": before}
    client.post(address, _form(partners, **changes, cap_minutes="9999 h"))
    with tenant_scope(partners.tenant):
        assert contract_stamp(Contract.objects.get(pk=contract.pk)) == before
        with pytest.raises(DomainError) as refused:
            edit_contract(contract, terms={"price_per_hour": Decimal("99.00")}, actor=ACTOR)
    assert refused.value.code == "signed_here"
    assert client.post(address, {"number": "U/2/2026", "seen": before}).status_code == 422
    assert client.post(address, {"number": "U/11/2026"}).status_code == 409
    assert client.post(address, {"number": "U/11/2026", "seen": before}).status_code == 302
    with tenant_scope(partners.tenant):
        contract.refresh_from_db()
        assert contract.number == "U/11/2026"
        assert Entry.objects.get(verb="correct_contract_number").payload == {
            "number": ["U/1/2026", "U/11/2026"]
        }


@pytest.mark.parametrize(
    "role", ["social_worker", "accountant", "inspector", "ngo_manager", "ngo_coordinator"]
)
def test_others_do_not_edit(partners: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, partners.tenant, partners.own if role.startswith("ngo") else None)
    for page in ("new/", f"{partners.contract.pk}/edit/", f"{partners.contract.pk}/staff/new/"):
        data = _form(partners, worker=str(partners.worker.pk))
        assert client.post(f"/alfa/contracts/{page}", data).status_code == 403
    with tenant_scope(partners.tenant):
        assert Contract.objects.count() == 2 and not NamedStaff.objects.exists()


def test_named_staff(partners: Any, sign_in: Any) -> None:
    client = sign_in("coordinator", partners.tenant)
    base = f"/alfa/contracts/{partners.contract.pk}/staff/"
    form = {"worker": str(partners.worker.pk), "valid_from": "2026-03-01", "valid_to": ""}
    assert client.post(f"{base}new/", form | {"valid_to": "2026-02-01"}).status_code == 422
    assert client.post(f"{base}new/", form | {"worker": str(partners.other_worker.pk)}).status_code == 422
    assert client.post(f"{base}new/", form).status_code == 302
    assert client.post(f"{base}new/", form).status_code == 422
    with tenant_scope(partners.tenant):
        named = NamedStaff.objects.get()
    dates = {"valid_from": "", "valid_to": "2026-06-30"}
    assert client.post(f"{base}{named.pk}/", dates).status_code == 409
    dates["seen"] = _seen(client, f"{base}{named.pk}/")
    assert client.post(f"{base}{named.pk}/", dates).status_code == 302
    with tenant_scope(partners.tenant):
        named.refresh_from_db()
        assert (named.valid_from, named.valid_to) == (None, date(2026, 6, 30))
    assert client.get(f"/alfa/contracts/{partners.other_contract.pk}/staff/{named.pk}/").status_code == 404
    assert client.get(f"{base}{named.pk}/remove/").status_code == 200
    assert client.post(f"{base}{named.pk}/remove/").status_code == 302
    with tenant_scope(partners.tenant):
        assert not NamedStaff.objects.exists()
        verbs = list(Entry.objects.values_list("verb", flat=True))
        assert verbs == ["name_staff", "change_named_staff", "remove_named_staff"]


def test_filters_and_order_live_in_the_address(partners: Any, sign_in: Any) -> None:
    client = sign_in("accountant", partners.tenant)

    def numbers(query: str) -> list[str]:
        return [contract.number for contract in client.get(f"/alfa/contracts/?{query}").context["page"]]

    with tenant_scope(partners.tenant):
        ContractFactory(
            number="U/3/2027", organisation=partners.own, service=partners.contract.service,
            valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31), price_per_hour=Decimal("30"),
        )  # fmt: skip
    assert numbers("sort=-number") == ["U/3/2027", "U/2/2026", "U/1/2026"]
    assert numbers("sort=price")[0] == "U/3/2027"
    assert numbers(f"organisation={partners.own.pk}") == ["U/1/2026", "U/3/2027"]
    assert numbers("valid_on=2027-05-01") == ["U/3/2027"]
    assert numbers("number=2026&sort=organisation") == ["U/1/2026", "U/2/2026"]
    assert numbers("number=brak") == []


def test_another_tenants_contract_is_not_there(partners: Any, beta: Any, sign_in: Any) -> None:
    with tenant_scope(beta):
        contract = ContractFactory()
    client = sign_in("director", partners.tenant)
    for page in ("", "edit/", "staff/new/"):
        assert client.get(f"/alfa/contracts/{contract.pk}/{page}").status_code == 404


def test_query_count_does_not_grow(partners: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in("director", partners.tenant)
    for count in (5, 50):
        with tenant_scope(partners.tenant):
            for number in range(Contract.objects.count(), count):
                ContractFactory(
                    number=f"X/{number}", organisation=partners.own, service=partners.contract.service
                )
        with django_assert_max_num_queries(23):
            client.get("/alfa/contracts/")
