"""Offers at every stage, made by the real verbs: a draft, one handed in, one being replaced, one opened."""

from datetime import timedelta
from typing import Any

from contracting.tenders.actions import drafting, handing_in, joining, opening
from contracting.tenders.models import Call, Lot, Offer
from documents.uploads import Upload
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import public_scope, require_tenant
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.offers_world import (
    MANAGER,
    after_deadline,
    complete_content,
    published_call,
    write,
)
from tests.factories.people import UserFactory, partner
from tests.factories.tenders import make_committee


def upload(mark: str) -> Upload:
    """A small file whose bytes and name hold the mark."""
    return Upload(f"%PDF-1.7 statut {mark} %%EOF".encode(), f"Statut {mark}.pdf", "application/pdf")


def draft(lot: Lot, organisation: Organisation, mark: str) -> Offer:
    """A complete draft with a file; every text of it holds the mark."""
    offer = drafting.start_offer(lot, organisation, actor=MANAGER)
    write(offer, complete_content(lot.call, mark))
    drafting.add_file(offer, upload(mark), purpose="", actor=MANAGER)
    return Offer.objects.get(pk=offer.pk)


def hand_over(offer: Offer) -> Any:
    """Hand the draft in; gives the receipt."""
    return handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)


def open_call(call: Call) -> None:
    """Two members of a new committee open the call's offers a minute after its deadline, by the clock of the test."""
    people = [UserFactory(), UserFactory()]
    make_committee(call, *people)
    with after_deadline(call):
        for one in people:
            opening.confirm_opening(call, seat_user=one.pk, actor=Actor(one.pk, one.full_name))


def bidding(mark: str, organisation: Organisation) -> dict[str, Any]:
    """What one organisation has of offers, one of each kind. Calls are public, so nothing of them holds the mark."""
    number = new_id().hex[-8:]
    call = published_call(number=f"K/{number}/P", title="Usługi opiekuńcze, w toku", lots=("600000.00",) * 4)
    tenant: Tenant = require_tenant()
    first, second, third, _fourth = call.lots.order_by("position")
    written = draft(first, organisation, mark)
    sealed = draft(second, organisation, mark)
    hand_over(sealed)
    replacing = draft(third, organisation, mark)
    handing_in.reopen_with_code(replacing, hand_over(replacing).code, actor=MANAGER)
    with public_scope():
        ally = partner(tenant, name=f"Fundacja druga {mark}")
    joined = joining.add_partner(written, ally, actor=MANAGER)
    opened = _opened(f"K/{number}/R", organisation, mark)
    return {
        "sealed_call": call,
        "written_offer": written,
        "file_key": _key_of(written),
        "sealed_offer": sealed,
        "replacing_offer": replacing,
        "offer_partner": joined,
        "opened_offer": opened,
        "opened_file_key": opened.opened.content["files"][0]["key"],
    }


def _key_of(offer: Offer) -> str:
    content = drafting.read_draft(offer)
    assert content is not None
    return str(content["files"][0]["key"])


def _opened(number: str, organisation: Organisation, mark: str) -> Offer:
    call = published_call(number=number, title="Usługi opiekuńcze, otwarte")
    Call.objects.filter(pk=call.pk).update(deadline=call.published_at + timedelta(days=33))
    call.refresh_from_db()
    offer = draft(call.lots.get(position=1), organisation, mark)
    hand_over(offer)
    open_call(call)
    return Offer.objects.select_related("opened").get(pk=offer.pk)
