"""The small world that tests of care begin with."""

from dataclasses import dataclass
from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from tests.factories.care import ContractFactory, PersonFactory
from tests.factories.people import partner


@dataclass
class Care:
    tenant: Any
    organisation: Any
    other: Any
    contract: Any
    other_contract: Any
    person: Any
    activities: list[Any]


@pytest.fixture
def care(alfa: Any) -> Care:
    """Two organisations with a contract each, one person, no decision."""
    organisation, other = partner(alfa, name="Fundacja Dom"), partner(alfa, name="Stowarzyszenie Łąka")
    with tenant_scope(alfa):
        contract = ContractFactory(number="U/1/2026", organisation=organisation)
        other_contract = ContractFactory(number="U/2/2026", organisation=other, service=contract.service)
        person = PersonFactory(surname="Ćwik", given_name="Łucja", code="P001")
        activities = list(contract.service.activities.all())
    return Care(alfa, organisation, other, contract, other_contract, person, activities)
