"""Sessions n of 8: counted, limited softly, K1 where neither reason nor referral stands; referrals and outcomes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reporting.crisis.actions import add_terms
from reporting.crisis.models import Debriefing, Session
from reporting.crisis.rules import PRODUCT_TERMS
from tenants.roles import Role
from tests.reporting.crisis.centre import a_case, actor, entry, session_data, sessions


@pytest.fixture
def lead(in_alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in(Role.SOCIAL_WORKER, in_alfa)


def test_done_sessions_are_counted_and_others_not(lead: Any) -> None:
    case = a_case(lead)
    page = f"/alfa/crisis/{case.pk}/"
    for time, state in (("09:00", "done"), ("11:00", "no_show"), ("13:00", "cancelled"), ("15:00", "done")):
        told = session_data(case, lead, time=time, state=state)
        assert lead.post(f"{page}sessions/new/", told).url.endswith("#sessions")
    text = lead.get(page).content.decode()
    assert "2 / 8" in text and "niestawienie się" in text and "odwołana" in text
    assert "3 / 8" not in text


def test_beyond_the_limit_a_reason_or_a_referral_is_needed(lead: Any) -> None:
    case = a_case(lead)
    sessions(case, lead, 8)
    page = f"/alfa/crisis/{case.pk}/sessions/new/"
    last = f"{timezone.localdate() - timedelta(days=1):%d.%m.%Y}"
    told = session_data(case, lead, day=last, time="07:15")
    refused = lead.post(page, told)
    assert refused.status_code == 422 and "To sesja 9 przy limicie 8" in refused.content.decode()
    assert lead.post(page, {**told, "state": "no_show"}).status_code == 302, "who did not come is not counted"
    assert lead.post(page, {**told, "time": "07:45", "beyond": "unbalanced"}).status_code == 302
    assert "K1" not in lead.get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert lead.post(page, {**told, "time": "16:45"}).status_code == 422, (
        "each session beyond has its own reason"
    )
    to = entry("institution", "Poradnia")
    today = f"{timezone.localdate():%d.%m.%Y}"
    lead.post(f"/alfa/crisis/{case.pk}/referrals/new/", {"to": to.pk, "made_on": today})
    assert lead.post(page, {**told, "time": "16:45"}).status_code == 302
    assert case.sessions.filter(state="done").count() == 10


def test_a_correction_counts_the_sessions_before_it_and_not_those_after(lead: Any) -> None:
    case = a_case(lead)
    third = sessions(case, lead, 8)[2]
    sessions(case, lead, 1, beyond="unbalanced")
    page = f"/alfa/crisis/{case.pk}/sessions/{third.pk}/"
    shown = timezone.localtime(third.starts_at)
    told = session_data(case, lead, day=f"{shown:%d.%m.%Y}", time=f"{shown:%H:%M}", minutes="45")
    assert lead.post(page, told).status_code == 302, "the third of eight asks for no reason"
    third.refresh_from_db()
    assert third.minutes == 45
    ninth = case.sessions.last()
    shown = timezone.localtime(ninth.starts_at)
    told = session_data(case, lead, day=f"{shown:%d.%m.%Y}", time=f"{shown:%H:%M}")
    refused = lead.post(f"/alfa/crisis/{case.pk}/sessions/{ninth.pk}/", told)
    assert refused.status_code == 422 and "To sesja 9 przy limicie 8" in refused.content.decode()


def test_a_session_entered_late_moves_the_last_one_beyond_the_limit(lead: Any) -> None:
    case = a_case(lead)
    done = sessions(case, lead, 8)
    page = f"/alfa/crisis/{case.pk}/sessions/new/"
    second = timezone.localtime(done[1].starts_at)
    told = session_data(case, lead, day=f"{second:%d.%m.%Y}", time="00:00")
    refused = lead.post(page, told)
    assert refused.status_code == 422 and "staje się 9. przy limicie 8" in refused.content.decode()
    assert lead.post(page, {**told, "beyond": "other"}).status_code == 302
    assert case.sessions.filter(state="done").count() == 9


def test_a_missed_session_that_becomes_done_meets_the_limit_too(lead: Any) -> None:
    case = a_case(lead)
    sessions(case, lead, 8)
    missed = sessions(case, lead, 1, state="no_show")[0]
    page = f"/alfa/crisis/{case.pk}/sessions/{missed.pk}/"
    shown = timezone.localtime(missed.starts_at)
    told = session_data(case, lead, day=f"{shown:%d.%m.%Y}", time=f"{shown:%H:%M}")
    assert lead.post(page, told).status_code == 422
    assert lead.post(page, {**told, "beyond": "waiting"}).status_code == 302
    missed.refresh_from_db()
    assert (missed.state, missed.beyond) == ("done", "waiting")


def test_k1_is_shown_on_case_and_list_until_a_referral(
    lead: Any, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    case, fine = a_case(lead), a_case(lead)
    sessions(case, lead, 5)
    sessions(fine, lead, 4)
    director = sign_in(Role.DIRECTOR, in_alfa)
    since = timezone.localdate() - timedelta(days=300)
    # A limit entered later for days that have passed: what was recorded under eight is now beyond four.
    add_terms(replace(PRODUCT_TERMS, session_limit=4, valid_from=since), actor=actor(director))
    assert "K1" in lead.get(f"/alfa/crisis/{case.pk}/").content.decode()
    shown = director.get("/alfa/crisis/?over=on").content.decode()
    assert case.number in shown and fine.number not in shown and "5 / 4" in shown
    to = entry("institution", "Poradnia")
    lead.post(
        f"/alfa/crisis/{case.pk}/referrals/new/", {"to": to.pk, "made_on": f"{timezone.localdate():%d.%m.%Y}"}
    )
    assert "K1" not in lead.get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert case.number not in director.get("/alfa/crisis/?over=on").content.decode()


def test_a_case_keeps_the_limit_of_its_first_day(lead: Any) -> None:
    case = a_case(lead, days_ago=60)
    since = timezone.localdate() - timedelta(days=10)
    add_terms(replace(PRODUCT_TERMS, session_limit=1, valid_from=since), actor=actor(lead))
    sessions(case, lead, 3)
    assert "3 / 8" in lead.get(f"/alfa/crisis/{case.pk}/").content.decode()
    young = a_case(lead, days_ago=5)
    sessions(young, lead, 1)
    assert "1 / 1" in lead.get(f"/alfa/crisis/{young.pk}/").content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"minutes": "0"}, "0"),
        ({"minutes": "601"}, "600"),
        ({"worker_id": "0190a0a0-0000-7000-8000-000000000000"}, "nie ma na liście"),
        ({"day": "01.01.2020"}, "Sprawa zaczęła się"),
        ({"day": "01.01.2199"}, "jeszcze się nie zaczęła"),
        ({"state": "dreamt"}, "nie ma na liście"),
        ({"time": ""}, "godzin"),
    ],
)
def test_a_wrong_session_says_what_is_wrong(fields: dict[str, str], words: str, lead: Any) -> None:
    case = a_case(lead)
    answer = lead.post(f"/alfa/crisis/{case.pk}/sessions/new/", session_data(case, lead, **fields))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not Session.objects.exists()


def test_two_sessions_do_not_begin_at_the_same_time(lead: Any) -> None:
    case = a_case(lead)
    page = f"/alfa/crisis/{case.pk}/sessions/new/"
    assert lead.post(page, session_data(case, lead)).status_code == 302
    assert "o tej godzinie" in lead.post(page, session_data(case, lead)).content.decode()


def test_a_session_in_the_field_makes_one_debriefing_a_day(lead: Any) -> None:
    case = a_case(lead)
    for time in ("09:00", "12:00"):
        told = session_data(case, lead, time=time, place="field")
        lead.post(f"/alfa/crisis/{case.pk}/sessions/new/", told)
    assert [task.owner_id for task in Debriefing.objects.all()] == [lead.user.pk]


def test_a_referral_gets_its_outcome(lead: Any) -> None:
    case, to = a_case(lead), entry("institution", "Sąd rodzinny")
    page = f"/alfa/crisis/{case.pk}/referrals/"
    today = timezone.localdate()
    early = f"{today - timedelta(days=70):%d.%m.%Y}"
    assert lead.post(f"{page}new/", {"to": to.pk, "made_on": early}).status_code == 422
    assert lead.post(f"{page}new/", {"to": entry().pk, "made_on": f"{today:%d.%m.%Y}"}).status_code == 422
    lead.post(f"{page}new/", {"to": to.pk, "made_on": f"{today:%d.%m.%Y}"})
    referral = case.referrals.get()
    assert (referral.outcome, referral.outcome_on) == ("waiting", None)
    told = {"outcome": "taken_up", "outcome_on": f"{today:%d.%m.%Y}"}
    assert lead.post(f"{page}{referral.pk}/", {**told, "outcome_on": early}).status_code == 422
    assert lead.post(f"{page}{referral.pk}/", {**told, "outcome": "waiting"}).status_code == 422
    assert lead.post(f"{page}{referral.pk}/", told).status_code == 302
    referral.refresh_from_db()
    assert (referral.outcome, referral.outcome_on) == ("taken_up", today)
    assert "osoba podjęła tam pomoc" in lead.get(f"/alfa/crisis/{case.pk}/").content.decode()
