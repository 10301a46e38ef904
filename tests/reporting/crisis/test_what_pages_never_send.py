"""What no page of crisis intervention sends, because its form offers nothing else: the verbs refuse it all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.errors import DomainError
from kernel.ids import new_id
from reporting.crisis.actions import (
    MeetingEntry,
    SessionEntry,
    add_hours,
    add_place,
    add_point,
    begin_stay,
    end_stay,
    record_meeting,
    record_session,
    release_worker,
    write_document,
)
from tenants.roles import Role
from tests.factories.people import partner
from tests.reporting.crisis.centre import a_case, actor


@pytest.fixture
def lead(in_alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in(Role.SOCIAL_WORKER, in_alfa)


def _code(verb: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as refused:
        verb()
    return refused.value.code


def test_nothing_that_is_to_come_is_entered_as_done(lead: Any) -> None:
    who, now, tomorrow = actor(lead), timezone.now(), timezone.localdate() + timedelta(days=1)
    assert _code(lambda: a_case(lead, days_ago=-1)) == "opened_in_future"
    meeting = MeetingEntry(None, now + timedelta(hours=1), 60, 0, ("Anna", "Beata"))
    assert _code(lambda: record_meeting(meeting, actor=who)) == "meeting_in_future"
    place = add_place(None, name="Pokój 1", valid_from=timezone.localdate(), actor=who)
    case = a_case(lead, days_ago=3)
    days = {"from_day": timezone.localdate(), "to_day": tomorrow + timedelta(days=3)}
    stay = begin_stay(case, place=place, ground="", actor=who, **days)
    assert _code(lambda: end_stay(stay, to_day=tomorrow, actor=who)) == "leaves_in_future"


def test_places_points_and_people_are_of_the_same_centre(lead: Any, in_alfa: Any) -> None:
    who, today, elsewhere = actor(lead), timezone.localdate(), partner(in_alfa).pk
    case = a_case(lead, days_ago=3)
    place = add_place(elsewhere, name="Pokój 1", valid_from=today, actor=who)
    days = {"from_day": today, "to_day": today + timedelta(days=3)}
    assert _code(lambda: begin_stay(case, place=place, ground="", actor=who, **days)) == "place_elsewhere"
    point = add_point(
        elsewhere,
        {"name": "Recepcja", "address": "ul. Kwiatowa 3", "access": [], "valid_from": today},
        actor=who,
    )
    hours = {"point": point, "weekdays": [1], "opens": 480, "closes": 1200, "people": 2}
    assert _code(lambda: add_hours(None, {**hours, "valid_from": today}, actor=who)) == "point_elsewhere"
    entry = SessionEntry(timezone.now() - timedelta(days=1), 60, "done", "office", new_id())
    assert _code(lambda: record_session(case, entry, actor=who)) == "not_on_the_team"


def test_a_document_says_something(lead: Any) -> None:
    case = a_case(lead)
    empty = {"event": "  ", "safety": "x"}
    assert _code(lambda: write_document(case, "first_contact", empty, actor=actor(lead))) == "empty_document"


def test_who_has_left_a_case_cannot_leave_it_again(
    lead: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    case, deputy = a_case(lead), sign_in(Role.SOCIAL_WORKER, in_alfa)
    told = {"user_id": str(deputy.user.pk), "part": "deputy"}
    assert lead.post(f"/alfa/crisis/{case.pk}/team/", told).status_code == 302
    worker = case.team.get(user_id=deputy.user.pk)
    page = f"/alfa/crisis/{case.pk}/team/{worker.pk}/"
    lead.post(page)
    again = lead.post(page, follow=True).content.decode()
    assert "już nie pracuje" in again or "odszed" in again or "zakończ" in again
    assert _code(lambda: release_worker(worker, actor=actor(lead))) == "left_already"
