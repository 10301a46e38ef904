"""Teams with their cadence, and the intake of families with the posts that it asks for, over HTTP."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.periods import WARSAW, Month
from kernel.tenancy import tenant_scope
from reporting.casework.models import Caseload, IntakePlan, Team, TeamMeeting
from reporting.casework.queries import intake_by_month, intake_plan, states_of
from reporting.casework.rules import families_of_one, full_time, intake, missed_periods
from reporting.casework.waiting import casework_waiting
from tenants.access import access_to_tenant
from tenants.models import Tenant
from tenants.roles import Role

SignIn = Callable[..., Client]
TEAM = {"name": "Zespół rodzinny", "meetings": "2", "period": "month", "valid_from": "01.01.2026"}
PLAN = "/alfa/casework/intake/plan/"


@pytest.mark.parametrize(
    ("period", "meetings", "held", "first", "today", "missed"),
    [
        # Twice a month: the month that goes on says nothing yet, one that began before the team neither.
        (
            "month",
            2,
            [date(2026, 8, 3), date(2026, 8, 17), date(2026, 9, 7)],
            date(2026, 7, 5),
            date(2026, 10, 31),
            [(date(2026, 9, 1), 1)],
        ),
        ("month", 2, [], date(2026, 9, 1), date(2026, 10, 1), [(date(2026, 9, 1), 0)]),
        ("week", 1, [date(2026, 10, 5)], date(2026, 10, 5), date(2026, 10, 19), [(date(2026, 10, 12), 0)]),
        # Each working day: neither the weekend nor 1 November, nor today.
        (
            "day",
            1,
            [date(2026, 10, 30)],
            date(2026, 10, 29),
            date(2026, 11, 3),
            [(date(2026, 11, 2), 0), (date(2026, 10, 29), 0)],
        ),
    ],
)
def test_periods_with_too_few_meetings(
    period: str,
    meetings: int,
    held: list[date],
    first: date,
    today: date,
    missed: list[tuple[date, int]],
) -> None:
    assert missed_periods(held, first, today, period=period, meetings=meetings) == missed


def test_a_team_and_its_meetings_are_kept(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.COORDINATOR, alfa)
    page = client.post("/alfa/casework/teams/new/", TEAM).url
    assert client.post("/alfa/casework/teams/new/", {**TEAM, "name": "zespół RODZINNY"}).status_code == 422
    told = {"day": "02.03.2026", "time": "8:00", "minutes": "60 min", "participants": "5"}
    assert client.post(f"{page}meetings/new/", told).status_code == 302
    for wrong in (
        {},
        {"participants": "1"},
        {"day": "29.03.2026", "time": "2:30"},
        {"day": f"{timezone.localdate() + timedelta(days=1):%d.%m.%Y}"},
    ):
        assert client.post(f"{page}meetings/new/", {**told, **wrong}).status_code == 422, wrong
    with tenant_scope(alfa):
        meeting = TeamMeeting.objects.get()
    changed = {**told, "participants": "6"}
    assert client.post(f"/alfa/casework/meetings/{meeting.pk}/", changed).status_code == 302
    shown = sign_in(Role.SOCIAL_WORKER, alfa).get(page).content.decode()
    assert "02.03.2026" in shown and "2 w miesiącu" in shown and "meetings/new" not in shown
    assert "Zespół rodzinny" in client.get("/alfa/casework/teams/").content.decode()


def test_the_start_page_warns_when_the_last_period_was_missed(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    worker = sign_in(Role.SOCIAL_WORKER, alfa)
    today = timezone.localdate()
    before = Month.of(today).previous()
    with tenant_scope(alfa):
        team = Team.objects.create(
            name="Zespół", meetings=2, period="month", valid_from=before.previous().first
        )
        access: Any = access_to_tenant(client.user, alfa)  # type: ignore[attr-defined]
        for day in (1, 15):
            TeamMeeting.objects.create(
                team=team, held_at=datetime(before.year, before.month, day, 9, tzinfo=WARSAW), minutes=60,
                participants=4,
            )  # fmt: skip
        assert list(casework_waiting(access, today)) == [], "the month before that one is past"
        assert [count for _start, count in states_of([team], today)[0].missed] == [0]
        TeamMeeting.objects.filter(held_at__day=15).delete()
        assert len(list(casework_waiting(access, today))) == 1
        own: Any = access_to_tenant(worker.user, alfa)  # type: ignore[attr-defined]
        assert list(casework_waiting(own, today)) == []
    assert "spotykał się za rzadko" in client.get("/alfa/").content.decode()
    with tenant_scope(alfa):
        Team.objects.update(valid_to=today - timedelta(days=1))
        assert list(casework_waiting(access, today)) == [], "a team that works no longer"


def test_teams_come_in_pages_with_a_constant_number_of_questions(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/alfa/casework/teams/")
        return len(asked)

    def add(number: int) -> None:
        with tenant_scope(alfa):
            team = Team.objects.create(
                name=f"Z{number}", meetings=1, period="week", valid_from=timezone.localdate()
            )
            TeamMeeting.objects.create(team=team, held_at=timezone.now(), minutes=30, participants=3)

    add(0)
    counted()
    few = counted()
    for number in range(1, 60):
        add(number)
    assert counted() == few
    assert len(client.get("/alfa/casework/teams/").context["page"]) == 50


def test_the_intake_goes_in_steps_up_to_the_target() -> None:
    planned = intake(Month(2026, 11), 20, 25, 80)
    assert [(str(month), families) for month, families in planned] == [
        ("2026-11", 20), ("2026-12", 45), ("2027-01", 70), ("2027-02", 80),
    ]  # fmt: skip
    assert intake(Month(2026, 1), 80, 0, 80) == [(Month(2026, 1), 80)]
    with pytest.raises(ValueError, match="target"):
        intake(Month(2026, 1), 1, 0, 80)


def test_the_plan_stands_beside_what_came_of_it(alfa: Tenant, sign_in: SignIn) -> None:
    today = timezone.localdate()
    client, present = sign_in(Role.COORDINATOR, alfa), Month.of(today)
    first = present.previous().previous()
    typed = {"first": str(first), "start": "20", "step": "20", "target": "80"}
    assert client.post(PLAN, typed).status_code == 302
    with tenant_scope(alfa):
        Caseload.objects.create(
            worker_id=client.user.pk,
            worker_name="x",
            month=first.next().first,
            environments=18,
            limit=20,  # type: ignore[attr-defined]
        )
        rows = intake_by_month(intake_plan(), today)
        assert [(row.month, row.planned, row.actual) for row in rows] == [
            (first, 20, None), (first.next(), 40, 18), (present, 60, None), (present.next(), 80, None),
        ]  # fmt: skip
        assert rows[1].difference == -22
    page = sign_in(Role.INSPECTOR, alfa).get("/alfa/casework/intake/").content.decode()
    assert "▼ -22" in page and "intake/plan" not in page
    # From this month on more slowly: what was planned before stays.
    assert client.post(PLAN, {**typed, "first": str(present), "start": "50", "step": "15"}).status_code == 302
    with tenant_scope(alfa):
        assert list(IntakePlan.objects.values_list("families", flat=True)) == [20, 40, 50, 65, 80]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start": "81"}, "Cel jest mniejszy"),
        ({"step": "0"}, "w ciągu pięciu lat"),
        ({"target": "dużo"}, "dużo"),
        ({"first": "1999-01"}, "nie ma na liście"),
        ({"start": "-1"}, "0"),
    ],
)
def test_a_plan_that_leads_nowhere_is_refused(
    alfa: Tenant, sign_in: SignIn, wrong: dict[str, str], said: str
) -> None:
    typed = {"first": str(Month.of(timezone.localdate())), "start": "20", "step": "20", "target": "80"}
    answer = sign_in(Role.DIRECTOR, alfa).post(PLAN, typed | wrong)
    assert answer.status_code == 422 and said in answer.content.decode()
    with tenant_scope(alfa):
        assert not IntakePlan.objects.exists()


def test_the_later_plan_learns_of_the_earlier(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    seen = client.get(PLAN).context["form"]["seen"].value()
    typed = {
        "first": str(Month.of(timezone.localdate())),
        "start": "20",
        "step": "20",
        "target": "80",
        "seen": seen,
    }
    assert client.post(PLAN, typed).status_code == 302
    assert client.post(PLAN, {**typed, "target": "40"}).status_code == 409


@pytest.mark.parametrize(
    ("families", "each", "posts"), [(80, 20, "4.00"), (80, 80, "1.00"), (70, 17, "4.12"), (40, 80, "0.50")]
)
def test_posts_for_families_are_those_of_the_sources(families: int, each: int, posts: str) -> None:
    assert full_time(families, each) == Decimal(posts)


def test_the_calculator_says_what_is_there_and_what_lacks(alfa: Tenant, sign_in: SignIn) -> None:
    """4 social workers and 1 benefits worker for 80 families; 4 posts and half a post for 70 (S-070)."""
    client = sign_in(Role.SOCIAL_WORKER, alfa)
    asked = client.get("/alfa/casework/intake/", {"families": "80"}).context["posts"]
    assert [post["asked"] for post in asked] == [Decimal(4), Decimal(1)]
    told = {"families": "70", "blue": "on", "workers": "4", "benefits": "0,5"}
    posts = client.get("/alfa/casework/intake/", told).context["posts"]
    assert [(post["asked"], post["lacks"], post["of_one"]) for post in posts] == [
        (Decimal("4.12"), Decimal("0.12"), Decimal("17.5")),
        (Decimal("0.88"), Decimal("0.38"), Decimal("140.0")),
    ]
    assert families_of_one(70, Decimal(0)) is None
    wrong = client.get("/alfa/casework/intake/", {"families": "-3", "workers": "x"})
    assert wrong.status_code == 200 and wrong.context["posts"] is None
    assert "error-summary" in wrong.content.decode()


def test_the_database_keeps_cadences_sensible(in_alfa: Tenant) -> None:
    row = {"name": "x", "valid_from": timezone.localdate()}
    for wrong in ({"meetings": 0, "period": "week"}, {"meetings": 1, "period": "year"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Team.objects.create(**row, **wrong)
