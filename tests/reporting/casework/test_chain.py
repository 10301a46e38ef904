"""Programmes, trainings and results in the chain: what they belong to, on whose pages they stand, what they come to."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.models import Cycle, Service
from contracting.contracts.models import Contract
from kernel.tenancy import connection, tenant_scope
from reporting.casework.models import GroupForm, Programme, Result, Training
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.factories.commissioning import make_cycle
from tests.factories.people import partner

SignIn = Callable[..., Client]
PROGRAMMES = "/alfa/casework/programmes/"
TYPED = {
    "title": "Razem",
    "valid_from": "01.03.2026",
    "valid_to": "30.06.2026",
    "planned": "12",
    "started": "10",
    "finished": "6",
    "dropped": "1",
    "continuing": "3",
}


@dataclass
class World:
    contract: Contract
    cycle: Cycle
    client: Client


@pytest.fixture
def world(alfa: Tenant, sign_in: SignIn) -> World:
    """A contract and a cycle of one service in 2026, and a coordinator."""
    organisation = partner(alfa, name="ZaFOS")
    with tenant_scope(alfa):
        contract = ContractFactory(
            number="U/1/2026",
            organisation=organisation,
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
        )
        cycle = make_cycle(
            service=contract.service, period_from=date(2026, 1, 1), period_to=date(2026, 12, 31)
        )
    return World(contract, cycle, sign_in(Role.COORDINATOR, alfa))


def words(answer: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " ").replace("\u202f", " "))


def done(belongs: dict[str, Any], day: date = date(2026, 4, 1)) -> None:
    """One programme with a group, one training, an event and a contribution that belong to this."""
    programme = Programme.objects.create(
        title=f"Razem {len(belongs)} {Programme.objects.count()}",
        valid_from=day,
        valid_to=day,
        planned=12,
        started=10,
        finished=6,
        dropped=1,
        continuing=3,
        **belongs,
    )
    GroupForm.objects.create(programme=programme, name="Grupa", kind="support", participants=8)
    Training.objects.create(
        title="Mediacje", starts_on=day, ends_on=day, minutes=480, staff=4, residents=5, **belongs
    )
    Result.objects.create(kind="event", title="Piknik", happened_on=day, quantity=85, **belongs)
    Result.objects.create(
        kind="in_kind", title="Sala", happened_on=day, partner="Biblioteka", value=300, **belongs
    )


def test_whoever_enters_a_programme_is_asked_what_it_belongs_to(world: World, alfa: Tenant) -> None:
    """An answer is needed; that it belongs to nothing is one."""
    refused = world.client.post(PROGRAMMES + "new/", TYPED)
    assert refused.status_code == 422
    assert "Wybierz, do czego należy wpis" in refused.content.decode()
    assert world.client.post(PROGRAMMES + "new/", TYPED | {"belongs": "none"}).status_code == 302
    with tenant_scope(alfa):
        assert Programme.objects.get().belongs == "none"
    page = world.client.get(f"{PROGRAMMES}new/?belongs=contract:{world.contract.pk}")
    assert page.context["form"]["belongs"].value() == f"contract:{world.contract.pk}"
    assert "U/1/2026 · ZaFOS" in page.content.decode()


@pytest.mark.parametrize("of", ["contract", "cycle", "service"])
def test_a_programme_and_what_it_belongs_to_name_each_other(world: World, alfa: Tenant, of: str) -> None:
    things = {"contract": world.contract, "cycle": world.cycle, "service": world.contract.service}
    typed = TYPED | {"belongs": f"{of}:{things[of].pk}"}
    address = world.client.post(PROGRAMMES + "new/", typed).url
    said = {"contract": "umowa U/1/2026, ZaFOS", "cycle": f"cykl „{world.cycle}”", "service": "usługa: "}
    assert said[of] in words(world.client.get(address))
    assert said[of] in words(world.client.get(PROGRAMMES))
    with tenant_scope(alfa):
        noted = Entry.objects.get(verb="add_entry").payload["after"]
    assert noted[f"{of}_id"] == str(things[of].pk)
    assert [noted[f"{other}_id"] for other in things if other != of] == [None, None]
    of_cycle = world.client.get(f"/alfa/casework/cycles/{world.cycle.pk}/")
    assert "Razem" in words(of_cycle) and said[of] in words(of_cycle)
    of_contract = world.client.get(f"/alfa/casework/contracts/{world.contract.pk}/")
    assert ("Razem" in words(of_contract)) == (of == "contract")
    # Chosen otherwise later, it leaves.
    assert world.client.post(f"{address}edit/", TYPED | {"belongs": "none"}).status_code == 302
    assert "Nie ma jeszcze żadnego powiązanego programu." in words(
        world.client.get(f"/alfa/casework/cycles/{world.cycle.pk}/")
    )


@pytest.mark.parametrize("of", ["contract", "cycle"])
@pytest.mark.parametrize(
    ("address", "typed"),
    [
        (PROGRAMMES + "new/", TYPED | {"valid_from": "01.01.2027", "valid_to": "02.01.2027"}),
        (
            "/alfa/casework/registers/trainings/new/",
            {
                "title": "Mediacje",
                "starts_on": "30.12.2025",
                "ends_on": "31.12.2025",
                "minutes": "8 h",
                "staff": "2",
                "residents": "0",
            },
        ),
        (
            "/alfa/casework/registers/results/new/",
            {"kind": "event", "title": "Piknik", "happened_on": "01.01.2027"},
        ),
    ],
    ids=["programme", "training", "result"],
)
def test_what_has_no_day_in_common_with_it_is_refused_at_the_field(
    world: World, alfa: Tenant, of: str, address: str, typed: dict[str, str]
) -> None:
    """No page and no evaluation would ever count it."""
    belongs = {"belongs": f"{of}:{world.contract.pk if of == 'contract' else world.cycle.pk}"}
    refused = world.client.post(address, typed | belongs)
    assert refused.status_code == 422
    [said] = refused.context["form"].errors["belongs"]
    assert "od 01.01.2026 do 31.12.2026" in said and "Popraw daty" in said
    assert refused.context["form"]["title"].value() == typed["title"]
    assert world.client.post(address, typed | {"belongs": "none"}).status_code == 302


def test_what_another_tenant_has_cannot_be_named(world: World, alfa: Tenant, beta: Tenant) -> None:
    organisation = partner(beta)
    with tenant_scope(beta):
        theirs = ContractFactory(organisation=organisation)
    for word in (f"contract:{theirs.pk}", f"contract:{world.cycle.pk}", "contract:x", "person:1"):
        refused = world.client.post(PROGRAMMES + "new/", TYPED | {"belongs": word})
        assert refused.status_code == 422 and refused.context["form"].errors["belongs"]
    with tenant_scope(alfa):
        assert not Programme.objects.exists()


def test_the_database_keeps_one_owner_and_the_owner(world: World, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        both = {"contract": world.contract, "cycle": world.cycle}
        day = date(2026, 4, 1)
        for make in (
            lambda: Programme.objects.create(title="x", valid_from=day, valid_to=day, **both),
            lambda: Training.objects.create(
                title="x", starts_on=day, ends_on=day, minutes=60, staff=1, **both
            ),
            lambda: Result.objects.create(
                kind="event", title="x", happened_on=day, service=world.contract.service, cycle=world.cycle
            ),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                make()
        done({"contract": world.contract})
        with pytest.raises(ProtectedError):
            world.contract.delete()


def test_an_abandoned_cycle_is_offered_no_more_but_kept_by_what_has_it(world: World, alfa: Tenant) -> None:
    word = f"cycle:{world.cycle.pk}"
    address = world.client.post(PROGRAMMES + "new/", TYPED | {"belongs": word}).url
    with tenant_scope(alfa):
        Cycle.objects.update(state="abandoned", closed_at="2026-11-01T00:00Z")
    assert world.client.post(PROGRAMMES + "new/", TYPED | {"belongs": word}).status_code == 422
    assert world.client.post(f"{address}edit/", TYPED | {"belongs": word, "planned": "13"}).status_code == 302


def test_the_contract_the_cycle_and_their_pages_tell_the_sums(world: World, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        done({"contract": world.contract})
        done({"contract": world.contract})
        done({"cycle": world.cycle})
        done({"service": world.contract.service})
        done({"service": world.contract.service}, date(2025, 4, 1))
        done({})
        links = contribution_to(steps.SUPERVISION, world.cycle, None).links
    sums = f"/alfa/casework/contracts/{world.contract.pk}/sums/"
    assert f'hx-get="{sums}"' in world.client.get(f"/alfa/contracts/{world.contract.pk}/").content.decode()
    told = words(world.client.get(sums))
    assert "osoby w programach 20 ukończyło 12, przerwało 2, kontynuuje 6" in told
    assert "osoby przeszkolone 18 pracownicy: 8, mieszkańcy: 10" in told
    page = words(world.client.get(f"/alfa/casework/contracts/{world.contract.pk}/"))
    assert "Razem 20 12 2 6" in page and "Razem 16:00 8 10" in page and "300,00 zł" in page
    told_of = {str(link.label): link.value for link in links}
    assert told_of["osoby w programach"] == "rozpoczęło 40, ukończyło 24"
    assert told_of["osoby przeszkolone"] == "36"
    assert told_of["wydarzenia, publikacje i wkłady rzeczowe"] == "8"
    cycle = words(world.client.get(f"/alfa/cycles/{world.cycle.pk}/"))
    assert "osoby w programach rozpoczęło 40, ukończyło 24" in cycle


def test_a_contract_without_any_asks_for_them(world: World) -> None:
    told = world.client.get(f"/alfa/casework/contracts/{world.contract.pk}/sums/")
    assert "Z tą umową nic jeszcze nie jest powiązane." in words(told)


def test_an_organisation_does_not_see_the_unit_s_registers_on_its_contract(
    world: World, alfa: Tenant, sign_in: SignIn
) -> None:
    manager = sign_in(Role.NGO_MANAGER, alfa, world.contract.organisation)
    page = manager.get(f"/alfa/contracts/{world.contract.pk}/")
    assert page.status_code == 200 and "casework/contracts" not in page.content.decode()
    assert manager.get(f"/alfa/casework/contracts/{world.contract.pk}/").status_code == 403


def test_pages_ask_a_constant_number_of_questions(world: World, alfa: Tenant) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert world.client.get(address).status_code == 200
        return len(queries)

    addresses = (
        f"/alfa/casework/contracts/{world.contract.pk}/",
        f"/alfa/casework/cycles/{world.cycle.pk}/",
        PROGRAMMES,
        "/alfa/casework/registers/trainings/",
        "/alfa/casework/registers/results/",
    )
    with tenant_scope(alfa):
        done({"contract": world.contract})
    asked(addresses[0])
    few = [asked(address) for address in addresses]
    with tenant_scope(alfa):
        other = Service.objects.create(code="other", name="Inna")
        for _time in range(4):
            done({"contract": world.contract})
            done({"cycle": world.cycle})
            done({"service": other})
    assert [asked(address) for address in addresses] == few
