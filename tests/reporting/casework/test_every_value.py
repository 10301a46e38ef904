"""Every class of activity, kind and cadence of casework through its pages: offered, kept and shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.casework.models import GroupForm, Result, StaffMeeting, Team, TimeEntry
from tenants.models import Tenant
from tenants.roles import Role
from tests.reporting.casework.test_teams_and_intake import TEAM
from tests.reporting.casework.test_time_and_registers import PROGRAMME, REGISTERS, TIME, TODAY
from tests.values_on_pages import LANGUAGES, assert_offered, assert_shown, times_said, words_of

SignIn = Callable[..., Client]
BASE = "/alfa/casework/"
# How often a team meets, as its page says it; a new period fails until it stands here.
CADENCES = {
    "day": {"pl": "2 w każdym dniu roboczym", "en": "2 each working day"},
    "week": {"pl": "2 w tygodniu", "en": "2 a week"},
    "month": {"pl": "2 w miesiącu", "en": "2 a month"},
}


@pytest.mark.parametrize("activity", list(TimeEntry.Activity), ids=str)
def test_every_class_of_activity(alfa: Tenant, sign_in: SignIn, activity: TimeEntry.Activity) -> None:
    worker, director = sign_in(Role.SOCIAL_WORKER, alfa), sign_in(Role.DIRECTOR, alfa)
    assert_shown(worker, TIME, activity)
    before = times_said(director, f"{BASE}time/sums/", activity)
    assert worker.post(TIME, {activity.value: "3:07"}).status_code == 302
    with tenant_scope(alfa):
        assert [(one.activity, one.minutes) for one in TimeEntry.objects.all()] == [(activity, 187)]
    assert_shown(director, f"{BASE}time/sums/", activity, before=before)
    for language, words in words_of(activity).items():
        director.cookies["django_language"] = language
        shares = director.get(f"{BASE}time/sums/").content.decode().split("</tbody>")[0]
        row = shares[shares.lower().index(words.lower()) :]
        assert "3:07" in row and "100" in row, language


@pytest.mark.parametrize("kind", list(GroupForm.Kind), ids=str)
def test_every_kind_of_work_with_a_group(alfa: Tenant, sign_in: SignIn, kind: GroupForm.Kind) -> None:
    director, inspector = sign_in(Role.DIRECTOR, alfa), sign_in(Role.INSPECTOR, alfa)
    page = director.post(f"{BASE}programmes/new/", PROGRAMME).url
    assert_offered(director, f"{page}forms/new/", kind)
    before = times_said(inspector, page, kind)
    typed = {"name": "Razem", "kind": kind.value, "meetings": "4", "minutes": "8 h", "participants": "9"}
    assert director.post(f"{page}forms/new/", typed).status_code == 302
    with tenant_scope(alfa):
        assert GroupForm.objects.get().kind == kind
    assert_shown(inspector, page, kind, before=before)


@pytest.mark.parametrize(
    ("register", "kind"),
    [("supervision", one) for one in StaffMeeting.Kind] + [("results", one) for one in Result.Kind],
    ids=str,
)
def test_every_kind_in_the_registers(alfa: Tenant, sign_in: SignIn, register: str, kind: Any) -> None:
    coordinator, page = sign_in(Role.COORDINATOR, alfa), f"{BASE}registers/{register}/"
    model, typed, _wrong = REGISTERS[register]
    assert_offered(coordinator, f"{page}new/", kind)
    before = times_said(coordinator, page, kind)
    today = f"{timezone.localdate():%d.%m.%Y}"
    told = {field: today if value == TODAY else value for field, value in typed.items()}
    assert coordinator.post(f"{page}new/", {**told, "kind": kind.value}).status_code == 302
    with tenant_scope(alfa):
        assert model.objects.get().kind == kind
    assert_shown(coordinator, page, kind, before=before)


@pytest.mark.parametrize("period", list(Team.Period), ids=str)
def test_every_period_in_which_a_team_meets(alfa: Tenant, sign_in: SignIn, period: Team.Period) -> None:
    coordinator = sign_in(Role.COORDINATOR, alfa)
    assert_offered(coordinator, f"{BASE}teams/new/", period)
    answer = coordinator.post(f"{BASE}teams/new/", {**TEAM, "period": period.value})
    assert answer.status_code == 302
    with tenant_scope(alfa):
        assert Team.objects.get().period == period
    for page in (answer.url, f"{BASE}teams/"):
        for language in LANGUAGES:
            coordinator.cookies["django_language"] = language
            told = coordinator.get(page).content.decode().replace("\u00a0", " ")
            assert CADENCES[period][language] in told
