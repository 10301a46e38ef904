"""Offers of calls past their term: what bidders wrote goes by a protocol, figures and results stay; what keeps them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.chain import walk_chain
from contracting.contracts.models import ContractDraft
from contracting.tenders.models import (
    Award,
    Call,
    FormalCheck,
    JustificationRequest,
    Offer,
    OfferFile,
    OfferPosting,
    OpenedOffer,
    PostingComment,
    SealedOffer,
    UnreadableOffer,
)
from documents.actions import store_file
from documents.models import StoredFile
from documents.tasks import remove_contents
from kernel.crypto import encrypt
from kernel.ids import new_id
from kernel.periods import WARSAW
from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.retention import actions
from reporting.retention.models import Clearance, ClearanceLine
from reporting.retention.tasks import erase_told
from tests.factories.care import ContractFactory
from tests.factories.people import partner
from tests.factories.tenders import make_call, make_committee, opened_offer, submit_offer
from tests.queueing import done_at_once
from tests.reporting.retention.kinds import HOME, carry_out, listed, past, term
from tests.reporting.retention.old_world import ACTOR, where_told

pytestmark = pytest.mark.usefixtures("served_as")

LONG_AGO = datetime(2015, 3, 2, 12, tzinfo=WARSAW)
MARK = "Kunegunda-Oferentka"
# What was published with the results, and what the unit wrote of the offer: both stay.
TITLE, FOUND = "Zadanie Kunegundy", "Ustalenie o Kunegundzie"


def _old_call(organisation: Any, number: str = "K/1/2015") -> Call:
    call = make_call(
        number=number,
        state="decided",
        decided_at=LONG_AGO,
        deadline=LONG_AGO,
        published_at=LONG_AGO.replace(year=2014),
        closed_at=LONG_AGO,
        opened_at=LONG_AGO,
        proven=False,
    )
    offer = opened_offer(call, organisation, grant="120000.00")
    OpenedOffer.objects.filter(offer=offer).update(content_key=b"key")
    opened = OpenedOffer.objects.get(offer=offer)
    content = opened.content
    content["bidder"] |= {"name": organisation.name, "contact_person": MARK, "email": MARK, "phone": MARK}
    content["staff"] = [{"name": MARK, "function": "opiekunka", "qualifications": [], "fte": "1"}]
    content["partners"] = [
        {"organisation": str(new_id()), "name": "Partner", "does": MARK, "represented_by": MARK}
    ]
    content["concept"], content["other"] = {"organisation": MARK}, MARK
    content["task"] |= {"title": TITLE, "place": MARK, "summary": MARK}
    content["budget"]["costs"][0] |= {"name": f"wynagrodzenie – {MARK}", "unit": MARK}
    content["promises"] = [
        {"part": "training", "measure": "reported", "indicator": MARK, "direction": "at_least", "value": "4",
         "unit": MARK, "measured_by": MARK},
        {"part": "replacement", "measure": "replacement_hours", "indicator": MARK, "direction": "at_most",
         "value": "3", "unit": "h", "measured_by": MARK},
    ]  # fmt: skip
    content["files"] = [{"key": "k", "name": MARK, "size": 1, "sha256": "0", "content_type": "x", "for": ""}]
    opened.content, opened.title = content, TITLE
    opened.save()
    return call


@pytest.fixture
def old(alfa: Any, settings: Any, tmp_path: Any) -> Call:
    """A call decided long ago with an opened offer, its file, a posting with a comment, and a draft of another."""
    settings.MEDIA_ROOT = tmp_path
    organisation, other = partner(alfa, name="Fundacja Dawna"), partner(alfa, name="Fundacja Inna")
    with tenant_scope(alfa):
        term("call")
        call = _old_call(organisation)
        offer = Offer.objects.get()
        stored = store_file(MARK.encode(), name=MARK, content_type="x/y", folder="offers", actor=ACTOR)
        OfferFile.objects.create(offer=offer, sealed=offer.sealed.get(), key="k", stored=stored)
        FormalCheck.objects.create(
            offer=offer, result="passed", corrections={"staff.0.name": [MARK, MARK]}, corrected_at=LONG_AGO,
            points={"staff": [True, FOUND]}, reason=FOUND,
        )  # fmt: skip
        UnreadableOffer.objects.create(
            offer=offer, sealed=offer.sealed.get(), found_at=LONG_AGO, finding=FOUND, decided_at=LONG_AGO,
            decided_by=new_id(),
        )  # fmt: skip
        posting = OfferPosting.objects.create(
            offer=offer, title=TITLE, summary=MARK, comments_to="x", www_on=date(2015, 1, 1)
        )
        PostingComment.objects.create(
            posting=posting, received_on=date(2015, 1, 2), text=MARK, recorded_by=new_id()
        )
        Award.objects.create(
            offer=offer, lot=offer.lot, points=Decimal("81.50"), rank=1, opinion="granted",
            decision="granted", opinion_amount=Decimal("100000.00"), amount=Decimal("100000.00"),
            decided_at=LONG_AGO, reason=FOUND, opinion_reason=FOUND,
        )  # fmt: skip
        ContractDraft.objects.create(
            award=Award.objects.get(), state="abandoned", abandoned_reason="x", valid_from=date(2015, 4, 1),
            valid_to=date(2015, 5, 1), amount=Decimal(1), price_per_hour=Decimal(1),
            staff=[{"name": MARK, "function": "opiekunka", "qualifications": [], "fte": "1"}],
        )  # fmt: skip
        Offer.objects.create(
            call=call, lot=offer.lot, organisation=other, created_by=new_id(), draft=encrypt(MARK),
        )  # fmt: skip
        return call


def test_what_bidders_wrote_is_gone_and_figures_stay(
    alfa: Any, old: Call, sign_in: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        assert len(where_told([MARK])) >= 6
        key = StoredFile.objects.get().key
        assert default_storage.exists(key)
    clearance = listed(director, alfa, "call")
    assert "K/1/2015, Usługi opiekuńcze 2027" in director.get(f"{HOME}lists/{clearance.pk}/").content.decode()
    told = carry_out(director, clearance)
    assert "trwa anonimizacja" in told
    with tenant_scope(alfa):
        # Web servers may not take opened offers away; a worker does, or the next run.
        for _again in range(2):
            with done_at_once(remove_contents), django_capture_on_commit_callbacks(execute=True):
                erase_told(str(clearance.pk))
        assert where_told([MARK]) == set()
        assert not default_storage.exists(key) and not OfferFile.objects.exists()
        opened, sealed = OpenedOffer.objects.get(), SealedOffer.objects.get()
        assert (opened.grant, opened.price_per_hour) == (Decimal("120000.00"), Decimal("45.00"))
        assert opened.content["bidder"]["name"] == "Fundacja Dawna"
        assert opened.content["budget"]["grant"] == "120000.00"
        assert opened.content["partners"][0]["name"] == "Partner" and opened.content["staff"] == []
        assert opened.content["budget"]["costs"][0]["unit_cost"] == "45.00"
        stated, measured = opened.content["promises"]
        assert (stated["value"], stated["unit"], measured["value"], measured["unit"]) == ("4", "", "3", "h")
        stays = {"openedoffer.content", "openedoffer.title", "offerposting.title"}
        assert where_told([TITLE]) == {f"tenders_{one}" for one in stays}
        ours = {"formalcheck.points", "formalcheck.reason", "unreadableoffer.finding"}
        assert where_told([FOUND]) == {
            f"tenders_{one}" for one in ours | {"award.reason", "award.opinion_reason"}
        }
        assert (bytes(sealed.ciphertext), sealed.sha256, sealed.receipt) == (b"", "0" * 64, "K/1/2015/001/1")
        award = Award.objects.get()
        assert (award.points, award.amount) == (Decimal("81.50"), Decimal("100000.00"))
        assert Call.objects.get().cleared_at is not None and past("call") == []
        assert walk_chain().holds


def test_pages_of_the_call_open_still(alfa: Any, old: Call, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "call")
    carry_out(director, clearance)
    with tenant_scope(alfa):
        erase_told(str(clearance.pk))
        offer = Offer.objects.get(opened__isnull=False)
    bidder = sign_in("ngo_manager", alfa, offer.organisation)
    pages = [
        (director, f"/alfa/calls/{old.pk}/"),
        (bidder, f"/alfa/offers/{offer.pk}/"),
        (bidder, f"/alfa/offers/{offer.pk}/read/"),
    ]
    for client, path in pages:
        answer = client.get(path)
        assert answer.status_code == 200 and MARK not in answer.content.decode(), path
    assert bidder.get(f"/alfa/offers/{offer.pk}/read/files/k/").status_code == 404


def _undecided(call: Call) -> None:
    Call.objects.update(state="opened", decided_at=None)


def _asked(call: Call) -> None:
    JustificationRequest.objects.create(call=call, received_on=date(2015, 3, 3), reference="P/1")


def _contract(call: Call, ends: date) -> Any:
    award = Award.objects.get()
    ContractDraft.objects.all().delete()
    paper = store_file(b"x", name="umowa", content_type="x/y", folder="contracts", actor=ACTOR)
    contract = ContractFactory(number="U/7", valid_from=date(2015, 4, 1), valid_to=ends)
    ContractDraft.objects.create(
        award=award, contract=contract, state="signed", document=paper, number="U/7", valid_from=contract.valid_from,
        valid_to=ends, amount=Decimal(1), price_per_hour=Decimal(1),
    )  # fmt: skip
    return contract


def _running(call: Call) -> None:
    _contract(call, date(timezone.localdate().year + 1, 12, 31))


def _unsettled(call: Call) -> None:
    contract = _contract(call, date(2015, 12, 31))
    ContractMonth.objects.create(
        contract=contract, month=date(2015, 5, 1), state="accepted", accepted_minutes=0, snapshot={},
        snapshot_sha256="0" * 64,
    )  # fmt: skip


def _ended_lately(call: Call) -> None:
    _contract(call, date(timezone.localdate().year - 1, 12, 31))


def _unsigned(call: Call) -> None:
    ContractDraft.objects.all().delete()
    ContractDraft.objects.create(
        award=Award.objects.get(), valid_from=date(2015, 4, 1), valid_to=date(2015, 5, 1), amount=Decimal(1),
        price_per_hour=Decimal(1),
    )  # fmt: skip


def _held(call: Call) -> None:
    actions.keep_back(ClearanceLine.objects.get(), reason="court", reference="I C 7/25", actor=ACTOR)


KEEPING = [
    (_undecided, "konkurs nie jest rozstrzygnięty"),
    (_asked, "żądanie uzasadnienia wyboru jest bez odpowiedzi"),
    (_running, "umowa U/7, zawarta z tego konkursu, trwa do"),
    (_unsettled, "miesiąc 05.2015 umowy U/7"),
    (_ended_lately, "okres przechowywania kończy się przed"),
    (_unsigned, "umowa z tego konkursu czeka na podpisy"),
    (_held, "sprawa sądowa lub egzekucyjna (I C 7/25)"),
]


@pytest.mark.parametrize(("keep", "words"), KEEPING, ids=lambda one: getattr(one, "__name__", ""))
def test_what_keeps_offers(
    alfa: Any, old: Call, sign_in: Any, keep: Callable[[Call], None], words: str
) -> None:
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "call")
    with tenant_scope(alfa):
        keep(old)
        assert past("call") == []
    assert words in carry_out(director, clearance)
    with tenant_scope(alfa):
        erase_told(str(clearance.pk))
        assert OpenedOffer.objects.get().content["other"] == MARK


def test_a_call_that_goes_on_is_never_cleared(alfa: Any) -> None:
    with tenant_scope(alfa), pytest.raises(IntegrityError), transaction.atomic():
        make_call(state="published", cleared_at=LONG_AGO)


def test_queries_do_not_grow_with_calls(alfa: Any, old: Call) -> None:
    counts, organisation = [], partner(alfa, name="Fundacja Wielu")
    with tenant_scope(alfa):
        for _more in range(2):
            past("call")
            with CaptureQueriesContext(connection) as asked:
                count = len(past("call"))
            found = len(asked)
            actions.propose_clearance("call", actor=ACTOR)
            clearance = Clearance.objects.get(state="proposed")
            with CaptureQueriesContext(connection) as done:
                actions.confirm_clearance(
                    clearance, protocol="B", approved_on=timezone.localdate(), actor=ACTOR
                )
            with CaptureQueriesContext(connection) as erased:
                erase_told(str(clearance.pk))
            counts.append((found, len(done), len(erased)))
            assert count == (4 if counts[1:] else 1)
            for number in range(len(counts) * 4 - 4, 4):
                call = _old_call(organisation, f"K/{number + 2}/2015")
                make_committee(call)
                submit_offer(call, partner(alfa, name=f"Fundacja {number}"))
    assert counts[0][0] == counts[1][0] and counts[0][1] >= counts[1][1]
    # Files of several calls are removed in as many statements as those of one.
    assert counts[1][2] <= counts[0][2] + 2
