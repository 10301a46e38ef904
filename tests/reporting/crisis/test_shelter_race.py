"""One place and two who give it away at the same moment: one of them gets it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.crisis.actions import CaseOpening, add_place, begin_stay, open_case, shelter
from reporting.crisis.models import ShelterStay
from tests.racing import PATIENCE, at_once, committed_tenant, committing

db = committing


@pytest.fixture
def tenant(db: None) -> Iterator[Any]:
    with committed_tenant("wyscig-schronienie", "Wyścig schronienie") as made:
        yield made


def test_a_place_is_given_once(tenant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    actor, today = Actor(new_id(), "Anna Próbna"), timezone.localdate()
    with tenant_scope(tenant):
        place = add_place(None, name="Pokój", valid_from=today, actor=actor)
        opening = CaseOpening(timezone.now(), "phone", "anonymous")
        cases = [open_case(opening, actor=actor) for _each in range(2)]
    # Both have found the place free before either writes.
    both_have_read, check = threading.Barrier(2), shelter.require_valid

    def wait_for_the_other(*args: Any, **kwargs: Any) -> None:
        check(*args, **kwargs)
        both_have_read.wait(PATIENCE)

    monkeypatch.setattr(shelter, "require_valid", wait_for_the_other)

    def give(case: Any) -> ShelterStay:
        days = {"from_day": today, "to_day": today + timedelta(days=3)}
        return begin_stay(case, place=place, ground="", actor=actor, **days)

    outcomes = at_once(tenant, *(lambda case=case: give(case) for case in cases))
    assert sorted(outcomes) == ["done", "place_taken"]
    with tenant_scope(tenant):
        assert ShelterStay.objects.count() == 1
