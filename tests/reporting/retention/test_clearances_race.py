"""A decision is issued for a person at the moment in which a list that holds them is carried out."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from contracting.contracts.actions import remove_named_staff
from contracting.contracts.models import NamedStaff
from kernel.clearing import keeper_of
from kernel.tenancy import tenant_scope
from reporting.care.actions import DecisionEntry, create_decision
from reporting.care.models import Decision, Person
from reporting.retention import actions
from reporting.retention.models import Clearance, ClearanceLine
from tenants.models import Tenant
from tests.factories.care import ContractFactory, PersonFactory, WorkerFactory
from tests.factories.people import partner
from tests.racing import PATIENCE, at_once, committed_tenant, committing, until_somebody_waits
from tests.reporting.retention.old_world import ACTOR, classes

db = committing


@dataclass
class Track:
    tenant: Tenant
    person: Person
    contract: Any
    clearance: Clearance


@pytest.fixture
def track(db: None) -> Iterator[Track]:
    """A tenant of its own with one person past the term on a list, really committed; removed afterwards."""
    with committed_tenant("brak", "Brak") as tenant:
        organisation = partner(tenant, name="Fundacja Brak")
        with tenant_scope(tenant):
            classes()
            contract = ContractFactory(organisation=organisation)
            person = PersonFactory()
            Person.objects.filter(pk=person.pk).update(created_at="2015-01-01T12:00:00Z")
            assert actions.propose_clearance(actor=ACTOR) == 1
            clearance = Clearance.objects.get()
        yield Track(tenant, person, contract, clearance)


def test_whoever_takes_a_worker_off_a_contract_waits_for_the_list_of_carers(track: Track) -> None:
    with tenant_scope(track.tenant):
        worker = WorkerFactory(active=False, ended_on=date(2015, 3, 2))
        named = NamedStaff.objects.create(contract=track.contract, worker=worker)
        begun = threading.Event()

    def carry_out() -> None:
        with transaction.atomic():
            carers = keeper_of("carer")
            carers.take_off(carers.hold([str(worker.pk)]))
            begun.set()
            until_somebody_waits()

    def remove() -> None:
        assert begun.wait(PATIENCE)
        remove_named_staff(named, actor=ACTOR)

    assert at_once(track.tenant, carry_out, remove) == ["done", "worker_anonymised"]


def test_either_the_decision_or_the_list_has_the_person(track: Track) -> None:
    entry = DecisionEntry(
        number="D/1",
        contract=track.contract,
        issued_on=date(2026, 1, 2),
        valid_from=date(2026, 2, 1),
        valid_to=date(2099, 12, 31),
        amount_per="month",
        minutes=1200,
        activities=("shopping",),
    )
    told = at_once(
        track.tenant,
        lambda: create_decision(track.person, entry, actor=ACTOR),
        lambda: actions.confirm_clearance(
            track.clearance, protocol="BR/1", approved_on=timezone.localdate(), actor=ACTOR
        ),
        lambda: actions.confirm_clearance(
            track.clearance, protocol="BR/2", approved_on=timezone.localdate(), actor=ACTOR
        ),
    )
    assert sorted(told[1:]) == ["clearance_over", "done"]
    with tenant_scope(track.tenant):
        person = Person.objects.get(pk=track.person.pk)
        line = ClearanceLine.objects.get()
        issued = Decision.objects.exists()
    if told[0] == "done":
        assert issued and not person.is_anonymised and line.state == "kept" and "decyzja" in line.why_kept
    else:
        assert told[0] == "person_anonymised"
        assert not issued and person.is_anonymised and line.state == "done"
