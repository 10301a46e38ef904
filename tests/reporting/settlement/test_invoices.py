"""Invoices of months: one number once in a contract, the seller of a KSeF number, an XML that says what was typed."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from kernel.tenancy import tenant_scope
from reporting.settlement.models import Invoice, Settlement
from reporting.settlement.rules.ksef import checksum_of, is_ksef_number
from tenants.models import Organisation, Tenant
from tenants.roles import Role
from tests.reporting.settlement.test_cap_over_months import accept_november
from tests.reporting.settlement.test_settlement_pages import INVOICE, address, change, page, post, xml
from tests.reporting.settlement.world import SettledWorld, accepted_world

NIP, OTHER = "5265877635", "7010416384"
PAPER = INVOICE | {"ksef_number": ""}


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


@pytest.fixture
def manager(sign_in: Callable[..., Client], world: SettledWorld) -> Client:
    change(world, procured=True)
    return sign_in(Role.NGO_MANAGER, world.tenant, world.organisation)


def known_nip(world: SettledWorld, nip: str) -> None:
    Organisation.objects.filter(pk=world.organisation.pk).update(nip=nip)


def test_a_paper_invoice_settles_one_month(world: SettledWorld, manager: Client) -> None:
    accept_november(world)
    november = f"/alfa/settlement/{world.contract.pk}/2026-11/invoice/"
    post(manager, address(world, "invoice/"), PAPER)
    told = post(manager, november, PAPER | {"number": " fv/1 "}, 422)
    assert "Fakturę FV/1 wprowadzono już za październik 2026" in told
    with tenant_scope(world.tenant):
        settlement = Settlement.objects.create(contract=world.contract, month=date(2026, 11, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.create(
                settlement=settlement, contract=world.contract, number="fv/1", issued_on=date(2026, 11, 3),
                amount=Decimal(1),
            )  # fmt: skip
        first = Invoice.objects.get()
    post(manager, address(world, f"invoice/{first.pk}/remove/"))
    post(manager, november, PAPER)


def test_a_ksef_number_of_another_seller_is_refused_without_an_xml(
    world: SettledWorld, manager: Client
) -> None:
    known_nip(world, OTHER)
    told = post(manager, address(world, "invoice/"), INVOICE, 422)
    assert "należy do faktury podmiotu o NIP 5265877635" in told
    assert OTHER in told
    begun = f"{OTHER}-20261103-0100001AF629"
    post(manager, address(world, "invoice/"), INVOICE | {"ksef_number": f"{begun}-{checksum_of(begun)}"})


def test_every_step_says_whether_an_invoice_is_expected_and_when(
    world: SettledWorld, sign_in: Callable[..., Client]
) -> None:
    accountant = sign_in(Role.ACCOUNTANT, world.tenant)
    assert "Faktura nie jest potrzebna: to umowa dotacji" in page(accountant, address(world, "confirm/"))
    change(world, procured=True)
    for step in ("offer/", "confirm/"):
        assert "Następny krok to faktura na 166,00 zł" in page(accountant, address(world, step))
    post(accountant, address(world, "confirm/"))
    told = page(accountant, address(world, "settle/"))
    assert "miesiąc rozlicza się fakturą" in told and "Następny krok to faktura" not in told
    post(accountant, address(world, "invoice/"), PAPER)
    assert "Faktury wprowadzone za ten miesiąc: 166,00 zł" in page(accountant, address(world, "settle/"))
    post(accountant, address(world, "settle/"))
    director = sign_in(Role.DIRECTOR, world.tenant)
    told = page(director, f"/alfa/month/{world.contract.pk}/2026-10/reopen/")
    assert "Najpierw osoba, która rozlicza miesiące, cofa rozliczenie" in told
    assert "ktoś był szybszy" not in told


def test_a_ksef_number_is_of_one_invoice(world: SettledWorld, manager: Client) -> None:
    post(manager, address(world, "invoice/"), INVOICE)
    answer = manager.post(address(world, "invoice/"), INVOICE | {"number": "FV/2"})
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "Fakturę o tym numerze KSeF już wprowadzono. Sprawdź numer." in told
    assert 'href="#id_ksef_number"' in told
    with tenant_scope(world.tenant):
        assert Invoice.objects.count() == 1


def test_another_day_inside_the_ksef_number_is_said_and_stays_visible(
    world: SettledWorld, manager: Client
) -> None:
    told = manager.post(address(world, "invoice/"), INVOICE, follow=True).content.decode()
    assert (
        "W numerze KSeF faktury FV/1 jest data 26.08.2025, a jako datę wystawienia wpisano 03.11.2026" in told
    )
    assert "w numerze jest data 26.08.2025: sprawdź obie" in page(manager, address(world))
    with tenant_scope(world.tenant):
        first = Invoice.objects.get()
    post(manager, address(world, f"invoice/{first.pk}/remove/"))
    begun = f"{NIP}-20261103-0100001AF629"
    right = INVOICE | {"ksef_number": f"{begun}-{checksum_of(begun)}"}
    told = manager.post(address(world, "invoice/"), right, follow=True).content.decode()
    assert "W numerze KSeF" not in told
    assert "sprawdź obie" not in told


def test_no_hint_holds_a_number_that_would_be_taken(world: SettledWorld, manager: Client) -> None:
    for told in (
        page(manager, address(world, "invoice/")),
        post(manager, address(world, "invoice/"), INVOICE | {"ksef_number": "123"}, 422),
    ):
        assert not [found for found in re.findall(r"[0-9A-F-]{35}", told) if is_ksef_number(found)]


def test_the_page_says_the_one_reason_why_no_invoice_is_taken(world: SettledWorld, manager: Client) -> None:
    where = address(world, "invoice/")
    november = f"/alfa/settlement/{world.contract.pk}/2026-11/invoice/"
    told = page(manager, november)
    assert "Miesiąc nie jest jeszcze przyjęty" in told
    assert "dotacji" not in told
    change(world, procured=False)
    told = page(manager, where)
    assert "Umowa dotyczy dotacji" in told
    assert "nie jest jeszcze przyjęty" not in told
    assert "Umowa dotyczy dotacji" in post(manager, where, INVOICE, 422)
    with tenant_scope(world.tenant):
        assert not Invoice.objects.exists()


def test_where_the_nip_is_not_known_it_is_said_that_nobody_compared(
    world: SettledWorld, manager: Client
) -> None:
    known_nip(world, NIP)
    answer = manager.post(address(world, "invoice/"), INVOICE, follow=True).content.decode()
    assert "nie zna NIP" not in answer
    Organisation.objects.filter(pk=world.organisation.pk).update(nip=None)
    typed = PAPER | {"number": "FV/2"}
    assert "nie zna NIP" in manager.post(address(world, "invoice/"), typed, follow=True).content.decode()


def test_an_xml_of_another_seller_or_with_entities_is_refused(world: SettledWorld, manager: Client) -> None:
    known_nip(world, OTHER)
    where = address(world, "invoice/")
    told = post(manager, where, PAPER | {"file": xml("166.00")}, 422)
    assert "W pliku XML jest 5265877635" in told
    known_nip(world, NIP)
    bomb = b'<!DOCTYPE Faktura [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Faktura>&b;</Faktura>'
    file = SimpleUploadedFile("fv.xml", bomb, "application/xml")
    assert "nie jest fakturą FA" in post(manager, where, PAPER | {"file": file}, 422)
    post(manager, where, PAPER | {"file": xml("166.00")})
    assert "Faktury zgadzają się z należnością" in page(manager, address(world))
