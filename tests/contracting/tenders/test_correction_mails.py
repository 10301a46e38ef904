"""The mail about a correction of form: to whoever may hand in, once for each time it is asked for, nothing of the offer."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from contracting.tenders import schedule, tasks
from contracting.tenders.actions.checking import ask_correction
from contracting.tenders.models import FormalCheck
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging, member
from tests.factories.tenders import declare_all
from tests.queueing import mail_server_away, remember_queued
from ui.formatting import format_instant_text

pytestmark = pytest.mark.django_db
MARK = "Znacznik"


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    made = build_judging(alfa, mark=MARK)
    with tenant_scope(alfa):
        declare_all(made.committee)
    return made


def bidder_of(world: JudgingWorld, place: int = 0) -> Any:
    return member(world.tenant, "ngo_manager", f"Kierownik {place}", world.organisations[place])


def ask(world: JudgingWorld, *paths: str) -> FormalCheck:
    with tenant_scope(world.tenant):
        return ask_correction(
            world.offers[0],
            points={},
            paths=list(paths),
            until=timezone.now() + timedelta(days=1),
            reason="Zły numer KRS",
            actor=world.actor(),
        )


def test_whoever_may_hand_in_gets_one_mail_for_each_correction_asked_for(
    world: JudgingWorld, beta: Tenant, django_capture_on_commit_callbacks: Any
) -> None:
    bidder, other = bidder_of(world), bidder_of(world, 1)
    member(world.tenant, "ngo_coordinator", "Pisząca", world.organisations[0])
    member(beta, "ngo_manager", "Spoza gminy", world.organisations[0])
    with django_capture_on_commit_callbacks() as handed_over:
        check = ask(world, "bidder.krs")
    assert [one for one in handed_over if "notify_correction" in str(one) and str(check.pk) in str(one)]
    with tenant_scope(world.tenant):
        for _again in range(2):
            tasks.notify_correction(str(check.pk))
    assert [message.to for message in mail.outbox] == [[bidder.email]]
    said = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert str(world.call.number) in str(mail.outbox[0].subject)
    assert world.url("correction", world.offers[0]) in said
    assert format_instant_text(check.correction_until) in said
    for hidden in ("Zły numer KRS", "bidder.krs", "KRS", MARK, other.email, "100000"):
        assert hidden not in said, hidden
    ask(world, "bidder.krs", "bidder.nip")
    with tenant_scope(world.tenant):
        tasks.notify_correction(str(check.pk))
    assert len(mail.outbox) == 2
    assert world.client(bidder).get(world.url("correction", world.offers[0])).status_code == 200


def test_a_correction_made_or_over_is_not_written_about(world: JudgingWorld) -> None:
    bidder_of(world)
    check = ask(world, "bidder.krs")
    with tenant_scope(world.tenant):
        until = check.correction_until
        FormalCheck.objects.update(correction_until=timezone.now() - timedelta(seconds=1))
        tasks.notify_correction(str(check.pk))
        FormalCheck.objects.update(correction_until=until, result=FormalCheck.Result.PENDING)
        tasks.notify_correction(str(check.pk))
        assert FormalCheck.objects.get().notified_at is None
    assert mail.outbox == []


def test_a_mail_left_behind_is_handed_over_again_and_waits_while_the_server_is_away(
    world: JudgingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    bidder_of(world)
    check = ask(world, "bidder.krs")
    again = remember_queued(monkeypatch, tasks.notify_correction)
    assert schedule.send_waiting_notices() == 0
    with tenant_scope(world.tenant):
        FormalCheck.objects.update(checked_at=timezone.now() - tasks.PATIENCE * 2)
    assert schedule.send_waiting_notices() == 1
    assert again == [(str(check.pk), world.tenant.schema_name)]
    with tenant_scope(world.tenant):
        with mail_server_away(), pytest.raises(ConnectionRefusedError):
            tasks.notify_correction.__wrapped__(str(check.pk))
        assert FormalCheck.objects.get().notified_at is None
