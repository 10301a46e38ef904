"""An appointment is moved: its old time is freed, the person told, the link works on, and whence it came stands there."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client as Browser
from django.test import TestCase

from audit.models import Entry
from kernel.tenancy import tenant_scope
from reporting.advice import schedule, tasks
from reporting.advice.actions import booking, cards, moving
from reporting.advice.links import answer_path
from reporting.advice.models import Appointment, Move, Reminder
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import WorkerFactory
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead, typed

pytestmark = pytest.mark.django_db
MAILED = booking.Client(alias="Alias Tajny", mail="tajny@przyklad.test")
REACHED = booking.Client(alias="Alias Tajny", mail="tajny@przyklad.test", phone="600100200")


@pytest.fixture(autouse=True)
def _queue(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """A queue that does at once what it is told, and a folder that takes short messages."""
    settings.SMS_GATEWAY, settings.SMS_FOLDER = "folder", tmp_path / "sms"

    def take(*, args: list[str], headers: dict[str, str], **_options: Any) -> None:
        with tenant_scope(Tenant.objects.get(schema_name=headers["_schema_name"])):
            tasks.send_reminder.run(*args)

    monkeypatch.setattr(tasks.send_reminder, "apply_async", take)
    monkeypatch.setattr(schedule, "hand_over", lambda task, pk: task.run(str(pk)) or True)


def _move(world: AdviceWorld, appointment: Any, to: Any, role: str = Role.COORDINATOR, **fields: Any) -> Any:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return world.client(role).post(world.url(f"{appointment.pk}/time/"), typed(to, world, **fields))


def _clock(world: AdviceWorld, times: int = 1) -> None:
    with tenant_scope(world.tenant):
        for _ in range(times):
            schedule.remind_of_tomorrow()


def _link(world: AdviceWorld, appointment: Any) -> str:
    with tenant_scope(world.tenant):
        return answer_path(appointment)


def test_the_old_time_goes_to_who_waits_and_the_person_is_told_of_the_new_one(
    advice: AdviceWorld, settings: Any
) -> None:
    old, new = advice.slot(ahead(4)), advice.slot(ahead(5))
    appointment, waiting = advice.book(ahead(4), client=REACHED), advice.waiting(20)
    link = _link(advice, appointment)
    with tenant_scope(advice.tenant):
        cards.confirm(appointment, actor=ACTOR)
        other = WorkerFactory(organisation=advice.organisation, surname="Wierzba", given_name="Jan")
    client = advice.client(Role.COORDINATOR)
    page = client.get(advice.url(f"{appointment.pk}/time/?slot={new.pk}"))
    assert f"slot={new.pk}" in page.content.decode() and page.context["form"].initial["day"] == new.date
    assert _move(advice, appointment, ahead(5), adviser=other.pk, where="pokój 9").status_code == 302
    moved = advice.now(appointment)
    assert (moved.starts_at, moved.state, moved.where) == (ahead(5), "planned", "pokój 9")
    assert (moved.adviser_id, moved.alias, moved.minutes) == (other.pk, "Alias Tajny", 60)
    assert advice.now(waiting).offered_slot_id == old.pk
    # Told by both ways, once, of the time and of nothing else.
    [sent], [short] = mail.outbox, [file.read_text("utf-8") for file in Path(settings.SMS_FOLDER).iterdir()]
    assert "Zmiana terminu" in sent.subject
    for told in (each.replace("\xa0", " ") for each in (str(sent.body), short)):
        assert f"{ahead(5).day} " in told and "10:00" in told
        assert not re.search("tajny|wierzba|prawn", told.replace("tajny@przyklad.test", ""), re.IGNORECASE)
    # The link of before works on, and so does the one of the message.
    for path in (link, re.findall(r"https?://[^/]+(/\S+)", str(sent.body))[0]):
        assert "10:00" in Browser().get(path).content.decode()
    Browser().post(link, {"answer": "confirm"})
    assert advice.now(appointment).state == "confirmed"
    card = client.get(advice.url(f"{appointment.pk}/")).content.decode()
    assert "Zmiana terminu" in card and "Lis Ewa" in card
    with tenant_scope(advice.tenant):
        kept = Move.objects.get()
        assert (kept.from_starts_at, kept.from_adviser_id) == (ahead(4), advice.adviser.pk)
        assert "Tajny" not in str(Entry.objects.get(verb="move_advice").payload)


def test_moved_twice_each_message_tells_what_stands_and_the_reminder_comes_anew(advice: AdviceWorld) -> None:
    appointment = advice.book(ahead(1), client=MAILED)
    _clock(advice)
    assert len(mail.outbox) == 1
    _move(advice, appointment, ahead(3))
    _move(advice, appointment, ahead(1, 15))
    assert ["Zmiana terminu" in message.subject for message in mail.outbox] == [False, True, True]
    _clock(advice, times=2)
    assert len(mail.outbox) == 4 and "15:00" in mail.outbox[3].body
    with tenant_scope(advice.tenant):
        assert Move.objects.count() == 2


def test_a_message_that_the_queue_did_not_take_is_sent_by_the_clock(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment = advice.book(ahead(4), client=MAILED)
    monkeypatch.setattr(tasks.send_reminder, "apply_async", lambda **_options: None)
    _move(advice, appointment, ahead(6))
    assert not mail.outbox
    _clock(advice, times=2)
    assert len(mail.outbox) == 1
    with tenant_scope(advice.tenant):
        assert Reminder.objects.get().about == "moved"


def test_whoever_answers_to_the_old_time_is_shown_the_new_one_first(advice: AdviceWorld) -> None:
    appointment = advice.book(ahead(4), client=MAILED)
    link, browser = _link(advice, appointment), Browser()
    seen = browser.get(link).context["stamp"]
    _move(advice, appointment, ahead(6))
    answer = browser.post(link, {"answer": "confirm", "seen": seen})
    assert "W międzyczasie spotkanie zostało zmienione" in answer.content.decode()
    assert advice.now(appointment).state == "planned"
    browser.post(link, {"answer": "confirm", "seen": answer.context["stamp"]})
    assert advice.now(appointment).state == "confirmed"


def test_wrong_times_are_said_at_their_field_and_nothing_is_moved(advice: AdviceWorld) -> None:
    appointment, taken = advice.book(ahead(4), client=REACHED), advice.book(ahead(5))
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (ahead(5), {}, "inną poradę"),
        (ahead(4), {}, "już umówiona na ten termin"),
        (ahead(-1), {}, "już minął"),
        (ahead(6), {"presence": ""}, "nikogo innego nie będzie"),
        (ahead(6), {"place": "home"}, "pierwsza wizyta w domu"),
        (ahead(6), {"day": "31.02.2027"}, "31.02.2027"),
        (ahead(6), {"adviser": ""}, "Wybierz doradcę"),
    ]
    for to, fields, said in wrong:
        answer = _move(advice, appointment, to, **fields)
        assert answer.status_code == 422 and said in answer.content.decode(), said
    assert _move(advice, appointment, ahead(6), seen="dawny").status_code == 409
    assert advice.now(appointment).starts_at == ahead(4)
    with tenant_scope(advice.tenant):
        assert not Move.objects.exists() and not Reminder.objects.exists()
        cards.cancel(taken, cancelled_by="person", actor=ACTOR)
    assert _move(advice, taken, ahead(8)).status_code == 302
    assert advice.now(taken).starts_at == ahead(5)
    assert "już się zaczęła" in _move(advice, advice.past(), ahead(8)).content.decode()
    assert not mail.outbox


def test_only_who_books_moves_and_only_what_they_see(advice: AdviceWorld) -> None:
    with tenant_scope(advice.tenant):
        stranger = WorkerFactory()
        theirs = Appointment.objects.create(
            adviser=stranger, kind="legal", place="remote", starts_at=ahead(3), ends_at=ahead(3, 11)
        )
    own = advice.book(ahead(4))
    assert _move(advice, own, ahead(6), Role.WORKER).status_code == 403
    assert _move(advice, theirs, ahead(6), Role.NGO_COORDINATOR).status_code == 404
    # An adviser of another organisation is nobody to choose.
    assert _move(advice, own, ahead(6), Role.NGO_COORDINATOR, adviser=stranger.pk).status_code == 422
    answer = _move(advice, own, ahead(6), Role.NGO_COORDINATOR)
    told = advice.client(Role.NGO_COORDINATOR).get(answer["Location"]).content.decode()
    assert "stąd nie można wysłać jej wiadomości" in told


def test_moved_from_home_to_the_office_it_is_no_first_visit_at_home_any_more(advice: AdviceWorld) -> None:
    first = advice.book(ahead(3), place="home", companion="Jan Sosna", client=booking.Client(alias="K-1"))
    assert first.first_home_visit
    with tenant_scope(advice.tenant):
        there = moving.NewTime(advice.adviser, ahead(4), 45, "office", presence="portier")
        moved = moving.move_appointment(first, there, actor=ACTOR)
    assert (moved.first_home_visit, moved.companion, moved.minutes) == (False, "", 45)


def test_whoever_is_called_off_by_the_unit_is_told_and_whoever_cancels_is_not(
    advice: AdviceWorld, settings: Any
) -> None:
    theirs, own = advice.book(ahead(4), client=REACHED), advice.book(ahead(5), client=MAILED)
    with TestCase.captureOnCommitCallbacks(execute=True), tenant_scope(advice.tenant):
        cards.cancel(own, cancelled_by="person", actor=ACTOR)
    assert not mail.outbox
    with TestCase.captureOnCommitCallbacks(execute=True), tenant_scope(advice.tenant):
        cards.cancel(theirs, cancelled_by="adviser", actor=ACTOR)
    [sent], [short] = mail.outbox, [file.read_text("utf-8") for file in Path(settings.SMS_FOLDER).iterdir()]
    assert "nie odbędzie się" in sent.subject
    for told in (each.replace("\xa0", " ") for each in (str(sent.body), short)):
        assert f"{ahead(4).day} " in told and "10:00" in told
        assert not re.search("tajny|prawn", told.replace("tajny@przyklad.test", ""), re.IGNORECASE)
    _clock(advice, times=2)
    assert len(mail.outbox) == 1


def test_the_page_of_the_link_says_who_asks_and_why_and_offers_nothing_of_the_inside(
    advice: AdviceWorld,
) -> None:
    link = _link(advice, advice.book(ahead(4), client=REACHED))
    for client in (Browser(), advice.client(Role.COORDINATOR)):
        page = client.get(link).content.decode()
        assert f"{advice.tenant.unit_name} pyta, czy przyjdziesz" in page
        assert "Pracujesz w" not in page
        assert "<nav" not in page and f'href="/{advice.tenant.slug}/' not in page
