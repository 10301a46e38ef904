"""Two people registering the same signature at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.utils import timezone

from contracting.contracts import actions
from contracting.contracts.actions import contracts as contract_actions
from contracting.contracts.models import Contract, ContractDraft
from documents.actions import store_file
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


def test_of_two_contracts_concluded_with_one_number_the_second_is_told_of_the_number(
    committed: tuple[Tenant, Any],
) -> None:
    """Both have found the number free when the first is saved: the second learns of it, and signs nothing."""
    tenant, award = committed
    facts = {"function": "prezes", "form": "paper", "actor": ACTOR}
    with tenant_scope(tenant):
        today = timezone.localdate()
        other = granted_award(award.offer.organisation, number="K/2/2026")
        drafts = []
        for one in (award, other):
            draft = actions.draft_contract(one, actor=ACTOR)
            draft.number, draft.state = "U/81/2027", "for_signature"
            draft.document = store_file(
                b"PK", name="umowa.docx", content_type="application/zip", folder="contracts", actor=ACTOR
            )
            draft.save()
            actions.sign_draft(draft, side="unit", signed_on=today, **facts)
            drafts.append(draft)
    both_found_it_free, told = threading.Barrier(2, timeout=10), []
    require_valid = contract_actions.require_valid

    def check_together(*given: Any, **more: Any) -> None:
        require_valid(*given, **more)
        both_found_it_free.wait()

    def sign(draft: Any) -> None:
        try:
            with tenant_scope(tenant):
                actions.sign_draft(draft, side="organisation", signed_on=today, **facts)
                told.append("signed")
        except DomainError as error:
            told.append(error.code)
        finally:
            connection.close()

    with mock.patch.object(contract_actions, "require_valid", check_together):
        threads = [threading.Thread(target=sign, args=[draft]) for draft in drafts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
    assert sorted(told) == ["contract_exists", "signed"]
    with tenant_scope(tenant):
        assert Contract.objects.filter(number="U/81/2027").count() == 1
        waiting = ContractDraft.objects.get(state="for_signature")
        assert [one.side for one in waiting.signatures.all()] == ["unit"]
