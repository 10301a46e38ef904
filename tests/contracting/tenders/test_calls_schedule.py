"""What the clock starts for calls: closing those that are due in every tenant, mails that were left waiting."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from contracting.tenders import schedule, tasks
from contracting.tenders.actions.amending import amend_call
from contracting.tenders.actions.annulling import annul_call
from contracting.tenders.models import Amendment, Call, Question
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.roles import Role
from tests.contracting.tenders import offers_world
from tests.contracting.tenders.calls_world import DIRECTOR, in_days, published_call, set_deadline_back
from tests.factories.people import signed_in_client
from tests.queueing import remember_queued

pytestmark = pytest.mark.django_db


def test_calls_that_are_due_are_closed_in_every_tenant(alfa: Tenant, beta: Tenant) -> None:
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            set_deadline_back(published_call(number="1/2027"))
            published_call(number="2/2027")
    assert schedule.close_due_calls() == 2
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            closed = Call.objects.filter(closed_at__isnull=False).values_list("number", flat=True)
            assert list(closed) == ["1/2027"]
    assert schedule.close_due_calls() == 0


def test_notices_left_waiting_are_handed_over_again(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    amendments = remember_queued(monkeypatch, tasks.notify_amendment)
    answers = remember_queued(monkeypatch, tasks.notify_answer)
    with tenant_scope(alfa):
        call = published_call()
        amendment = amend_call(
            call, reason="Dłużej", confirm=False, values={"deadline": in_days(40)}, actor=DIRECTOR
        )
        fresh = Question.objects.create(
            call=call,
            asked_by=new_id(),
            organisation_id=new_id(),
            text="Czy?",
            answer="Tak",
            answered_at=timezone.now(),
        )
        assert schedule.send_waiting_notices() == 0
        long_ago = timezone.now() - timedelta(minutes=6)
        Amendment.objects.filter(pk=amendment.pk).update(published_at=long_ago)
        Question.objects.filter(pk=fresh.pk).update(answered_at=long_ago)
    amendments.clear()
    assert schedule.send_waiting_notices() == 2
    assert amendments == [(str(amendment.pk), alfa.schema_name)]
    assert answers == [(str(fresh.pk), alfa.schema_name)]


def test_the_mail_of_an_annulment_survives_a_queue_that_is_away(
    alfa: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(alfa):
        call = offers_world.published_call(number="9/2027")
        offers_world.written_offer(call, organisation := offers_world.bidder())
        writer = signed_in_client(Role.NGO_MANAGER, alfa, organisation).user  # type: ignore[attr-defined]
        annul_call(call, ground="other", reason="Brak środków", actor=DIRECTOR)
        other = offers_world.published_call(number="10/2027")
        handed_over = remember_queued(monkeypatch, tasks.notify_annulment)
        assert schedule.send_waiting_notices() == 0, "the queue has its five minutes"
        Call.objects.filter(pk=call.pk).update(annulled_at=timezone.now() - timedelta(minutes=6))
    assert schedule.send_waiting_notices() == 1
    assert handed_over == [(str(call.pk), alfa.schema_name)]
    with tenant_scope(alfa):
        tasks.notify_annulment(str(other.pk))
        assert mail.outbox == [], "a call that goes on"
        for _time in range(2):
            tasks.notify_annulment(str(call.pk))
    assert [sent.to for sent in mail.outbox] == [[writer.email]], (
        "written once, however often it is handed over"
    )
    assert schedule.send_waiting_notices() == 0


def test_a_queue_that_is_away_undoes_no_amendment(in_alfa: Tenant) -> None:
    call = published_call()
    amend_call(call, reason="Dłużej", confirm=False, values={"deadline": in_days(40)}, actor=DIRECTOR)
    # Handed over after the commit and robustly: what fails there is logged, and the clock hands it over again.
    assert [robust for _savepoints, _verb, robust in connection.run_on_commit] == [True]
