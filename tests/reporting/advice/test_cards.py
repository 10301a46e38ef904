"""What becomes of appointments: every state, every refusal, cards, referrals."""

from datetime import timedelta
from typing import Any

import pytest

from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.advice.actions import cards
from reporting.advice.models import Appointment, Referral, Topic
from tenants.roles import Role
from tests.factories.care import WorkerFactory
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead

pytestmark = pytest.mark.django_db

CARD = {"minutes": "75", "depth": "in_depth", "preparation_minutes": "20", "travel_minutes": ""}


def _move(
    world: AdviceWorld, appointment: Any, verb: str, role: str = Role.COORDINATOR, **fields: str
) -> str:
    """The state after a button of the card was pressed."""
    path = world.url(f"{appointment.pk}/move/")
    world.client(role).post(path, {"verb": verb, **fields})
    return str(world.now(appointment).state)


def test_planned_confirmed_and_cancelled(advice: AdviceWorld) -> None:
    appointment = advice.book()
    assert _move(advice, appointment, "confirm") == "confirmed"
    assert _move(advice, appointment, "confirm") == "confirmed"
    assert _move(advice, appointment, "dance") == "confirmed"
    assert _move(advice, appointment, "cancel", cancelled_by="somebody") == "cancelled"
    assert advice.now(appointment).cancelled_by == "adviser"
    for verb in ("confirm", "cancel", "miss", "reopen"):
        assert _move(advice, appointment, verb) == "cancelled"
    # The time is free: the same hour can be booked again.
    assert advice.book().state == "planned"


def test_nothing_is_held_or_missed_before_it_begins(advice: AdviceWorld) -> None:
    appointment = advice.book()
    assert _move(advice, appointment, "miss") == "planned"
    answer = advice.client(Role.COORDINATOR).post(advice.url(f"{appointment.pk}/card/"), CARD)
    assert (answer.status_code, "jeszcze się nie zaczęła" in answer.content.decode()) == (422, True)


def test_a_missed_appointment_is_opened_again(advice: AdviceWorld) -> None:
    appointment = advice.past()
    key = appointment.link_key
    assert _move(advice, appointment, "miss", Role.WORKER) == "no_show"
    assert _move(advice, appointment, "reopen") == "planned"
    assert advice.now(appointment).link_key != key
    _move(advice, appointment, "miss")
    with tenant_scope(advice.tenant):
        fields = {"kind": "family", "place": "office", "starts_at": ahead(-1), "ends_at": ahead(-1, 11)}
        Appointment.objects.create(adviser=advice.adviser, **fields)
    assert _move(advice, appointment, "reopen") == "no_show"


def test_the_card_is_filled_in_by_the_adviser_and_corrected_later(advice: AdviceWorld) -> None:
    appointment = advice.past()
    with tenant_scope(advice.tenant):
        topic = Topic.objects.create(code="debts", name="Zadłużenie")
    client, path = advice.client(Role.WORKER), advice.url(f"{appointment.pk}/card/")
    assert client.get(path).status_code == 200
    for wrong in ({"minutes": "0"}, {"depth": "deep"}, {"travel_minutes": "-5"}, {"topic": "x"}):
        assert client.post(path, {**CARD, **wrong}).status_code == 422
    assert client.post(path, {**CARD, "topic": topic.pk, "topic_words": "komornik"}).status_code == 302
    held = advice.now(appointment)
    assert (held.state, held.minutes, held.depth, held.topic_id) == ("done", 75, "in_depth", topic.pk)
    assert (held.preparation_minutes, held.travel_minutes, held.total_minutes) == (20, 0, 95)
    assert client.post(path, {**CARD, "minutes": "150"}, follow=True).content.decode().count("120 minut") == 1
    page = client.get(advice.url(f"{appointment.pk}/")).content.decode()
    assert "2 h 30 min" in page.replace("\xa0", " ") and "dłuższa, niż jednostka" in page
    with tenant_scope(advice.tenant), pytest.raises(DomainError) as refused:
        cards.edit_card(advice.book(), cards.CardEntry(60, "general"), actor=ACTOR)
    assert refused.value.code == "wrong_state"


def test_who_saves_later_learns_of_who_saved_earlier(advice: AdviceWorld) -> None:
    appointment = advice.past()
    seen = cards.card_stamp(appointment)
    path = advice.url(f"{appointment.pk}/card/")
    assert advice.client(Role.WORKER).post(path, {**CARD, "seen": seen}).status_code == 302
    late = advice.client(Role.COORDINATOR).post(path, {**CARD, "minutes": "30", "seen": seen})
    assert late.status_code == 409
    assert advice.now(appointment).minutes == 75


def test_an_adviser_sees_and_keeps_their_own_cards_only(advice: AdviceWorld) -> None:
    with tenant_scope(advice.tenant):
        colleague = WorkerFactory(organisation=advice.organisation)
        other = Appointment.objects.create(
            adviser=colleague, kind="legal", place="office", starts_at=ahead(-1), ends_at=ahead(-1, 11)
        )
    client = advice.client(Role.WORKER)
    for path in (f"{other.pk}/", f"{other.pk}/card/", f"{other.pk}/note/", f"{other.pk}/refer/"):
        assert client.get(advice.url(path)).status_code == 404
    assert client.get(advice.url("figures/")).status_code == 403


def test_a_referral_has_an_outcome_with_its_day(advice: AdviceWorld) -> None:
    appointment, client = advice.past(), advice.client(Role.SOCIAL_WORKER)
    path = advice.url(f"{appointment.pk}/refer/")
    assert client.post(path, {"referred_to": "", "referred_on": "01.11.2026"}).status_code == 422
    assert client.post(path, {"referred_to": "Terapia", "referred_on": "01.11.2026"}).status_code == 302
    with tenant_scope(advice.tenant):
        referral = Referral.objects.get()
    path = advice.url(f"referrals/{referral.pk}/")
    for wrong in (
        {"outcome": "taken_up"},
        {"outcome": "taken_up", "outcome_on": "31.10.2026"},
        {"outcome": "x"},
    ):
        assert client.post(path, wrong).status_code == 422
    for outcome in ("taken_up", "not_taken_up", "refused"):
        assert client.post(path, {"outcome": outcome, "outcome_on": "20.11.2026"}).status_code == 302
        assert advice.now(referral).outcome == outcome
    client.post(path, {"outcome": "open", "outcome_on": "20.11.2026"})
    assert advice.now(referral).outcome_on is None
    page = client.get(advice.url(f"{appointment.pk}/")).content.decode()
    assert "Terapia" in page


def test_what_passed_without_a_card_waits_on_the_start_page_and_in_the_list(advice: AdviceWorld) -> None:
    advice.past()
    client = advice.client(Role.WORKER)
    assert "minęła bez karty" in client.get(f"/{advice.tenant.slug}/").content.decode()
    page = client.get(advice.url("?overdue=1")).content.decode()
    assert "1 porada" in page.replace("\xa0", " ")


def test_no_card_says_that_a_session_ended_which_still_goes_on(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment, client = advice.past(), advice.client(Role.WORKER)
    now = appointment.starts_at + timedelta(minutes=30)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    path = advice.url(f"{appointment.pk}/card/")
    card = {"depth": "general", "topic_words": "długi"}
    refused = client.post(path, {**card, "minutes": "31"})
    assert refused.status_code == 422
    assert "kończy się o 10:31" in refused.content.decode()
    assert client.post(path, {**card, "minutes": "30"}).status_code == 302
    assert advice.now(appointment).minutes == 30
