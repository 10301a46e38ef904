"""The public board: read by anybody, nothing of persons, feeds that parse, answers that browsers may keep."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.receipts import receipts_digest
from contracting.tenders.models import Award, Call, Question
from contracting.tenders.queries.board import Phase, in_phase, phase_of, public_calls
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from tenants import routing
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, published_call, ready_draft, set_deadline_back
from tests.factories.people import partner
from tests.factories.tenders import make_call, opened_offer, submit_offer

pytestmark = pytest.mark.django_db
FEEDS = ("feed.rss", "feed.atom", "feed.json", "ocds.json")
ATOM = "{http://www.w3.org/2005/Atom}"


def read(path: str, **headers: str) -> Any:
    return Client().get(f"/alfa/board/{path}", headers=headers or None)


def decided_call(alfa: Tenant) -> Call:
    """A call with one granted offer; its results are out."""
    call = make_call(number="K/9/2026", state=Call.State.DECIDED, decided_at=timezone.now())
    with public_scope():
        organisation = partner(alfa, name="Fundacja Wybrana")
    offer = opened_offer(call, organisation, grant="90000.00")
    Award.objects.create(
        offer=offer,
        lot=offer.lot,
        opinion="granted",
        decision="granted",
        amount=Decimal("88000.00"),
        reason="Mniej środków",
        decided_at=timezone.now(),
        decided_by=new_id(),
    )
    return call


def test_anybody_reads_the_board_and_drafts_are_not_on_it(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call, draft = published_call(), ready_draft(number="2/2027", title="Tajny projekt")
    page = read("")
    assert page.status_code == 200
    assert "Usługi opiekuńcze 2027" in page.content.decode()
    for path in ("", f"{call.pk}/", *FEEDS):
        assert "Tajny projekt" not in read(path).content.decode(), path
    assert read(f"{draft.pk}/").status_code == 404
    assert "sessionid" not in page.cookies


def test_every_phase_is_listed_where_it_belongs(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        calls = {
            "open": published_call(number="1/2027"),
            "closed": close_if_due(set_deadline_back(published_call(number="2/2027"))),
            "decided": decided_call(alfa),
            "annulled": annul_call(
                published_call(number="4/2027"), ground="other", reason="Brak środków", actor=DIRECTOR
            ),
        }
        now = timezone.now()
        assert {key: str(phase_of(call, now)) for key, call in calls.items()} == {key: key for key in calls}
        for key, call in calls.items():
            assert list(in_phase(public_calls(), Phase(key), now)) == [call]
    for key, call in calls.items():
        text = read(f"?state={key}").content.decode()
        assert [other for other, one in calls.items() if str(one.pk) in text] == [key]
        assert read(f"{call.pk}/").status_code == 200


def test_nothing_of_offers_before_the_deadline(alfa: Tenant) -> None:
    with tenant_scope(alfa), public_scope():
        organisation = partner(alfa, name="Fundacja Zapieczętowana")
    with tenant_scope(alfa):
        call = make_call(state=Call.State.PUBLISHED)
        offer = submit_offer(call, organisation)
        receipt = offer.sealed.get()
    for path in ("", f"{call.pk}/", *FEEDS):
        text = read(path).content.decode()
        for mark in (receipt.receipt, receipt.sha256, "Zapieczętowana"):
            assert mark not in text, path


def test_after_the_deadline_the_receipts_without_names(alfa: Tenant) -> None:
    with tenant_scope(alfa), public_scope():
        organisation = partner(alfa, name="Fundacja Zapieczętowana")
    with tenant_scope(alfa):
        call = make_call(state=Call.State.PUBLISHED)
        receipt = submit_offer(call, organisation).sealed.get()
        set_deadline_back(call)
        digest = receipts_digest(call)
    # Reading the page closes the call.
    text = read(f"{call.pk}/").content.decode()
    for mark in (receipt.receipt, receipt.sha256, digest):
        assert mark in text
    assert "Zapieczętowana" not in text
    with tenant_scope(alfa):
        call.refresh_from_db()
    assert (call.closed_at is not None, call.receipts_digest) == (True, digest)


def test_results_tell_bidder_task_and_amount(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call = decided_call(alfa)
    text = read(f"{call.pk}/").content.decode()
    for mark in ("Fundacja Wybrana", "88\u00a0000,00", "może żądać uzasadnienia"):
        assert mark in text
    # The offer's people and texts are no part of the results.
    for mark in ("Iwona Próbna", "Osiem lat usług", "biuro@fundacja.test"):
        for path in (f"{call.pk}/", *FEEDS):
            assert mark not in read(path).content.decode()


def test_a_suspended_tenant_closes_its_board_and_tells_the_public_no_reason(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call = published_call()
    Tenant.objects.filter(slug="alfa").update(state="suspended", suspension_reason="Niezapłacone faktury")
    for path in ("", f"{call.pk}/", *FEEDS):
        answer = read(path)
        assert answer.status_code == 403, path
        assert "faktury" not in answer.content.decode()
    routing.forget()


def test_an_unknown_tenant_has_no_board() -> None:
    assert Client().get("/gamma/board/").status_code == 404


def test_the_call_of_another_tenant_is_not_found(alfa: Tenant, beta: Tenant) -> None:
    with tenant_scope(beta):
        call = make_call(state=Call.State.PUBLISHED)
    assert read(f"{call.pk}/").status_code == 404


def test_feeds_parse_and_tell_what_happened(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        call = published_call()
        annul_call(call, ground="other", reason="Brak środków & zmiana", actor=DIRECTOR)
    rss = ElementTree.fromstring(read("feed.rss").content)  # noqa: S314 - our own answer
    titles = [item.findtext("title") for item in rss.iter("item")]
    assert sorted(str(title).split(" ")[0] for title in titles) == ["Konkurs", "Unieważnienie"]
    atom = ElementTree.fromstring(read("feed.atom").content)  # noqa: S314
    newest = next(atom.iter(f"{ATOM}entry"))
    assert newest.findtext(f"{ATOM}summary") == "Brak środków & zmiana"
    feed = json.loads(read("feed.json").content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["_call"]["state"] for item in feed["items"]] == ["annulled", "annulled"]
    assert len({item["id"] for item in feed["items"]}) == 2


@pytest.mark.parametrize("path", ["", "call", *FEEDS])
def test_what_did_not_change_is_not_sent_again(alfa: Tenant, path: str) -> None:
    with tenant_scope(alfa):
        call = published_call()
    path = f"{call.pk}/" if path == "call" else path
    first = read(path)
    etag = first.headers["ETag"]
    again = read(path, **{"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert read(path, **{"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    with tenant_scope(alfa):
        Question.objects.create(
            call=call,
            asked_by=new_id(),
            organisation_id=new_id(),
            text="Czy?",
            answer="Tak",
            answered_at=timezone.now() + timedelta(minutes=1),
        )
        Call.objects.filter(pk=call.pk).update(title="Inny tytuł", changed_at=timezone.now())
    changed = read(path, **{"If-None-Match": etag})
    assert (changed.status_code, changed.headers["ETag"] != etag) == (200, True)


def test_another_language_is_another_page(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        published_call()
    polish, english = Client(), Client()
    english.cookies["django_language"] = "en"
    etag = polish.get("/alfa/board/").headers["ETag"]
    answer = english.get("/alfa/board/", headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "Calls for offers" in answer.content.decode()
    assert {"Cookie", "Accept-Language"} <= {part.strip() for part in answer.headers["Vary"].split(",")}


def test_pages_of_signed_in_people_are_kept_by_nobody(alfa: Tenant, sign_in: Callable[..., Client]) -> None:
    with tenant_scope(alfa):
        published_call()
    answer = sign_in("director", alfa).get("/alfa/board/")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["", "call", *FEEDS])
def test_queries_do_not_grow_with_calls(alfa: Tenant, path: str) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert read(path).status_code == 200
        return len(captured)

    with tenant_scope(alfa):
        call = published_call()
        decided_call(alfa)
    path = f"{call.pk}/" if path == "call" else path
    read(path)
    few = count()
    with tenant_scope(alfa):
        for number in range(12):
            make_call(number=f"P/{number}/2026", state=Call.State.PUBLISHED)
            make_call(number=f"Z/{number}/2026", state=Call.State.OPENED)
            Question.objects.create(
                call=call,
                asked_by=new_id(),
                organisation_id=new_id(),
                text="Czy?",
                answer="Tak",
                answered_at=timezone.now(),
            )
    assert count() == few <= 15
