"""A freed time is held for whoever waits longest until the offer ends, and nothing is promised where nobody waits."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.advice.actions import booking, offers
from reporting.advice.actions.moving import NewTime, move_appointment
from reporting.advice.models import Request
from reporting.advice.schedule import end_offers
from tenants.roles import Role
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead, typed


def _cancel(advice: AdviceWorld, appointment: object) -> str:
    client = advice.client(Role.COORDINATOR)
    address = advice.url(f"{appointment.pk}/move/")  # type: ignore[attr-defined]
    answer = client.post(address, {"verb": "cancel", "cancelled_by": "person"}, follow=True)
    return answer.content.decode()


def test_a_held_time_is_booked_for_nobody_else(advice: AdviceWorld) -> None:
    slot, booked = advice.slot(ahead(4)), advice.book(ahead(4))
    waits, client = advice.waiting(9), advice.client(Role.COORDINATOR)
    assert "zatrzymany dla osoby, która czeka najdłużej" in _cancel(advice, booked)
    assert "zatrzymany dla osoby z kolejki" in client.get(advice.url("slots/")).content.decode()
    assert f"slot={slot.pk}" not in client.get(advice.url("book/")).content.decode()
    refused = client.post(advice.url("book/"), typed(ahead(4), advice, alias="K-9"))
    assert refused.status_code == 422
    assert "Ten termin jest zatrzymany" in refused.content.decode()
    other = advice.book(ahead(5))
    with tenant_scope(advice.tenant):
        new = NewTime(advice.adviser, ahead(4), 60, "office", presence="rejestracja")
        with pytest.raises(DomainError) as moved:
            move_appointment(other, new, actor=ACTOR)
        assert moved.value.code == "held_for_another"
    own = advice.url(f"book/?request={waits.pk}&slot={slot.pk}")
    assert f"slot={slot.pk}" in client.get(own).content.decode()
    assert client.post(own, typed(ahead(4), advice)).status_code == 302
    assert advice.now(waits).state == "booked"


def test_an_offer_that_nobody_took_goes_to_the_next_and_is_not_repeated(advice: AdviceWorld) -> None:
    slot, longest, second = advice.slot(ahead(4)), advice.waiting(9), advice.waiting(5)
    client = advice.client(Role.COORDINATOR)
    with tenant_scope(advice.tenant):
        assert offers.offer_slot(slot, actor=ACTOR) == longest
    assert "Zatrzymany dla tej osoby do" in client.get(advice.url("requests/")).content.decode()
    end_offers()
    assert advice.now(longest).offered_slot_id == slot.pk
    with tenant_scope(advice.tenant):
        Request.objects.filter(pk=longest.pk).update(offered_at=timezone.now() - timedelta(hours=48))
    assert "zwolniony termin" not in client.get(advice.url("requests/")).content.decode()
    end_offers()
    assert advice.now(longest).offered_slot_id is None
    assert advice.now(second).offered_slot_id == slot.pk
    with tenant_scope(advice.tenant):
        Request.objects.filter(pk=second.pk).update(offered_at=timezone.now() - timedelta(hours=48))
    end_offers()
    assert [advice.now(each).offered_slot_id for each in (longest, second)] == [None, None]
    assert advice.book(ahead(4), client=booking.Client(alias="K-9")).alias == "K-9"


def test_where_nobody_waits_no_offer_is_promised(advice: AdviceWorld) -> None:
    advice.slot(ahead(4))
    page = _cancel(advice, advice.book(ahead(4)))
    assert "nie jest zatrzymany dla nikogo z kolejki" in page


def test_a_held_time_goes_on_to_the_next_when_another_time_is_booked(advice: AdviceWorld) -> None:
    slot, longest, second = advice.slot(ahead(4)), advice.waiting(9), advice.waiting(5)
    with tenant_scope(advice.tenant):
        assert offers.offer_slot(slot, actor=ACTOR) == longest
    advice.book(ahead(5), request=longest)
    assert advice.now(longest).offered_slot_id is None
    assert advice.now(second).offered_slot_id == slot.pk
