"""Two people registering the same signature at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from contracting.contracts import actions
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.actions import create_tenant
from tenants.models import Partnership, Tenant, Territory
from tenants.provisioning import drop_schema
from tests.factories.agreements import ACTOR, granted_award, sent_for_signature
from tests.factories.people import partner


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Tenant, Any]]:
    """An award in a tenant of its own, really committed; removed afterwards.

    pytest-django's own way of committing would empty every table, and with them what all other tests stand on.
    """
    with django_db_blocker.unblock():
        tenant = create_tenant(
            slug="podpis",
            name="Gmina Podpis",
            kind=Tenant.Kind.COMMUNE,
            territory=Territory.objects.get(pk="3262011"),
            unit_name="Ośrodek Pomocy Społecznej w Podpisie",
            unit_type=Tenant.UnitType.OPS,
            population=1_000,
            actor=Actor.system("tests"),
        )
        organisation = partner(tenant, name="Fundacja Podpis")
        try:
            with tenant_scope(tenant):
                award = granted_award(organisation, grant="100000.00", price="45.00")
            yield tenant, award
        finally:
            connection.set_schema_to_public()
            drop_schema(tenant.schema_name)
            Partnership.objects.filter(tenant=tenant).delete()
            organisation.delete()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.pk])


def test_two_people_registering_the_second_signature_conclude_one_contract(
    committed: tuple[Tenant, Any],
) -> None:
    tenant, award = committed
    with tenant_scope(tenant):
        draft = sent_for_signature(actions.draft_contract(award, actor=ACTOR), "U/80/2027")
        today = timezone.localdate()
        facts = {"function": "prezes", "signed_on": today, "form": "paper", "actor": ACTOR}
        actions.sign_draft(draft, side="unit", **facts)
    together, told = threading.Barrier(2, timeout=10), []

    def sign() -> None:
        try:
            with tenant_scope(tenant):
                together.wait()
                actions.sign_draft(draft, side="organisation", **facts)
                told.append("signed")
        except DomainError as error:
            told.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=sign) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(told) in (["signed", "signed_already"], ["signed", "wrong_state"])
    with tenant_scope(tenant):
        assert Contract.objects.filter(number="U/80/2027").count() == 1
