"""One place and two who give it away at the same moment: one of them gets it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.crisis.actions import CaseOpening, add_place, begin_stay, end_place, open_case, shelter
from reporting.crisis.models import ShelterPlace, ShelterStay
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
    # Both hold their own case, and neither has looked at the place yet.
    both_are_here, check = threading.Barrier(2), shelter._require_limit

    def wait_for_the_other(stay: ShelterStay) -> None:
        check(stay)
        both_are_here.wait(PATIENCE)

    monkeypatch.setattr(shelter, "_require_limit", wait_for_the_other)

    def give(case: Any) -> ShelterStay:
        days = {"from_day": today, "to_day": today + timedelta(days=3)}
        return begin_stay(case, place=place, ground="", actor=actor, **days)

    outcomes = at_once(tenant, *(lambda case=case: give(case) for case in cases))
    assert sorted(outcomes) == ["done", "place_taken"]
    with tenant_scope(tenant):
        assert ShelterStay.objects.count() == 1


def test_a_place_that_was_ended_meanwhile_is_not_given(tenant: Any) -> None:
    actor, today = Actor(new_id(), "Anna Próbna"), timezone.localdate()
    with tenant_scope(tenant):
        place = add_place(None, name="Pokój", valid_from=today, actor=actor)
        case = open_case(CaseOpening(timezone.now(), "phone", "anonymous"), actor=actor)
        chosen = ShelterPlace.objects.get(pk=place.pk)
        end_place(place, valid_to=today + timedelta(days=1), actor=actor)
        days = {"from_day": today, "to_day": today + timedelta(days=3)}
        with pytest.raises(DomainError) as refused:
            begin_stay(case, place=chosen, ground="", actor=actor, **days)
        assert refused.value.code == "place_not_there"
        assert not ShelterStay.objects.exists()
