"""Every value of an appointment of advice through its pages: offered, kept, shown to the adviser; every state's verbs."""

from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from reporting.advice.models import Appointment, Referral
from reporting.advice.models.wording import Disability, Kind, Place, SignLanguage
from tenants.roles import Role
from tests.reporting.advice.advice_world import AdviceWorld, ahead, typed
from tests.values_on_pages import assert_offered, assert_shown, times_said

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
