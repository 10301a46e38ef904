"""Opening: two members after the deadline, everything at once, altered offers told and not hidden, keys recovered."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from contracting.tenders import sealing
from contracting.tenders.actions import drafting, handing_in, joining, opening, sealing_keys
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.models import (
    Amendment,
    Call,
    Committee,
    Offer,
    OfferPartner,
    OpenedOffer,
    Opening,
    SealedOffer,
    Seat,
    UnreadableOffer,
)
from documents.storage import TenantFileStorage
from kernel import keeper
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.keeper import KeyLost
from kernel.tenancy import tenant_scope
from tenants.addresses import tenant_url
from tenants.models import Tenant
from tenants.roles import Role
from tests.contracting.tenders.offers_world import (
    HOLDERS,
    MANAGER,
    after_deadline,
    at,
    bidder,
    handed_in,
    published_call,
    recovery_shares,
    written_offer,
)
from tests.contracting.tenders.test_handing_in import PDF
from tests.factories.people import UserFactory
from tests.factories.tenders import make_committee, prove

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alfa")]


@pytest.fixture
def people(in_alfa: Any) -> list[Any]:
    return [UserFactory() for _number in range(3)]


def _confirm(call: Call, user: Any) -> Opening:
    return opening.confirm_opening(call, seat_user=user.pk, actor=Actor(user.pk, user.full_name))


def _refused(code: str, call: Call, user: Any) -> None:
    with pytest.raises(DomainError) as caught:
        _confirm(call, user)
    assert caught.value.code == code


def _open(call: Call, people: list[Any]) -> Opening:
    with after_deadline(call):
        _confirm(call, people[0])
        return _confirm(call, people[1])


def test_two_members_open_everything_at_once(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    one, receipt = handed_in(call, bidder("Fundacja Aronia"), "Aronia")
    two, _second = handed_in(call, bidder("Fundacja Berberys"), "Berberys")
    handed_in_and_withdrawn, _third = handed_in(call, bidder("Fundacja Cis"), "Cis")
    handing_in.withdraw(handed_in_and_withdrawn, actor=MANAGER)
    with after_deadline(call):
        first = _confirm(call, people[0])
        assert first.opened_at is None and not OpenedOffer.objects.exists()
        done = _confirm(call, people[2])
    assert (done.first_by, done.second_by) == (people[0].pk, people[2].pk)
    assert {row.offer_id for row in OpenedOffer.objects.all()} == {one.pk, two.pk}
    opened = OpenedOffer.objects.get(offer=one)
    assert opened.content["concept"]["training"].startswith("training Aronia")
    assert (str(opened.total), str(opened.grant), str(opened.own_contribution)) == (
        "103599.96",
        "102099.96",
        "1500.00",
    )
    assert (str(opened.price_per_hour), opened.minutes) == ("43.17", 144_000)
    call.refresh_from_db()
    assert call.state == "opened" and call.opened_at == done.opened_at
    codes = [line[1] for line in done.log]
    assert codes == ["first_confirmed", "second_confirmed", "digest_same", "opened", "opened"]
    assert receipt.number in str(done.log) and "Aronia" not in str(done.log)
    entry = Entry.objects.filter(verb="open_offers").get()
    assert entry.payload is not None and entry.payload["submitted_by"][receipt.number] == str(MANAGER.user_id)
    assert "Aronia" not in str(entry.payload)
    with after_deadline(call):
        _refused("opened_already", call, people[1])


def test_nothing_is_opened_before_the_deadline(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    handed_in(call, bidder())
    _refused("before_deadline", call, people[0])
    with at(call.deadline - timedelta(microseconds=1)):
        _refused("before_deadline", call, people[0])
    assert not Opening.objects.exists()


def test_once_the_deadline_has_passed_the_page_of_the_committee_leads_to_the_opening(
    people: list[Any], alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    call = published_call()
    make_committee(call, *people)
    director = sign_in(Role.DIRECTOR, alfa)
    page, room = tenant_url("committee:committee", call.pk), tenant_url("offers:opening", call.pk)
    assert room not in director.get(page).content.decode()
    with tenant_scope(alfa):
        Call.objects.filter(pk=call.pk).update(deadline=timezone.now() - timedelta(minutes=1))
    assert room in director.get(page).content.decode()


def test_one_person_opens_nothing_alone(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    handed_in(call, bidder())
    with after_deadline(call):
        _confirm(call, people[0])
        _refused("same_person", call, people[0])
    assert not OpenedOffer.objects.exists()


def test_only_members_with_a_vote_open(people: list[Any]) -> None:
    call = published_call()
    member, expert, outsider = people
    make_committee(call, member, expert, roles=[Seat.Role.CHAIR, Seat.Role.EXPERT])
    handed_in(call, bidder())
    with after_deadline(call):
        _refused("no_seat", call, outsider)
        _refused("no_seat", call, expert)
        _confirm(call, member)
        _refused("no_seat", call, expert)


def test_a_clock_moved_back_opens_nothing(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    handed_in(call, bidder())
    with after_deadline(call, hours=3):
        close_if_due(call)
    with after_deadline(call, hours=1):
        _refused("clock_moved_back", call, people[0])
    with after_deadline(call, hours=4):
        _confirm(call, people[0])


def test_a_clock_before_a_receipt_opens_nothing(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    _offer, receipt = handed_in(call, bidder())
    # The deadline was moved behind the back of the product, the clock with it.
    moved = receipt.submitted_at - timedelta(hours=2)
    Call.objects.filter(pk=call.pk).update(deadline=moved)
    call.refresh_from_db()
    with at(moved + timedelta(minutes=1)):
        _refused("clock_moved_back", call, people[0])


def test_a_replacement_opens_where_one_of_the_openers_is_gone(people: list[Any]) -> None:
    call = published_call()
    committee = make_committee(call, people[0], people[1])
    handed_in(call, bidder())
    with after_deadline(call):
        _confirm(call, people[0])
        Seat.objects.filter(user_id=people[0].pk).update(released_at=timezone.now(), release_reason="choroba")
        Seat.objects.create(committee=committee, user_id=people[2].pk)
        # The word of the one who left counts no more: the next two open.
        again = _confirm(call, people[1])
        assert again.first_by == people[1].pk and again.opened_at is None
        assert _confirm(call, people[2]).opened_at is not None
    assert OpenedOffer.objects.count() == 1


def test_an_altered_offer_is_told_and_hides_no_other(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    broken, receipt = handed_in(call, bidder("Fundacja Aronia"), "Aronia")
    fine, _receipt = handed_in(call, bidder("Fundacja Berberys"), "Berberys")
    row = broken.sealed.get()
    SealedOffer.objects.filter(pk=row.pk).update(ciphertext=bytes(row.ciphertext)[:-1] + b"\x00")
    done = _open(call, people)
    assert [line[1] for line in done.log][3:] == ["unreadable", "opened"]
    assert done.log[3][2]["receipt"] == receipt.number
    assert OpenedOffer.objects.get().offer_id == fine.pk
    # It waits for what the organ establishes about it.
    lost = UnreadableOffer.objects.get()
    assert (lost.offer_id, lost.sealed_id, lost.finding) == (broken.pk, row.pk, "")


def test_a_receipt_altered_in_the_database_is_told(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    offer, receipt = handed_in(call, bidder())
    with after_deadline(call):
        close_if_due(call)
    SealedOffer.objects.filter(offer=offer).update(submitted_at=receipt.submitted_at - timedelta(hours=1))
    codes = [line[1] for line in _open(call, people).log]
    assert codes[2:] == ["digest_differs", "unreadable"]


def test_an_altered_file_is_told(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    offer = written_offer(call, bidder())
    line = drafting.add_file(offer, PDF, purpose="", actor=MANAGER)
    offer.refresh_from_db()
    handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    key = offer.sealed.get().files.get().stored.key
    storage = TenantFileStorage()
    with storage.open(key) as file:
        content = file.read()
    storage.delete(key)
    from django.core.files.base import ContentFile

    storage.save(key, ContentFile(content[:-1] + b"\x00"))
    done = _open(call, people)
    assert done.log[3][1:] == [
        "opened_files_damaged",
        {**done.log[3][2], "files": [line["key"]]},
    ]
    with pytest.raises(DomainError):
        opening.opened_file(OpenedOffer.objects.get(), line["key"])


def test_files_are_read_after_the_opening(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    offer = written_offer(call, bidder())
    line = drafting.add_file(offer, PDF, purpose="", actor=MANAGER)
    offer.refresh_from_db()
    handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    _open(call, people)
    assert opening.opened_file(OpenedOffer.objects.get(), line["key"]) == PDF.content


def test_an_offer_that_was_not_confirmed_is_marked(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    silent, _one = handed_in(call, bidder("Fundacja Aronia"), "Aronia")
    confirmed, _two = handed_in(call, bidder("Fundacja Berberys"), "Berberys")
    amendment = Amendment.objects.create(
        call=call, number=1, reason="Zmiana", published_at=timezone.now(), published_by=new_id()
    )
    prove(call, amendment)
    handing_in.confirm_amendments(confirmed, seen=1, actor=MANAGER)
    after, _three = handed_in(call, bidder("Fundacja Cis"), "Cis")
    _open(call, people)
    marks = dict(OpenedOffer.objects.values_list("offer_id", "unconfirmed_amendment"))
    assert marks == {silent.pk: 1, confirmed.pk: None, after.pk: None}


def test_the_partners_are_those_of_the_offer_handed_in(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    partner = bidder("Fundacja Partnerska")
    offer = written_offer(call, bidder())
    joined = joining.add_partner(offer, partner, actor=MANAGER)
    joining.answer_invitation(joined, accepts=True, actor=MANAGER)
    offer.refresh_from_db()
    content = drafting.read_draft(offer)
    rows = [{**row, "does": "wizyty", "represented_by": "Ola Druga"} for row in content["partners"]]
    drafting.save_section(offer, "partners", base=content["partners"], value=rows, actor=MANAGER)
    offer.refresh_from_db()
    handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    handing_in.begin_anew(offer, actor=MANAGER)
    joining.remove_partner(offer, OfferPartner.objects.get(), actor=MANAGER)
    _open(call, people)
    assert OfferPartner.objects.get().organisation_id == partner.pk


def test_with_the_key_lost_two_shares_recover(people: list[Any], settings: Any, tmp_path: Path) -> None:
    shares = recovery_shares()
    call = published_call()
    make_committee(call, *people)
    handed_in(call, bidder())
    settings.SEAL_KEY_FILE = str(tmp_path / "new.key")
    with after_deadline(call):
        _confirm(call, people[0])
        with pytest.raises(KeyLost):
            _confirm(call, people[1])
        assert not OpenedOffer.objects.exists() and Opening.objects.get().opened_at is None
        keeper.ensure_key_file(Path(settings.SEAL_KEY_FILE))
        with pytest.raises(KeyLost):
            _confirm(call, people[1])
        for few in ([shares[0]], [shares[0], shares[0]], ["a b c", shares[1]]):
            with pytest.raises(DomainError, match=r"Te słowa|These words"):
                sealing_keys.recover_call_keys(few, actor=Actor.system("tests"))
        assert sealing_keys.recover_call_keys([shares[2], shares[0]], actor=Actor.system("tests")) == 1
        assert _confirm(call, people[1]).opened_at is not None
    assert OpenedOffer.objects.count() == 1


def test_shares_of_another_key_recover_nothing(people: list[Any]) -> None:
    recovery_shares()
    published_call()
    strange = sealing.split_secret(sealing.new_content_key())
    with pytest.raises(DomainError) as caught:
        sealing_keys.recover_call_keys(strange[:2], actor=Actor.system("tests"))
    assert caught.value.code == "wrong_shares"


def test_a_new_recovery_key_takes_over_the_calls_that_wait(
    people: list[Any], settings: Any, tmp_path: Path
) -> None:
    old = recovery_shares()
    call = published_call()
    new = sealing_keys.make_recovery_key(holders=HOLDERS, actor=MANAGER)
    call.key.refresh_from_db()
    assert call.key.recovery_key == new.key
    settings.SEAL_KEY_FILE = str(tmp_path / "new.key")
    keeper.ensure_key_file(Path(settings.SEAL_KEY_FILE))
    assert sealing_keys.recover_call_keys(old[:2], actor=Actor.system("tests")) == 0
    assert sealing_keys.recover_call_keys(new.shares[1:], actor=Actor.system("tests")) == 1
    sealing_keys.private_key_of(type(call.key).objects.get())


@pytest.mark.parametrize("holders", [[], ["a", "b"], ["a", "A", "c"], ["a", " ", "c"]])
def test_three_different_functions_hold_the_shares(holders: list[str]) -> None:
    with pytest.raises(DomainError) as caught:
        sealing_keys.make_recovery_key(holders=holders, actor=MANAGER)
    assert caught.value.code == "recovery_holders"


def test_nothing_handed_in_is_nothing_to_open(people: list[Any]) -> None:
    call = published_call()
    make_committee(call, *people)
    written_offer(call, bidder())
    with after_deadline(call):
        _refused("nothing_to_open", call, people[0])
    assert Committee.objects.count() == 1 and Offer.objects.get().state == "draft"
