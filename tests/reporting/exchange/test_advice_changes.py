"""The feed of advice: each appointment as it stands now, corrections and losses too, own ones only, behind the clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.advice.actions import cards
from reporting.advice.actions.booking import Booking, Client, book
from reporting.advice.actions.moving import NewTime, move_appointment
from reporting.advice.models import Appointment
from reporting.exchange.models import Scope
from tenants.models import Tenant
from tests.reporting.advice.advice_world import ahead
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.exchange.calling import MANAGER, System, system_of

pytestmark = pytest.mark.django_db
PATH = "advice/changes/"


@pytest.fixture
def world(alfa: Tenant, settings: Any) -> DiaryWorld:
    settings.EXCHANGE_FEED_LAG_SECONDS = 0
    return build_diary(alfa)


@pytest.fixture
def system(world: DiaryWorld) -> System:
    return system_of(world)


def _book(world: DiaryWorld, days: int = 2, **fields: Any) -> Appointment:
    with tenant_scope(world.tenant):
        asked = Booking(
            adviser=world.anna,
            kind="legal",
            starts_at=ahead(days),
            minutes=60,
            place="office",
            presence="rejestracja",
            client=Client(alias="Pani Kalina"),
            **fields,
        )
        return book(asked, actor=MANAGER)


def test_each_appointment_is_told_as_it_stands_after_every_change(world: DiaryWorld, system: System) -> None:
    assert system.get(PATH).json()["next"] is None
    first, second, past = _book(world), _book(world, 3), _book(world, -1)
    page = system.get(PATH, limit=2).json()
    rest = system.get(PATH, cursor=page["next"]).json()
    assert (page["has_more"], rest["has_more"]) == (True, False)
    told = [*page["items"], *rest["items"]]
    assert [one["id"] for one in told] == [str(each.pk) for each in (first, second, past)]
    assert "Kalina" not in str(told)
    place = rest["next"]
    again = system.get(PATH, cursor=place).json()
    assert (again["items"], again["next"]) == ([], place)
    with tenant_scope(world.tenant):
        cards.cancel(first, cancelled_by="person", actor=MANAGER)
        cards.hold(past, cards.CardEntry(60, "general"), actor=MANAGER)
        cards.edit_card(past, cards.CardEntry(45, "in_depth"), actor=MANAGER)
    changed = system.get(PATH, cursor=place).json()["items"]
    assert [(one["advice"]["status"], one["advice"]["minutes"]) for one in changed] == [
        ("cancelled", 60),
        ("done", 45),
    ]
    assert [one["removed"] for one in changed] == [False, False]


def test_rows_that_a_system_brought_are_in_its_feed(world: DiaryWorld, system: System) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    row = {
        "date": yesterday,
        "time": "10:00",
        "adviser": world.anna.code,
        "type": "legal",
        "minutes": 30,
        "place": "office",
    }
    assert system.post("advice/", {"advice": [row]}).status_code == 200
    [change] = system.get(PATH).json()["items"]
    assert (change["advice"]["date"], change["advice"]["minutes"]) == (yesterday, 30)


def test_what_was_moved_to_another_organisation_is_lost_here_and_new_there(
    world: DiaryWorld, system: System
) -> None:
    other = build_diary(world.tenant)
    theirs = system_of(other)
    booked = _book(world)
    place = system.get(PATH).json()["next"]
    assert theirs.get(PATH).json()["items"] == []
    with tenant_scope(world.tenant):
        new = NewTime(other.anna, ahead(4), 60, "office", presence="rejestracja")
        move_appointment(booked, new, actor=MANAGER)
    [gone] = system.get(PATH, cursor=place).json()["items"]
    assert (gone["id"], gone["removed"], gone["advice"]) == (str(booked.pk), True, None)
    [come] = theirs.get(PATH).json()["items"]
    assert (come["id"], come["advice"]["adviser"]) == (str(booked.pk), other.anna.code)


def test_the_feed_needs_its_scope_and_stays_behind_the_clock(world: DiaryWorld, settings: Any) -> None:
    _book(world)
    assert system_of(world, Scope.VISITS_READ).get(PATH).status_code == 403
    settings.EXCHANGE_FEED_LAG_SECONDS = 60
    reader = system_of(world)
    assert reader.get(PATH).json()["items"] == []
    with tenant_scope(world.tenant):
        Appointment.objects.update(changed_at=timezone.now() - timedelta(seconds=61))
    assert len(reader.get(PATH).json()["items"]) == 1
