"""Every value of an appointment of advice through its pages: offered, kept, shown to the adviser; every state's verbs."""

from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.advice import schedule
from reporting.advice.models import Appointment, Referral, Reminder, Request
from reporting.advice.models.wording import Disability, Kind, Place, SignLanguage
from tenants.roles import Role
from tests.reporting.advice.advice_world import AdviceWorld, ahead, typed
from tests.reporting.advice.test_files import GOOD, _bring, _file, _post
from tests.reporting.advice.test_moving import MAILED, REACHED, _move, _queue
from tests.reporting.exchange.calling import system_of
from tests.values_on_pages import assert_offered, assert_shown, times_said

__all__ = ["_queue"]
pytestmark = pytest.mark.django_db

# What each state lets through the buttons of the card once the appointment has begun; a new state fails until it
# stands here.
LETS = {
    "planned": {"confirm", "miss", "cancel"},
    "confirmed": {"miss", "cancel"},
    "done": {"reopen"},
    "no_show": {"reopen"},
    "cancelled": set[str](),
}
# By which button an appointment comes into the state; it begins planned, and is held by its card.
LEADS = {"planned": "", "confirmed": "confirm", "done": "", "no_show": "miss", "cancelled": "cancel"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (field, value)
        for field, values in (
            ("kind", Kind), ("place", Place), ("sign_language", SignLanguage), ("disability", Disability)
        )
        for value in values
    ],
    ids=str,
)  # fmt: skip
def test_every_wish_is_booked_and_told_to_the_adviser(advice: AdviceWorld, field: str, value: Any) -> None:
    coordinator, adviser = advice.client(Role.COORDINATOR), advice.client(Role.WORKER)
    assert_offered(coordinator, advice.url("book/"), value)
    form = typed(ahead(2), advice, companion="Jan Brzoza", unsigned="on", **{field: value.value})
    answer = coordinator.post(advice.url("book/"), form)
    assert answer.status_code == 302, answer.content.decode()
    with tenant_scope(advice.tenant):
        booked = Appointment.objects.get()
    assert getattr(booked, field) == value
    pages = [advice.url(f"{booked.pk}/")]
    if field != "disability":
        pages.append(advice.url())
    for page in pages if value != SignLanguage.NONE else ():
        assert_shown(adviser, page, value)


@pytest.mark.parametrize("state", list(Appointment.State), ids=str)
def test_every_state_is_shown_and_offers_its_buttons_only(
    advice: AdviceWorld, state: Appointment.State
) -> None:
    adviser = advice.client(Role.WORKER)
    card = advice.url(f"{advice.past().pk}/")
    if verb := LEADS[state]:
        adviser.post(f"{card}move/", {"verb": verb, "cancelled_by": "person"})
    elif state == Appointment.State.DONE:
        adviser.post(f"{card}card/", {"minutes": "45", "depth": "general"})
    for page in (card, advice.url()):
        assert_shown(adviser, page, state)
    assert_offered(adviser, advice.url(), state)
    shown = adviser.get(card).content.decode()
    verbs = ("confirm", "miss", "cancel", "reopen")
    assert {verb for verb in verbs if f'name="verb" value="{verb}"' in shown} == LETS[state]


@pytest.mark.parametrize("by", list(Appointment.CancelledBy), ids=str)
def test_who_cancelled_is_shown(advice: AdviceWorld, by: Appointment.CancelledBy) -> None:
    appointment, client = advice.book(), advice.client(Role.WORKER)
    card = advice.url(f"{appointment.pk}/")
    before = times_said(client, card, by)
    client.post(f"{card}move/", {"verb": "cancel", "cancelled_by": by.value})
    assert advice.now(appointment).cancelled_by == by
    assert_shown(client, card, by, before=dict.fromkeys(before, 0))


@pytest.mark.parametrize("depth", list(Appointment.Depth), ids=str)
def test_every_depth_is_written_on_the_card(advice: AdviceWorld, depth: Appointment.Depth) -> None:
    appointment, client = advice.past(), advice.client(Role.WORKER)
    card = advice.url(f"{appointment.pk}/")
    assert_offered(client, f"{card}card/", depth)
    assert client.post(f"{card}card/", {"minutes": "45", "depth": depth.value}).status_code == 302
    assert_shown(client, card, depth)


@pytest.mark.parametrize("outcome", list(Referral.Outcome), ids=str)
def test_every_outcome_of_a_referral(advice: AdviceWorld, outcome: Referral.Outcome) -> None:
    appointment, client = advice.past(), advice.client(Role.WORKER)
    card = advice.url(f"{appointment.pk}/")
    client.post(f"{card}refer/", {"referred_to": "Terapia rodzinna", "referred_on": "01.11.2026"})
    with tenant_scope(advice.tenant):
        referral = Referral.objects.get()
    path = advice.url(f"referrals/{referral.pk}/")
    assert_offered(client, path, outcome)
    sent = {"outcome": outcome.value, "outcome_on": "" if outcome == "open" else "20.11.2026"}
    assert client.post(path, sent).status_code == 302
    assert_shown(client, card, outcome)


@pytest.mark.parametrize("state", list(Request.State), ids=str)
def test_every_state_of_a_request(advice: AdviceWorld, state: Request.State) -> None:
    coordinator, queue = advice.client(Role.COORDINATOR), advice.url("requests/")
    today = f"{timezone.localdate():%d.%m.%Y}"
    asked = {"kind": "legal", "alias": "Pani Kalina", "requested_on": today, "sign_language": "none"}
    answer = coordinator.post(f"{queue}new/", asked)
    assert answer.status_code == 302, answer.content.decode()
    with tenant_scope(advice.tenant):
        waiting = Request.objects.get()
    if state == Request.State.WITHDRAWN:
        assert coordinator.post(f"{queue}{waiting.pk}/withdraw/").status_code == 302
    elif state == Request.State.BOOKED:
        form = typed(ahead(2), advice, alias="Pani Kalina")
        assert coordinator.post(f"{advice.url('book/')}?request={waiting.pk}", form).status_code == 302
    assert advice.now(waiting).state == state
    # The queue shows who waits, and nobody else.
    shown = "Pani Kalina" in coordinator.get(queue).content.decode()
    assert shown is (state == Request.State.WAITING)


@pytest.mark.parametrize("source", list(Appointment.Source), ids=str)
def test_every_source_of_an_appointment(advice: AdviceWorld, source: Appointment.Source) -> None:
    coordinator = advice.client(Role.NGO_COORDINATOR)
    if source == Appointment.Source.PAGE:
        form = typed(ahead(2), advice)
        assert advice.client(Role.COORDINATOR).post(advice.url("book/"), form).status_code == 302
    elif source == Appointment.Source.FILE:
        assert _bring(advice, GOOD).status_code == 302
        _post(coordinator, advice.url(f"files/{_file(advice).pk}/save/"))
    else:
        of: Any = advice
        row = {
            "date": f"{ahead(-1):%Y-%m-%d}", "time": "16:30", "adviser": "A01", "type": "legal", "minutes": 60, "place": "office",
        }  # fmt: skip
        assert system_of(of).post("advice/", {"advice": [row]}).json()["added"] == 1
    with tenant_scope(advice.tenant):
        assert {one.source for one in Appointment.objects.all()} == {source}


@pytest.mark.parametrize("about", list(Reminder.About), ids=str)
def test_everything_that_a_message_is_about(advice: AdviceWorld, about: Reminder.About) -> None:
    client = advice.client(Role.WORKER)
    if about == Reminder.About.DAY_BEFORE:
        advice.book(ahead(1), client=MAILED)
        with tenant_scope(advice.tenant):
            schedule.remind_of_tomorrow()
    else:
        appointment = advice.book(ahead(4), client=MAILED)
        if about == Reminder.About.MOVED:
            assert _move(advice, appointment, ahead(5)).status_code == 302
        else:
            with TestCase.captureOnCommitCallbacks(execute=True):
                sent = {"verb": "cancel", "cancelled_by": "adviser"}
                client.post(advice.url(f"{appointment.pk}/move/"), sent)
    with tenant_scope(advice.tenant):
        made = Reminder.objects.get()
    assert (made.about, made.sent_to) == (about, 1)


@pytest.mark.parametrize("channel", list(Reminder.Channel), ids=str)
def test_every_channel_of_a_message(advice: AdviceWorld, channel: Reminder.Channel) -> None:
    advice.book(ahead(1), client=REACHED)
    with tenant_scope(advice.tenant):
        schedule.remind_of_tomorrow()
        assert Reminder.objects.get(channel=channel.value).sent_to == 1
