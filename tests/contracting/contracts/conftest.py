"""The small world that tests of contracts begin with."""

from dataclasses import dataclass
from typing import Any

import pytest

from contracting.commissioning.models import Qualification
from kernel.tenancy import tenant_scope
from tests.factories.care import ContractFactory, WorkerFactory
from tests.factories.people import partner


@dataclass
class Partners:
    tenant: Any
    own: Any
    other: Any
    contract: Any
    other_contract: Any
    worker: Any
    other_worker: Any


@pytest.fixture
def partners(alfa: Any) -> Partners:
    """Two organisations, each with a contract and a worker."""
    own, other = partner(alfa, name="Fundacja Dom"), partner(alfa, name="Stowarzyszenie Łąka")
    with tenant_scope(alfa):
        contract = ContractFactory(number="U/1/2026", organisation=own)
        other_contract = ContractFactory(number="U/2/2026", organisation=other, service=contract.service)
        worker = WorkerFactory(code="W01", surname="Zięba", organisation=own)
        other_worker = WorkerFactory(code="W02", surname="Obca", organisation=other)
        Qualification.objects.create(code="carer_course", name="kurs opiekunki")
    return Partners(alfa, own, other, contract, other_contract, worker, other_worker)
