"""Amendments: the only way a published call changes; annulment and what comes after the choice."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from contracting.tenders import tasks
from contracting.tenders.actions.amending import amend_call
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.actions.calls import LotLine, criterion_lines, lot_lines
from contracting.tenders.actions.justifications import answer_justification, record_justification_request
from contracting.tenders.lawfulness import lawfulness_of
from contracting.tenders.models import Amendment, Call, Offer, SealedOffer
from contracting.tenders.words import change_rows
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import local_date
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Tenant
from tests.contracting.tenders.calls_world import (
    DIRECTOR,
    in_days,
    prove,
    published_call,
    set_deadline_back,
)
from tests.factories.people import UserFactory, partner
from tests.factories.tenders import make_call, submit_offer
from tests.queueing import mail_server_away

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]


def amend(call: Call, *, confirm: bool = True, reason: str = "Dłuższy czas", **values: Any) -> Amendment:
    return amend_call(call, reason=reason, confirm=confirm, values=values, actor=DIRECTOR)


def refusal_of(verb: Callable[[], Any]) -> list[str]:
    with pytest.raises(DomainError) as caught:
        verb()
    return [problem.code for problem in caught.value.problems]


def test_an_amendment_keeps_before_and_after_and_is_published(in_alfa: Tenant) -> None:
    call = published_call()
    amendment = amend(call, deadline=in_days(40), conditions="Także w święta.")
    call.refresh_from_db()
    assert call.deadline == in_days(40)
    assert amendment.number == 1
    assert amendment.changes["conditions"] == ["Od poniedziałku do niedzieli, 7:00–20:00.", "Także w święta."]
    assert [row.place for row in amendment.publications.all()] == ["www"]
    rows = {what: (before, after) for what, before, after in change_rows(amendment)}
    assert rows["Terminy i warunki realizacji"][1] == "Także w święta."
    # Its own proofs are owed too.
    assert {one.amendment for one in lawfulness_of(call).missing} == {1}
    prove(call, "amendment", amendment)
    assert lawfulness_of(call).is_lawful


def test_parts_and_criteria_change_in_place(in_alfa: Tenant) -> None:
    call = published_call()
    lot = call.lots.get()
    lines = criterion_lines(call)
    amendment = amend_call(
        call,
        reason="Więcej godzin",
        confirm=True,
        values={},
        lots=[LotLine(lot.title, lot.description, lot.funds, 780_000)],
        criteria=[lines[0], lines[1]],
        actor=DIRECTOR,
    )
    assert call.lots.get().pk == lot.pk
    assert change_rows(amendment) == [
        ("Część 1: planowany czas usług", "12\u202f000\u00a0h", "13\u202f000\u00a0h")
    ]
    with pytest.raises(DomainError, match="żadnych nie usuwa"):
        amend_call(call, reason="x", confirm=True, values={}, lots=[], actor=DIRECTOR)


def with_part(call: Call, **values: Any) -> Amendment:
    """The call gets a second part of 100 000 zł, taken from the first."""
    lot = call.lots.get(position=1)
    lines = [
        LotLine(lot.title, lot.description, lot.funds - 100_000, lot.minutes),
        LotLine("Wyjazdy", "", Decimal("100000.00"), 60_000),
    ]
    return amend_call(call, reason="Nowa część", confirm=False, values=values, lots=lines, actor=DIRECTOR)


def test_a_part_can_be_added_and_asks_every_bidder_to_confirm_or_replace(in_alfa: Tenant) -> None:
    call = published_call()
    first = call.lots.get()
    with public_scope():
        organisation = partner(in_alfa)
    offer = submit_offer(call, organisation)
    amendment = with_part(call)
    added = call.lots.get(position=2)
    assert (added.title, added.funds, added.minutes) == ("Wyjazdy", Decimal("100000.00"), 60_000)
    assert call.lots.get(position=1).pk == first.pk == offer.lot_id
    # The organ had not asked for it.
    assert amendment.confirm and amendment.adds_parts
    rows = change_rows(amendment)
    assert ("Część 2: nazwa części", "–", "Wyjazdy") in rows
    assert not any(after == "–" for _what, _before, after in rows)
    # Who bids for the first part may bid for the new one too.
    Offer.objects.create(call=call, lot=added, organisation=organisation, draft=b"x", created_by=new_id())
    later = amend(call, conditions="Także w święta.", confirm=False)
    assert not later.confirm and not later.adds_parts


def test_a_new_part_has_the_whole_time_of_a_call(in_alfa: Tenant) -> None:
    call = published_call()
    short = in_days(22) - timedelta(hours=1)
    Call.objects.filter(pk=call.pk).update(deadline=short)
    assert refusal_of(lambda: with_part(call)) == ["part_without_term"]
    assert call.lots.count() == 1
    amendment = with_part(call, deadline=in_days(22))
    prove(call, "amendment", amendment)
    assert lawfulness_of(call).is_lawful
    # A proof of a later day shows that the new part was announced too late there.
    amendment.publications.filter(place="bip").update(
        posted_on=local_date(timezone.now()) + timedelta(days=1)
    )
    call.refresh_from_db()
    state = lawfulness_of(call)
    assert state.is_short and state.earliest == in_days(23)


def test_a_new_part_stays_within_the_money_of_the_call(in_alfa: Tenant) -> None:
    call = published_call()
    lines = [*lot_lines(call), LotLine("Wyjazdy", "", Decimal("0.01"), None)]

    def add() -> Amendment:
        return amend_call(call, reason="x", confirm=True, values={}, lots=lines, actor=DIRECTOR)

    assert refusal_of(add) == ["lots_do_not_add_up"]
    with pytest.raises(DomainError, match="nie dodaje kryteriów"):
        amend_call(
            call,
            reason="x",
            confirm=True,
            values={},
            criteria=[*criterion_lines(call), criterion_lines(call)[0]],
            actor=DIRECTOR,
        )


def test_the_deadline_may_come_earlier_only_where_the_days_stay_full(in_alfa: Tenant) -> None:
    call = published_call(deadline=in_days(40))
    assert refusal_of(lambda: amend(call, deadline=in_days(22) - timedelta(hours=1))) == [
        "deadline_too_early"
    ]
    amend(call, deadline=in_days(22))
    call.refresh_from_db()
    assert call.deadline == in_days(22)


def test_an_amendment_cannot_make_the_call_unlawful(in_alfa: Tenant) -> None:
    call = published_call()
    assert refusal_of(lambda: amend(call, selection="", own_share_min=0)) == [
        "selection_missing",
        "supported_without_own_share",
    ]
    assert refusal_of(lambda: amend(call, deadline=timezone.now() - timedelta(hours=1))) != []
    assert refusal_of(lambda: amend(call)) == ["nothing_changes"]
    assert refusal_of(lambda: amend(call, reason=" ", title="Inny")) == ["invalid"]
    call.refresh_from_db()
    assert (call.selection, call.amendments.count()) != ("", 1)
    assert call.amendments.count() == 0


def test_after_the_deadline_nothing_changes_any_more(in_alfa: Tenant) -> None:
    call = set_deadline_back(published_call())
    assert refusal_of(lambda: amend(call, deadline=in_days(40))) == ["call_not_open"]


def bidder_with_draft(call: Call, alfa: Tenant, email: str) -> None:
    with public_scope():
        organisation = partner(alfa)
        user = UserFactory(email=email)
        Membership.objects.create(user=user, tenant=alfa, role="ngo_coordinator", organisation=organisation)
    Offer.objects.create(call=call, lot=call.lots.get(), organisation_id=organisation.pk, created_by=new_id())


def test_who_has_begun_an_offer_is_told_once_without_a_word_of_it(
    in_alfa: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    call = published_call()
    bidder_with_draft(call, in_alfa, "oferent@przyklad.test")
    with django_capture_on_commit_callbacks(execute=False) as handed_over:
        amendment = amend(call, deadline=in_days(45))
    assert [str(callback) for callback in handed_over if "notify_amendment" in str(callback)]
    tasks.notify_amendment(str(amendment.pk))
    tasks.notify_amendment(str(amendment.pk))
    assert [message.to for message in mail.outbox] == [["oferent@przyklad.test"]]
    assert "1/2027" in mail.outbox[0].subject
    assert "Dłuższy czas" in mail.outbox[0].body
    assert f"/alfa/board/{call.pk}/" in mail.outbox[0].body


def test_a_mail_server_that_is_away_leaves_the_notice_waiting(in_alfa: Tenant) -> None:
    call = published_call()
    bidder_with_draft(call, in_alfa, "oferent@przyklad.test")
    amendment = amend(call, deadline=in_days(45))
    with mail_server_away(), pytest.raises(ConnectionRefusedError):
        tasks.notify_amendment.__wrapped__(str(amendment.pk))
    amendment.refresh_from_db()
    assert amendment.notified_at is None


def test_the_page_amends_and_shows_refusals_at_their_fields(sign_in: SignIn, alfa: Tenant) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        call = published_call()
        Call.objects.update(conditions="\n".join("Warunki realizacji"), task_kind="Dwa\nwiersze")
    address = f"/alfa/calls/{call.pk}/amend/"
    page = director.get(address)
    typed = {
        name: value for form in page.context["whole"] for name, value in [(form.html_name, form.value())]
    }
    typed = {name: "" if value is None else value for name, value in typed.items() if value is not False}
    for prefix in ("lots", "criteria"):
        management = page.context[prefix].management_form
        typed |= {field.html_name: field.value() for field in management}
    typed |= {
        "reason": "Korekta",
        "deadline_day": local_date(in_days(5)).isoformat(),
        "deadline_time": "12:00",
    }
    # As browsers send them: lines that end in CR LF are no change.
    typed = {name: str(value).replace("\n", "\r\n") for name, value in typed.items()}
    refused = director.post(address, typed)
    assert refused.status_code == 422
    assert "jest wcześniejszy niż dotąd" in refused.content.decode()
    typed |= {"deadline_day": local_date(in_days(50)).isoformat()}
    # A last look first: what changes, why, who learns of it; nothing is published and nobody is written to.
    look = director.post(address, typed)
    shown = look.content.decode()
    assert look.status_code == 200 and "Korekta" in shown and "Nic jeszcze nie zostało ogłoszone" in shown
    assert [what for what, _before, _after in look.context["changes"]] == ["Termin składania ofert"]
    with tenant_scope(alfa):
        assert not call.amendments.exists() and not Entry.objects.filter(verb="amend_call").exists()
        assert Call.objects.get().deadline == call.deadline
    assert not mail.outbox
    carried = dict(look.context["typed"])
    assert carried == {name: str(value) for name, value in typed.items()}
    # Going back to change something finds everything as it was typed.
    back = director.post(address, {**carried, "change": "1"})
    assert back.status_code == 200 and back.context["form"]["reason"].value() == "Korekta"
    assert director.post(address, {**carried, "publish": "1"}).status_code == 302
    typed["publish"] = "1"
    with tenant_scope(alfa):
        assert list(call.amendments.get().changes) == ["deadline"]
        call.refresh_from_db()
        assert call.deadline == in_days(50) + timedelta(hours=12)
    public = Client().get(f"/alfa/board/{call.pk}/").content.decode()
    assert "Korekta" in public
    # The row left empty added no part; filled in, it does.
    page = director.get(address)
    assert "data-add-row" in page.content.decode()
    typed |= {"seen": page.context["form"]["seen"].value(), "reason": "Nowa część"}
    typed |= {"deadline_day": local_date(in_days(50)).isoformat()}
    typed |= {"lots-0-funds": "500000", "lots-1-funds": "100000"}
    assert director.post(address, typed).status_code == 422
    typed |= {"lots-1-title": "Wyjazdy"}
    assert director.post(address, typed).status_code == 302
    with tenant_scope(alfa):
        assert [lot.title for lot in call.lots.all()] == [call.lots.first().title, "Wyjazdy"]
    public = Client().get(f"/alfa/board/{call.pk}/").content.decode()
    assert "Nowa część" in public and "Wyjazdy" in public


def test_annulment_needs_its_ground(in_alfa: Tenant) -> None:
    call = published_call()
    annul = lambda ground, reason="Powód": annul_call(call, ground=ground, reason=reason, actor=DIRECTOR)  # noqa: E731
    assert refusal_of(lambda: annul("no_offers")) == ["not_closed"]
    assert refusal_of(lambda: annul("none_fits")) == ["some_offer_fits"]
    assert refusal_of(lambda: annul("other", " ")) == ["reason_missing"]
    set_deadline_back(call)
    annulled = annul("no_offers")
    assert (annulled.state, annulled.annulment_ground) == (Call.State.ANNULLED, "no_offers")
    assert annulled.closed_at is not None
    assert annulled.publications.filter(subject="annulment", place="www").exists()


def test_a_call_with_offers_is_not_annulled_for_want_of_offers(in_alfa: Tenant) -> None:
    call = make_call(state=Call.State.PUBLISHED)
    with public_scope():
        organisation = partner(in_alfa)
    submit_offer(call, organisation)
    set_deadline_back(call)
    verb = lambda: annul_call(call, ground="no_offers", reason="x", actor=DIRECTOR)  # noqa: E731
    assert refusal_of(verb) == ["offers_there"]
    SealedOffer.objects.update(state="withdrawn", ended_at=timezone.now())
    assert verb().state == Call.State.ANNULLED


def test_reasons_are_demanded_within_the_days_after_the_results(in_alfa: Tenant) -> None:
    today = local_date(timezone.now())
    call = make_call(state=Call.State.DECIDED, decided_at=timezone.now() - timedelta(days=31))
    record = lambda day: record_justification_request(  # noqa: E731
        call, received_on=day, reference="OPS.1", actor=DIRECTOR
    )
    assert refusal_of(lambda: record(today)) == ["demand_outside_term"]
    assert refusal_of(lambda: record(today + timedelta(days=1))) == ["demand_in_future"]
    demand = record(today - timedelta(days=1))
    early = lambda: answer_justification(  # noqa: E731
        demand, answer="Bo tak", answered_on=today - timedelta(days=2), actor=DIRECTOR
    )
    assert refusal_of(early) == ["answered_before"]
    answered = answer_justification(demand, answer="Bo", answered_on=today, actor=DIRECTOR)
    assert answered.answered_on == today
    assert refusal_of(
        lambda: answer_justification(demand, answer="x", answered_on=today, actor=DIRECTOR)
    ) == ["justified_already"]


def test_no_reasons_before_the_results(in_alfa: Tenant) -> None:
    call = published_call()
    verb = lambda: record_justification_request(  # noqa: E731
        call, received_on=local_date(timezone.now()), reference="OPS.1", actor=DIRECTOR
    )
    assert refusal_of(verb) == ["not_decided"]
