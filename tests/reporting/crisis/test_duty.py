"""The duty roster, meetings and debriefings through the door, and what of them waits on the start page."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.access import Access
from kernel.periods import WARSAW, Month
from reporting.crisis.actions import DutyEntry, add_duty, copy_week, remove_duty
from reporting.crisis.models import Debriefing, Duty, TeamMeeting
from reporting.crisis.waiting import crisis_waiting
from tenants.access import access_to_tenant
from tenants.roles import Role
from tests.factories.people import partner
from tests.reporting.crisis.centre import MARK, a_case, actor, sessions


@pytest.fixture
def head(in_alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in(Role.COORDINATOR, in_alfa)


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), WARSAW)


def _duty(client: Any, day: date, first: int, last: int, organisation: Any = None) -> Duty:
    until = day if last > first else day + timedelta(days=1)
    entry = DutyEntry(organisation and organisation.pk, client.user.pk, _at(day, first), _at(until, last))
    return add_duty(entry, actor=actor(client))


def _form(client: Any, **fields: Any) -> dict[str, Any]:
    return {"user_id": str(client.user.pk), "day": "05.10.2026", "start": "8", "end": "20", **fields}


def test_the_month_shows_duties_gaps_and_single_hours(
    head: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    other = sign_in(Role.SOCIAL_WORKER, in_alfa)
    assert head.post("/alfa/crisis/duty/new/", _form(head)).status_code == 302
    assert head.post("/alfa/crisis/duty/new/", _form(other, start="12", end="12")).status_code == 302
    page = head.get("/alfa/crisis/duty/?month=2026-10")
    roster = page.context["roster"]
    day = roster.days[4]
    assert [(gap.on_duty, gap.minutes) for gap in day.gaps] == [(0, 480), (1, 240), (1, 240)]
    # The night of the clock change has an hour more: the month has 745 hours.
    assert roster.empty_minutes == 745 * 60 - 28 * 60
    assert roster.short_minutes == 20 * 60
    assert "20:00–00:00: 1" in page.content.decode()
    reader = sign_in(Role.INSPECTOR, in_alfa)
    assert "/remove/" not in reader.get("/alfa/crisis/duty/?month=2026-10").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start": "9", "end": "10"}, "jest już dyżur"),
        ({"start": "19:59", "end": "23"}, "jest już dyżur"),
        ({"start": "20", "end": "23"}, None),
        ({"day": "04.10.2026", "start": "20", "end": "8"}, None),
        ({"day": "29.03.2026", "start": "2:30", "end": "9"}, "zegary"),
        ({"user_id": "0190a0a0-0000-7000-8000-000000000000"}, "Wybranej pozycji nie ma na liście"),
        ({"end": ""}, "godzin"),
        ({"day": "04.10.1926"}, "dzień zbyt odległy"),
        ({"day": "04.10.2126"}, "dzień zbyt odległy"),
        # The night of the clock change has an hour more.
        ({"day": "24.10.2026", "start": "12", "end": "12"}, "najwyżej 24 godziny"),
    ],
)
def test_nobody_is_on_duty_twice_at_once(fields: dict[str, str], words: str | None, head: Any) -> None:
    head.post("/alfa/crisis/duty/new/", _form(head))
    answer = head.post("/alfa/crisis/duty/new/", _form(head, **fields))
    if words is None:
        assert answer.status_code == 302 and Duty.objects.count() == 2
    else:
        assert answer.status_code == 422 and words in answer.content.decode()
        assert Duty.objects.count() == 1


def test_the_database_itself_refuses_two_duties_at_once(head: Any) -> None:
    first = _duty(head, date(2026, 10, 5), 8, 20)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(
            user_id=first.user_id,
            name="x",
            starts_at=_at(date(2026, 10, 5), 19),
            ends_at=_at(date(2026, 10, 5), 21),
        )


def test_a_week_is_copied_over_the_clock_change_once(head: Any) -> None:
    monday = date(2026, 10, 19)
    _duty(head, monday, 8, 20)
    _duty(head, monday + timedelta(days=6), 20, 8)
    told = {"week": "21.10.2026", "weeks": "2"}
    assert head.post("/alfa/crisis/duty/copy/", told).status_code == 302
    starts = [timezone.localtime(one.starts_at, WARSAW) for one in Duty.objects.all()]
    assert [f"{at:%d.%m %H}" for at in starts] == [
        "19.10 08", "25.10 20", "26.10 08", "01.11 20", "02.11 08", "08.11 20",
    ]  # fmt: skip
    assert copy_week(None, monday, 2, actor=actor(head)) == 0, "what is there is left alone"
    empty = head.post("/alfa/crisis/duty/copy/", {"week": "01.06.2026", "weeks": "1"})
    assert empty.status_code == 422 and "nikt nie ma dyżuru" in empty.content.decode()


def test_a_week_with_a_conflict_is_not_copied_at_all(
    head: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    other = sign_in(Role.SOCIAL_WORKER, in_alfa)
    _duty(head, date(2026, 10, 5), 8, 20)
    _duty(other, date(2026, 10, 6), 8, 20)
    _duty(other, date(2026, 10, 13), 10, 12)
    answer = head.post("/alfa/crisis/duty/copy/", {"week": "05.10.2026", "weeks": "1"})
    assert answer.status_code == 422 and other.user.full_name in answer.content.decode()
    assert Duty.objects.count() == 3


def test_a_duty_is_taken_off_before_it_is_over(head: Any, in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    past = _duty(head, timezone.localdate() - timedelta(days=5), 8, 20)
    ahead = _duty(head, timezone.localdate() + timedelta(days=5), 8, 20)
    for duty in (past, ahead):
        head.post(f"/alfa/crisis/duty/{duty.pk}/remove/")
    assert list(Duty.objects.all()) == [past]
    own = partner(in_alfa)
    carer = sign_in(Role.WORKER, in_alfa, own)
    theirs = _duty(carer, timezone.localdate() + timedelta(days=5), 8, 20, own)
    head.post(f"/alfa/crisis/duty/{theirs.pk}/remove/")
    assert Duty.objects.filter(pk=theirs.pk).exists(), "an organisation plans for itself"
    manager = sign_in(Role.NGO_MANAGER, in_alfa, own)
    manager.post(f"/alfa/crisis/duty/{theirs.pk}/remove/")
    assert not Duty.objects.filter(pk=theirs.pk).exists()


def test_the_unit_looks_at_an_organisations_roster_and_plans_its_own(
    head: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    own = partner(in_alfa)
    carer = sign_in(Role.WORKER, in_alfa, own)
    _duty(carer, date(2026, 10, 5), 8, 20, own)
    page = f"/alfa/crisis/duty/?month=2026-10&centre={own.pk}"
    told = head.get(page).content.decode()
    assert carer.user.full_name in told and "/remove/" not in told
    assert carer.user.full_name not in head.get("/alfa/crisis/duty/?month=2026-10").content.decode()
    assert head.get(f"/alfa/crisis/duty/new/?centre={own.pk}").status_code == 404
    assert head.get(f"/alfa/crisis/duty/copy/?centre={own.pk}").status_code == 404
    stranger = sign_in(Role.NGO_MANAGER, in_alfa, partner(in_alfa))
    assert carer.user.full_name not in stranger.get(page).content.decode()


def test_meetings_are_registered_and_short_weeks_told(head: Any, in_alfa: Any) -> None:
    today = timezone.localdate()
    names = [head.user.full_name]
    told = {
        "day": f"{today - timedelta(days=today.weekday() + 21):%d.%m.%Y}",
        "time": "00:00",
        "minutes": "60",
        "cases": "4",
    }
    page = "/alfa/crisis/team/new/"
    assert head.post(page, {**told, "people": names}).status_code == 422, "one person is no meeting"
    assert head.post(page, {**told, "people": names, "others": "Teresa Terapeutka"}).status_code == 302
    assert head.post(page, {**told, "people": names, "others": "Ktoś"}).status_code == 422, (
        "registered already"
    )
    assert (
        head.post(page, {**told, "day": "01.01.2199", "people": names, "others": "Ktoś"}).status_code == 422
    )
    meeting = TeamMeeting.objects.get()
    assert (meeting.participants, meeting.cases) == ([*names, "Teresa Terapeutka"], 4)
    shown = head.get("/alfa/crisis/team/")
    monday = today - timedelta(days=today.weekday())
    # The weeks between that of the meeting and today's, which is not over unless today is its Sunday.
    short = [week for week, _count in shown.context["short"]]
    assert {monday - timedelta(days=7), monday - timedelta(days=14)} <= set(short)
    assert monday - timedelta(days=21) not in short
    assert "Teresa Terapeutka" in shown.content.decode()


def test_a_debriefing_is_noted_by_its_owner_or_a_head(
    head: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    lead, stranger = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.SOCIAL_WORKER, in_alfa)
    a_case(lead, contact="field", days_ago=10)
    task = Debriefing.objects.get()
    page, today = f"/alfa/crisis/team/debriefings/{task.pk}/", timezone.localdate()
    told = {"held_on": f"{today:%d.%m.%Y}"}
    stranger.post(page, told)
    task.refresh_from_db()
    assert task.held_on is None
    assert "po terminie" in head.get("/alfa/crisis/team/").content.decode()
    early = {"held_on": f"{today - timedelta(days=12):%d.%m.%Y}"}
    assert lead.post(page, early).status_code == 422
    assert lead.post(page, told).status_code == 302
    task.refresh_from_db()
    assert task.held_on == today
    assert "odbył się już" in head.post(page, told).content.decode()


def test_debriefings_and_meetings_ask_a_constant_number_of_questions(
    head: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.lists.page_of.__kwdefaults__", {"size": 3})
    counts: dict[str, list[int]] = {"": [], "debriefings/": []}
    head.get("/alfa/crisis/team/")
    for size in (1, 4):
        for number in range(size):
            a_case(head, contact="field", days_ago=20)
            TeamMeeting.objects.create(
                held_at=timezone.now() - timedelta(days=size + number), minutes=60, participants=["A", "B"]
            )
        for page, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                shown = head.get(f"/alfa/crisis/team/{page}")
            found.append(len(queries))
            assert len(shown.context["page"]) <= 3
    assert all(few == many for few, many in counts.values()), counts


def _access(client: Any, tenant: Any) -> Access:
    return access_to_tenant(client.user, tenant)


def test_the_start_page_tells_what_waits_and_no_names(
    head: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    lead, today = sign_in(Role.SOCIAL_WORKER, in_alfa), timezone.localdate()
    assert list(crisis_waiting(_access(head, in_alfa), today)) == []
    case = a_case(lead, contact="field", days_ago=20)
    sessions(case, lead, 8)
    sessions(case, lead, 1, beyond="unbalanced")
    case.sessions.update(beyond="")
    _duty(head, today, 0, 23)
    titles = [str(wait.title) for wait in crisis_waiting(_access(head, in_alfa), today)]
    assert len(titles) == 3 and not any(MARK in title for title in titles)
    assert any("nikogo na dyżurze" in title for title in titles) and any("(K1)" in title for title in titles)
    of_lead = [str(wait.title) for wait in crisis_waiting(_access(lead, in_alfa), today)]
    assert len(of_lead) == 2 and not any("dyżur" in title for title in of_lead)
    stranger = sign_in(Role.SOCIAL_WORKER, in_alfa)
    assert list(crisis_waiting(_access(stranger, in_alfa), today)) == []
    assert "(K1)" in lead.get("/alfa/").content.decode()


def test_the_start_page_asks_a_constant_number_of_questions(head: Any, in_alfa: Any) -> None:
    today, counts = timezone.localdate(), []
    for _each in range(2):
        case = a_case(head, contact="field", days_ago=20)
        sessions(case, head, 3)
        _duty(head, today + timedelta(days=len(counts)), 8, 20)
        with CaptureQueriesContext(connection) as queries:
            list(crisis_waiting(_access(head, in_alfa), today))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_the_roster_asks_a_constant_number_of_questions(head: Any) -> None:
    month, counts = Month.of(timezone.localdate()), []
    head.get("/alfa/crisis/duty/")
    for day in (1, 2, 3):
        _duty(head, month.first.replace(day=day), 8, 20)
        with CaptureQueriesContext(connection) as queries:
            head.get(f"/alfa/crisis/duty/?month={month}")
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_a_duty_that_was_taken_off_can_be_given_again(head: Any) -> None:
    day = timezone.localdate() + timedelta(days=3)
    remove_duty(_duty(head, day, 8, 20), actor=actor(head))
    assert _duty(head, day, 8, 20).pk
