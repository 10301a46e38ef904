"""Every value of a case of crisis intervention through its pages: offered, kept and shown to who works on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reporting.crisis.models import CrisisCase, Referral, Reopening, Session
from tenants.roles import Role
from tests.factories.care import PersonFactory
from tests.reporting.crisis.centre import a_case, entry, session_data, sessions
from tests.values_on_pages import assert_offered, assert_shown, times_said


@pytest.fixture
def lead(in_alfa: Any, sign_in: Callable[..., Any]) -> Any:
    return sign_in(Role.SOCIAL_WORKER, in_alfa)


def _today() -> str:
    return f"{timezone.localdate():%d.%m.%Y}"


def _page(case: CrisisCase, rest: str = "") -> str:
    return f"/alfa/crisis/{case.pk}/{rest}"


@pytest.mark.parametrize(
    ("field", "value"),
    [("state", one) for one in Session.State] + [("place", one) for one in Session.Place],
    ids=str,
)
def test_every_state_and_place_of_a_session(lead: Any, field: str, value: Any) -> None:
    case = a_case(lead)
    assert_offered(lead, _page(case, "sessions/new/"), value)
    before = times_said(lead, _page(case), value)
    told = session_data(case, lead, **{field: value.value})
    assert lead.post(_page(case, "sessions/new/"), told).status_code == 302
    assert getattr(case.sessions.get(), field) == value
    assert_shown(lead, _page(case), value, before=before)


@pytest.mark.parametrize("reason", list(Session.Beyond), ids=str)
def test_every_reason_of_a_session_beyond_the_limit(lead: Any, reason: Session.Beyond) -> None:
    case = a_case(lead)
    sessions(case, lead, 8)
    assert_offered(lead, _page(case, "sessions/new/"), reason)
    last = f"{timezone.localdate() - timedelta(days=1):%d.%m.%Y}"
    told = session_data(case, lead, day=last, time="07:15", beyond=reason.value)
    assert lead.post(_page(case, "sessions/new/"), told).status_code == 302
    assert case.sessions.filter(beyond=reason.value).count() == 1
    assert_shown(lead, _page(case), reason)


@pytest.mark.parametrize("outcome", list(CrisisCase.Outcome), ids=str)
def test_every_outcome_of_a_case(lead: Any, outcome: CrisisCase.Outcome) -> None:
    case = a_case(lead)
    assert_offered(lead, _page(case, "close/"), outcome)
    told = {"closed_on": _today(), "outcome": outcome.value}
    assert lead.post(_page(case, "close/"), told).status_code == 302
    assert_shown(lead, _page(case), outcome)
    for state, page in ((CrisisCase.State.CLOSED, "?state=closed"), (CrisisCase.State.OPEN, "?state=open")):
        told_of = case.number in lead.get(f"/alfa/crisis/{page}").content.decode()
        assert told_of is (state == CrisisCase.State.CLOSED)


@pytest.mark.parametrize("reason", list(Reopening.Reason), ids=str)
def test_every_reason_of_opening_a_case_again(lead: Any, reason: Reopening.Reason) -> None:
    case = a_case(lead)
    lead.post(_page(case, "close/"), {"closed_on": _today(), "outcome": "informed"})
    assert_offered(lead, _page(case, "reopen/"), reason)
    assert lead.post(_page(case, "reopen/"), {"reason": reason.value}).status_code == 302
    assert_shown(lead, _page(case), reason)


@pytest.mark.parametrize("outcome", list(Referral.Outcome), ids=str)
def test_every_outcome_of_a_referral(lead: Any, outcome: Referral.Outcome) -> None:
    case, to = a_case(lead), entry("institution", "Poradnia")
    lead.post(_page(case, "referrals/new/"), {"to": to.pk, "made_on": _today()})
    referral = case.referrals.get()
    if outcome != Referral.Outcome.WAITING:
        assert_offered(lead, _page(case, f"referrals/{referral.pk}/"), outcome)
        told = {"outcome": outcome.value, "outcome_on": _today()}
        assert lead.post(_page(case, f"referrals/{referral.pk}/"), told).status_code == 302
    assert_shown(lead, _page(case), outcome)


@pytest.mark.parametrize("asking", list(CrisisCase.Asking), ids=str)
def test_every_answer_to_being_asked_after_help(lead: Any, asking: CrisisCase.Asking) -> None:
    # Only registered persons are asked.
    case = a_case(lead, identity="person", alias="", person=PersonFactory())
    assert_offered(lead, _page(case, "asking/"), asking)
    assert lead.post(_page(case, "asking/"), {"asking": asking.value}).status_code == 302
    assert_shown(lead, _page(case), asking)
