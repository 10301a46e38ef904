"""Contact points with their marking, opening hours, and the roster checked against them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from kernel.periods import WARSAW
from reporting.crisis.models import ContactPoint, Duty, OpeningHours, StandardTerms
from reporting.crisis.tables.hours import days_text
from reporting.crisis.waiting import crisis_waiting
from tenants.access import access_to_tenant
from tenants.roles import Role
from tests.factories.people import partner

PAGE = "/alfa/crisis/points/"
POINT = {
    "name": "Recepcja",
    "address": "ul. Kwiatowa 3",
    "is_first": "on",
    "marking": "tablica przy bramie",
    "access": ["sign_inside", "step_free"],
    "valid_from": "01.01.2026",
}
HOURS = {
    "what": "phone",
    "weekdays": ["1", "2", "3", "4", "5"],
    "start": "8:00",
    "end": "20:00",
    "people": "2",
    "valid_from": "01.01.2026",
}


@pytest.fixture
def head(in_alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in(Role.COORDINATOR, in_alfa)


def test_a_point_says_how_it_is_marked_and_who_can_enter(
    head: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    assert head.post(f"{PAGE}new/", POINT).status_code == 302
    for role in (Role.SOCIAL_WORKER, Role.INSPECTOR):
        shown = sign_in(role, in_alfa).get(PAGE).content.decode()
        assert (
            "wejście bez schodów" in shown and "tablica przy bramie" in shown and "pierwszy kontakt" in shown
        )
        assert "brak tablicy na zewnątrz" in shown and "/points/new/" not in shown
    point = ContactPoint.objects.get()
    page = f"{PAGE}{point.pk}/"
    seen = head.get(page).context["form"]["seen"].value()
    told = {**POINT, "access": ["sign_outside"], "seen": seen}
    assert head.post(page, told).status_code == 302
    assert "brak tablicy" not in head.get(PAGE).content.decode()
    assert head.post(page, {**told, "name": "Inaczej"}).status_code == 409, "somebody changed it meanwhile"
    noted = Entry.objects.get(verb="change_contact_point").payload
    assert (noted["before"]["access"], noted["after"]["access"]) == (
        ["sign_inside", "step_free"],
        ["sign_outside"],
    )
    assert sign_in(Role.SOCIAL_WORKER, in_alfa).post(f"{PAGE}new/", POINT).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"access": ["elevator"]},
        {"valid_to": "01.01.2025"},
        {"name": "Recepcja"},
        {"valid_from": "31.02.2026"},
    ],
)
def test_a_wrong_point_is_refused(wrong: dict[str, Any], head: Any) -> None:
    head.post(f"{PAGE}new/", POINT)
    told = {**POINT, "name": "Druga", **wrong}
    assert head.post(f"{PAGE}new/", told).status_code == 422
    assert ContactPoint.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"weekdays": []}, "dzień"),
        ({"weekdays": ["8"]}, "8"),
        ({"people": "0"}, "1"),
        ({"start": "25:00"}, "25:00"),
        ({"what": "0190a0a0-0000-7000-8000-000000000000"}, ""),
    ],
)
def test_wrong_hours_are_refused(wrong: dict[str, Any], words: str, head: Any) -> None:
    answer = head.post(f"{PAGE}hours/new/", {**HOURS, **wrong})
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not OpeningHours.objects.exists()


def test_hours_are_said_in_words_and_end(head: Any) -> None:
    head.post(f"{PAGE}hours/new/", HOURS)
    every = {
        "weekdays": [str(day) for day in range(1, 8)],
        "start": "0:00",
        "end": "0:00",
        "on_holidays": "on",
    }
    head.post(f"{PAGE}hours/new/", {**HOURS, **every, "people": "1", "reason": "Odbierają ludzie z punktu."})
    text = head.get(PAGE).content.decode()
    assert "pn–pt, oprócz świąt" in text and "8:00–20:00" in text
    assert "codziennie" in text and "całą dobę" in text
    hours = OpeningHours.objects.get(people=2)
    page = f"{PAGE}hours/{hours.pk}/end/"
    assert head.post(page, {"valid_to": "31.12.2025"}).status_code == 422
    yesterday = timezone.localdate() - timedelta(days=1)
    assert head.post(page, {"valid_to": f"{yesterday:%d.%m.%Y}"}).status_code == 302
    assert "8:00–20:00" not in head.get(PAGE).content.decode()


def test_fewer_than_the_standard_need_a_reason_and_are_marked(head: Any) -> None:
    fewer = {**HOURS, "people": "1"}
    refused = head.post(f"{PAGE}hours/new/", fewer)
    assert refused.status_code == 422 and not OpeningHours.objects.exists()
    assert "wymaga co najmniej 2 interwentów" in refused.content.decode().replace("\xa0", " ")
    assert "standard: 2" not in head.get(PAGE).content.decode()
    assert (
        head.post(f"{PAGE}hours/new/", {**fewer, "reason": "Drugi interwent pod telefonem."}).status_code
        == 302
    )
    page = head.get(PAGE).content.decode().replace("\xa0", " ")
    assert "standard: 2" in page and "Drugi interwent pod telefonem." in page
    told = Entry.objects.get(verb="add_opening_hours").payload
    assert told["below_standard"] is True and "reason" not in told["after"]
    # What the tenant holds to be the standard on the first day of the hours decides.
    settled = {"session_limit": 8, "meetings_per_week": 1, "stay_warning_days": 14, "debriefing_days": 3}
    StandardTerms.objects.create(duty_minimum=1, source="uchwała", valid_from=date(2026, 2, 1), **settled)
    assert head.post(f"{PAGE}hours/new/", {**fewer, "valid_from": "01.03.2026"}).status_code == 302
    assert "standard: 2" not in head.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("weekdays", "text"), [([1, 2, 3, 4, 5, 7], "pn–pt, nd"), ([6, 7], "sb, nd"), ([3], "śr")]
)
def test_days_that_follow_are_a_span(weekdays: list[int], text: str, in_alfa: Any) -> None:
    assert days_text(weekdays) == text


def _duty(client: Any, day: date, start: int, end: int) -> None:
    Duty.objects.create(
        user_id=client.user.pk,
        name=client.user.full_name,
        starts_at=datetime(day.year, day.month, day.day, start, tzinfo=WARSAW),
        ends_at=datetime(day.year, day.month, day.day, end, tzinfo=WARSAW),
    )


def test_the_roster_is_checked_against_the_hours(
    head: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    other, monday = sign_in(Role.SOCIAL_WORKER, in_alfa), date(2026, 10, 5)
    head.post(f"{PAGE}hours/new/", HOURS)
    _duty(head, monday, 8, 20)
    _duty(other, monday, 8, 18)
    shown = head.get("/alfa/crisis/duty/?month=2026-10")
    rows = {row.day: row for row in shown.context["roster"].days}
    assert [(gap.minutes, gap.on_duty, gap.asked) for gap in rows[monday].gaps] == [(120, 1, 2)]
    assert rows[monday - timedelta(days=1)].gaps == [], "closed on Sunday"
    assert "Według godzin otwarcia" in shown.content.decode() and "1 / 2" in shown.content.decode()
    before = head.get("/alfa/crisis/duty/?month=2025-10").context["roster"]
    assert before.empty_minutes == (31 * 24 + 1) * 60, "before the hours the standard holds around the clock"


def test_the_start_page_goes_by_the_hours(head: Any, in_alfa: Any) -> None:
    access, today = access_to_tenant(head.user, in_alfa), timezone.localdate()
    _duty(head, today, 8, 9)
    assert [wait.kind for wait in crisis_waiting(access, today)] == ["must"]
    hours = {"opens": 480, "closes": 540, "people": 1, "valid_from": today - timedelta(days=9)}
    OpeningHours.objects.create(weekdays=[today.isoweekday()], on_holidays=True, **hours)
    week_later = today + timedelta(days=7)
    assert len(list(crisis_waiting(access, today))) == 1, "the same day of the next week"
    _duty(head, week_later, 8, 9)
    assert list(crisis_waiting(access, today)) == []


def test_each_house_keeps_its_own_points(head: Any, in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    own = partner(in_alfa)
    manager = sign_in(Role.NGO_MANAGER, in_alfa, own)
    head.post(f"{PAGE}new/", POINT)
    ours = ContactPoint.objects.get()
    assert manager.post(f"{PAGE}new/?centre={own.pk}", {**POINT, "name": "Dom 7"}).status_code == 302
    theirs = ContactPoint.objects.get(name="Dom 7")
    assert theirs.organisation_id == own.pk
    assert "Recepcja" not in manager.get(f"{PAGE}?centre=unit").content.decode()
    assert manager.get(f"{PAGE}{ours.pk}/").status_code == 404
    changed = head.post(f"{PAGE}{theirs.pk}/", {**POINT, "name": "Cudzy"})
    theirs.refresh_from_db()
    assert changed.status_code == 302 and theirs.name == "Dom 7", "an organisation keeps its points itself"
    assert head.get(f"{PAGE}new/?centre={own.pk}").status_code == 404
    assert manager.post(f"{PAGE}hours/new/", {**HOURS, "what": ours.pk}).status_code == 422
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.create(
            weekdays=[], opens=0, closes=60, people=1, valid_from=timezone.localdate()
        )


def test_points_ask_a_constant_number_of_questions(head: Any) -> None:
    counts = []
    head.get(PAGE)
    for number in range(3):
        head.post(f"{PAGE}new/", {**POINT, "name": f"Punkt {number}"})
        point = ContactPoint.objects.get(name=f"Punkt {number}")
        head.post(f"{PAGE}hours/new/", {**HOURS, "what": point.pk})
        with CaptureQueriesContext(connection) as queries:
            head.get(PAGE)
        counts.append(len(queries))
    assert len(set(counts)) == 1
