"""What the pages of an offer refuse: a draft that is gone, partners and files that cannot be, a colleague's quicker hand."""

from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracting.tenders.actions import drafting, joining
from contracting.tenders.models import Lot, Offer, OfferFile, OfferPartner
from documents.actions import store_file
from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.offer_desk import Desk
from tests.contracting.tenders.offers_world import MANAGER, write
from tests.contracting.tenders.test_joint_offers import Table
from tests.factories.tenders import content_of, make_call, opened_offer
from tests.meanwhile import meanwhile

pytestmark = pytest.mark.django_db
_PDF = b"%PDF-1.7 tresc statutu %%EOF"


@pytest.fixture
def desk(alfa: Tenant) -> Desk:
    return Desk(alfa)


def refused(answer: Any, says: str, status: int = 422) -> None:
    """The page, with the sentence."""
    assert says in answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == status


def bring(desk: Desk) -> Any:
    return desk.writer.post(desk.page("files"), {"file": SimpleUploadedFile("statut.pdf", _PDF)})


def files_of(desk: Desk) -> tuple[int, int]:
    """How many the draft names, and how many are kept."""
    with tenant_scope(desk.tenant):
        return len(desk.content()["files"]), OfferFile.objects.count()


def test_nothing_is_written_where_no_draft_is_open(desk: Desk) -> None:
    assert desk.hand_in().status_code == 302
    answer = desk.save("task", {}, {"title": "Nowy"})
    assert answer.status_code == 422
    (problem,) = answer.json()["errors"]
    assert (problem["code"], problem["message"][:44]) == (
        "no_draft",
        "Ta oferta jest złożona i nie ma otwartego sz",
    )
    with tenant_scope(desk.tenant):
        assert Offer.objects.get().draft is None


def test_no_offer_is_begun_after_the_deadline_or_twice(desk: Desk) -> None:
    with tenant_scope(desk.tenant):
        over = make_call(number="K/2/2026").lots.get()
        free = Lot.objects.create(call=desk.call, position=2, title="Druga część", funds=1000)
    sent = {"organisation": str(desk.organisation.pk)}
    refused(desk.writer.post(desk.url("start", over.pk), sent), "nie przyjmuje teraz ofert: termin minął")
    begin = partial(drafting.start_offer, free, desk.organisation, actor=MANAGER)
    with meanwhile(drafting, "start_offer", begin):
        answer = desk.writer.post(desk.url("start", free.pk), sent)
    refused(answer, "Twoja organizacja ma już ofertę na tę część: otwórz ją.")
    with tenant_scope(desk.tenant):
        assert Offer.objects.filter(lot=free).count() == 1 and not Offer.objects.filter(lot=over).exists()


def test_files_have_their_limits(desk: Desk) -> None:
    assert bring(desk).status_code == 302
    refused(bring(desk), "Ten plik już jest w ofercie.")
    assert files_of(desk) == (1, 1)
    with tenant_scope(desk.tenant):
        content = desk.content()
        line = content["files"][0]
        many = [{**line, "key": f"k{at}", "sha256": str(at)} for at in range(drafting.MOST_FILES)]
        write(desk.offer, {**content, "files": many})
    refused(bring(desk), "Oferta mieści najwyżej 20 plików: najpierw usuń któryś.")
    assert files_of(desk) == (20, 1)


def test_a_file_that_a_colleague_has_just_removed(desk: Desk) -> None:
    assert bring(desk).status_code == 302
    key = desk.content()["files"][0]["key"]
    with meanwhile(drafting, "draft_file", partial(drafting.drop_file, desk.offer, key, actor=MANAGER)):
        answer = desk.writer.get(desk.page("draft_file", key))
    refused(answer, "Tego pliku nie ma w szkicu.")


def test_a_partner_who_cannot_be(alfa: Tenant) -> None:
    alone, table = Desk(alfa, number="K/2/2026", joint_offers=False), Table(alfa)
    with public_scope():
        Organisation.objects.filter(pk=table.organisation.pk).update(krs="0000111222")
    add = lambda desk, number: desk.writer.post(desk.page("add_partner"), {"number": number})  # noqa: E731
    refused(add(alone, table.ally.krs or "0000999888"), "W tym ogłoszeniu nie przyjmuje się ofert wspólnych.")
    refused(add(table, "0000111222"), "To Twoja własna organizacja: wybierz inną.")
    table.ask()
    refused(add(table, "0000999888"), "Ta organizacja już jest w ofercie.")
    with tenant_scope(alfa):
        assert OfferPartner.objects.count() == 1


def test_who_is_no_longer_asked_does_not_join(alfa: Tenant) -> None:
    table = Table(alfa)
    partner = table.ask()
    leave_out = lambda: OfferPartner.objects.filter(pk=partner.pk).update(in_draft=False)  # noqa: E731
    with meanwhile(joining, "answer_invitation", leave_out):
        answer = table.signer.post(table.page("partner", partner.pk), {"answer": "accept"})
    refused(answer, "Państwa organizacja nie jest już proszona o przystąpienie do tej oferty.")
    with tenant_scope(alfa):
        assert OfferPartner.objects.get().state == OfferPartner.State.ASKED


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (False, "Tego pliku nie ma w ofercie."),
        (True, "Ten plik zmieniono po złożeniu oferty, więc nie jest pokazywany."),
    ],
    ids=["lost", "altered"],
)
def test_a_file_of_an_opened_offer_that_is_not_what_was_handed_in(desk: Desk, kept: bool, says: str) -> None:
    line = {"key": "statut", "name": "statut.pdf", "for": "", "size": 1, "content_type": "application/pdf"}
    with tenant_scope(desk.tenant):
        call = make_call(number="K/2/2026")
        offer = opened_offer(call, desk.organisation, content={**content_of("Aronia"), "files": [line]})
        if kept:
            actor = Actor.system("tests")
            altered = store_file(b"x", name="offer", content_type="x/y", folder="offers", actor=actor)
            OfferFile.objects.create(offer=offer, sealed=offer.opened.sealed, key="statut", stored=altered)
            offer.opened.content_key = drafting.crypto.encrypt_bytes(b"\0" * 32)
            offer.opened.save(update_fields=["content_key"])
    refused(desk.writer.get(desk.url("opened_file", offer.pk, "statut")), says)
