"""The record of actions tells nothing of offers while a call takes them, and all of it once the call is closed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from contracting.tenders.actions import handing_in
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.receipts import Receipt
from contracting.tenders.models import Offer
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.roles import Role
from tests.contracting.tenders.offers_world import MANAGER, after_deadline, bidder, handed_in, published_call
from tests.factories.people import signed_in_client

pytestmark = pytest.mark.django_db
PAGE = reverse("audit:entries", args=["alfa"])


def _told(client: Client, query: dict[str, Any] | None = None) -> tuple[str, list[Entry]]:
    answer = client.get(PAGE, query or {})
    assert answer.status_code == 200
    return answer.content.decode(), [
        entry for entry in answer.context["page"] if entry.subject_type == "offer"
    ]


def _is_told(receipt: Receipt, page: str) -> bool:
    return receipt.number in page or receipt.sha256 in page


def test_before_the_closing_nobody_reads_how_many_offers_came(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call = published_call(number="K/4/2027")
        offer, first = handed_in(call, bidder("Fundacja Aronia"))
        other, second = handed_in(call, bidder("Fundacja Berberys"), "Berberys")
        handing_in.withdraw(other, actor=MANAGER)
    director = signed_in_client(Role.DIRECTOR, alfa)
    page, entries = _told(director)
    assert not _is_told(first, page) and not _is_told(second, page)
    assert entries == []
    assert _told(director, {"verb": "hand_in_offer"})[1] == []
    assert _told(director, {"subject": str(offer.pk)})[1] == []
    assert "Czynności oferentów" in page, "the page says that something may be left out, and until when"
    # They are in the chain all the same, and the whole of it holds.
    with tenant_scope(alfa):
        written = Entry.objects.filter(subject_type="offer", verb="hand_in_offer")
        assert {entry.payload["sha256"] for entry in written} == {first.sha256, second.sha256}
    assert "Dziennik jest nienaruszony" in _told(director, {"check": "1"})[0]

    with tenant_scope(alfa), after_deadline(call):
        assert close_if_due(call).closed_at is not None
    page, entries = _told(director)
    assert _is_told(first, page) and _is_told(second, page)
    assert [entry.verb for entry in entries].count("hand_in_offer") == 2
    assert "Czynności oferentów" not in page


def test_an_open_call_hides_nothing_of_another(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        annulled = published_call(number="K/5/2027")
        offer, receipt = handed_in(annulled, bidder("Fundacja Aronia"))
        annul_call(annulled, ground="other", reason="Brak środków", actor=MANAGER)
        hidden = Offer.objects.get(
            pk=handed_in(published_call(number="K/6/2027"), bidder("Fundacja Cis"))[0].pk
        )
    page, entries = _told(signed_in_client(Role.DIRECTOR, alfa))
    assert _is_told(receipt, page)
    assert {entry.subject_id for entry in entries} == {str(offer.pk)}
    assert str(hidden.pk) not in page
