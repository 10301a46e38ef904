"""Two people take the same hour at once: one is told that it is taken, and no time is promised that is taken."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from typing import Any

import pytest
from django.db import transaction

from kernel.tenancy import tenant_scope
from reporting.advice.actions import booking, offers, record_advice_rows, slots
from reporting.advice.models import Appointment, Availability, Request, Slot
from reporting.care.keeping import anonymise
from reporting.care.locking import hold_persons
from tests.factories.care import PersonFactory, WorkerFactory
from tests.factories.people import partner
from tests.racing import (
    PATIENCE,
    WHOLE,
    at_once,
    committed_tenant,
    committing,
    results_at_once,
    until_somebody_waits,
)
from tests.reporting.advice.advice_world import ACTOR, ahead

db = committing


@pytest.fixture
def adviser(db: None) -> Iterator[Any]:
    with committed_tenant("tor-porad", "Tor Porad") as tenant:
        organisation = partner(tenant, name="Stowarzyszenie Tor Porad")
        with tenant_scope(tenant):
            yield WorkerFactory(organisation=organisation), tenant


def test_nobody_is_booked_twice(adviser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, tenant = adviser
    both_have_looked, check = threading.Barrier(2), booking.require_valid

    def look_then_wait(*given: Any, **named: Any) -> None:
        check(*given, **named)
        both_have_looked.wait(PATIENCE)

    monkeypatch.setattr(booking, "require_valid", look_then_wait)

    def book(alias: str) -> Any:
        asked = booking.Booking(
            adviser=worker, kind="legal", starts_at=ahead(2), minutes=60, place="office",
            client=booking.Client(alias=alias), presence="rejestracja",
        )  # fmt: skip
        return lambda: booking.book(asked, actor=ACTOR)

    assert sorted(at_once(tenant, book("K-1"), book("K-2"))) == ["adviser_busy", "done"]
    assert Appointment.objects.count() == 1


def test_advice_in_bulk_waits_for_who_takes_names_off(adviser: Any) -> None:
    worker, tenant = adviser
    person = PersonFactory(code="O-5")
    row = {
        "date": "2026-10-05", "time": "16:30", "adviser": worker.code, "type": "legal", "minutes": 60,
        "place": "office", "person": "O-5",
    }  # fmt: skip
    with ThreadPoolExecutor(1) as beside:
        with transaction.atomic():
            assert hold_persons([person.pk]) == [person.pk]
            anonymise([person.pk])
            recording = beside.submit(
                results_at_once, tenant, lambda: record_advice_rows([row], organisation_ids=None, actor=ACTOR)
            )
            until_somebody_waits()
        [recorded] = recording.result(WHOLE)
    # The code is gone with the name: what calls somebody so is said of an alias that leads to nobody.
    assert recorded.added == 1
    assert Appointment.objects.values_list("person", "alias").get() == (None, "O-5")


def _slot(worker: Any) -> Slot:
    hours = Availability.objects.create(
        adviser=worker, kind="legal", weekday=1, start=time(8), end=time(20), place="office",
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    slot = Slot.objects.create(
        availability=hours,
        adviser=worker,
        kind="legal",
        place="office",
        starts_at=ahead(2),
        ends_at=ahead(2, 11),
    )
    slot.refresh_from_db()
    return slot


def _asked(worker: Any, **who: Any) -> booking.Booking:
    return booking.Booking(
        adviser=worker,
        kind="legal",
        starts_at=ahead(2),
        minutes=60,
        place="office",
        presence="rejestracja",
        **who,
    )


def test_a_held_time_goes_to_whom_it_is_held_for(adviser: Any) -> None:
    worker, tenant = adviser
    slot = _slot(worker)
    waits = Request.objects.create(kind="legal", alias="K-1", requested_on=date(2026, 1, 5))
    assert offers.offer_slot(slot, actor=ACTOR) == waits
    other = _asked(worker, client=booking.Client(alias="K-2"))
    told = at_once(
        tenant,
        lambda: booking.book(other, actor=ACTOR),
        lambda: booking.book(_asked(worker, request=waits), actor=ACTOR),
    )
    assert told[1] == "done"
    assert told[0] in {"held_for_another", "adviser_busy"}
    assert Appointment.objects.get().alias == "K-1"


def test_no_time_is_offered_that_is_being_booked(adviser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, tenant = adviser
    slot = _slot(worker)
    Request.objects.create(kind="legal", alias="K-1", requested_on=date(2026, 1, 5))
    has_looked, check = threading.Event(), booking.require_not_held
    offered = threading.Event()

    def look_then_wait(appointment: Appointment) -> None:
        check(appointment)
        has_looked.set()
        # The other one is held up by the lock, and cannot get through while this one has not written.
        assert not offered.wait(0.5)

    def offer() -> Any:
        assert has_looked.wait(PATIENCE)
        made = offers.offer_slot(slot, actor=ACTOR)
        offered.set()
        return made

    monkeypatch.setattr(booking, "require_not_held", look_then_wait)
    walk_in = _asked(worker, client=booking.Client(alias="K-2"))
    booked, made = results_at_once(tenant, lambda: booking.book(walk_in, actor=ACTOR), offer)
    assert (booked.alias, made) == ("K-2", None)
    assert not Request.objects.filter(offered_slot_id__isnull=False).exists()


@pytest.mark.parametrize("how", ["close", "end"])
def test_a_slot_that_goes_and_the_booking_of_it_never_wait_for_each_other(
    adviser: Any, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Whoever takes a slot out begins with the slot: one is then held up by the other, and both get through."""
    worker, tenant = adviser
    slot = _slot(worker)
    waits = Request.objects.create(kind="legal", alias="K-1", requested_on=date(2026, 1, 5))
    assert offers.offer_slot(slot, actor=ACTOR) == waits
    holds_slots, hold = threading.Event(), booking.hold_slots
    gone = threading.Event()

    def hold_then_wait(*given: Any) -> None:
        hold(*given)
        holds_slots.set()
        # The other one is held up by the slot, before it has touched the request.
        assert not gone.wait(0.5)

    def take_out() -> None:
        assert holds_slots.wait(PATIENCE)
        if how == "close":
            slots.close_slot(slot, actor=ACTOR)
        else:
            slots.end_availability(slot.availability, date(2026, 1, 1), actor=ACTOR)
        gone.set()

    monkeypatch.setattr(booking, "hold_slots", hold_then_wait)
    booked = _asked(worker, request=waits)
    assert at_once(tenant, lambda: booking.book(booked, actor=ACTOR), take_out) == ["done", "done"]
    assert Appointment.objects.get().alias == "K-1"
