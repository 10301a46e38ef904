"""Two people registering the same signature at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from contracting.contracts import actions
from contracting.contracts.actions import contracts as contract_actions
from contracting.contracts.models import Contract, ContractDraft
from documents.actions import store_file
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.factories.agreements import ACTOR, granted_award, sent_for_signature
from tests.factories.people import partner
from tests.racing import at_once, committed_tenant, committing

db = committing


@pytest.fixture
def committed(db: None) -> Iterator[tuple[Tenant, Any]]:
    """An award in a tenant of its own, really committed; removed afterwards.

    pytest-django's own way of committing would empty every table, and with them what all other tests stand on.
    """
    with committed_tenant("podpis", "Podpis") as tenant:
        organisation = partner(tenant, name="Fundacja Podpis")
        with tenant_scope(tenant):
            award = granted_award(organisation, grant="100000.00", price="45.00")
        yield tenant, award


def test_two_people_registering_the_second_signature_conclude_one_contract(
    committed: tuple[Tenant, Any],
) -> None:
    tenant, award = committed
    with tenant_scope(tenant):
        draft = sent_for_signature(actions.draft_contract(award, actor=ACTOR), "U/80/2027")
        today = timezone.localdate()
        facts = {"function": "prezes", "signed_on": today, "form": "paper", "actor": ACTOR}
        actions.sign_draft(draft, side="unit", **facts)

    def sign() -> None:
        actions.sign_draft(draft, side="organisation", **facts)

    told = at_once(tenant, sign, sign)
    assert sorted(told) in (["done", "signed_already"], ["done", "wrong_state"])
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
    both_found_it_free = threading.Barrier(2, timeout=10)
    require_valid = contract_actions.require_valid

    def check_together(*given: Any, **more: Any) -> None:
        require_valid(*given, **more)
        both_found_it_free.wait()

    def sign(draft: Any) -> None:
        actions.sign_draft(draft, side="organisation", signed_on=today, **facts)

    with mock.patch.object(contract_actions, "require_valid", check_together):
        told = at_once(tenant, *(lambda draft=draft: sign(draft) for draft in drafts))  # type: ignore[misc]
    assert sorted(told) == ["contract_exists", "done"]
    with tenant_scope(tenant):
        assert Contract.objects.filter(number="U/81/2027").count() == 1
        waiting = ContractDraft.objects.get(state="for_signature")
        assert [one.side for one in waiting.signatures.all()] == ["unit"]
