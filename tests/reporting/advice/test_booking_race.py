"""Two people book the same adviser for the same hour at once: one of them is told that the time is taken."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from reporting.advice.actions import booking
from reporting.advice.models import Appointment
from tests.factories.care import WorkerFactory
from tests.factories.people import partner
from tests.racing import PATIENCE, at_once, committed_tenant, committing
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
