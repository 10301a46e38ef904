"""Every value of crisis intervention through its pages: offered, kept and shown to who works on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reporting.crisis.actions import add_place
from reporting.crisis.models import (
    CaseWorker,
    ContactCorrection,
    ContactPoint,
    CrisisCase,
    CrisisDocument,
    DictionaryEntry,
    Referral,
    Reopening,
    Session,
    ShelterStay,
)
from reporting.crisis.rules import FIELDS
from tenants.roles import Role
from tests.factories.care import PersonFactory
from tests.reporting.crisis.centre import a_case, actor, entry, session_data, sessions
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


@pytest.mark.parametrize("contact", list(CrisisCase.Contact), ids=str)
def test_every_way_of_a_first_contact(
    lead: Any, in_alfa: Any, sign_in: Callable[..., Any], contact: CrisisCase.Contact
) -> None:
    owner = sign_in(Role.COORDINATOR, in_alfa).user
    assert_offered(lead, "/alfa/crisis/new/", contact)
    told = {"day": _today(), "time": "00:00", "contact": contact.value, "identity": "anonymous"}
    assert lead.post("/alfa/crisis/new/", {**told, "owner": str(owner.pk)}).status_code == 302
    case = CrisisCase.objects.get()
    assert case.contact == contact
    for page in (_page(case), "/alfa/crisis/"):
        assert_shown(lead, page, contact)


@pytest.mark.parametrize("identity", list(CrisisCase.Identity), ids=str)
def test_every_way_of_naming_who_is_helped(
    lead: Any, in_alfa: Any, sign_in: Callable[..., Any], identity: CrisisCase.Identity
) -> None:
    assert_offered(lead, "/alfa/crisis/new/", identity)
    told = {"day": _today(), "time": "00:00", "contact": "phone", "identity": identity.value}
    who = {"person": {"person": PersonFactory().code}, "alias": {"alias": "Pani Marta"}}.get(identity, {})
    assert lead.post("/alfa/crisis/new/", {**told, **who}).status_code == 302
    case = CrisisCase.objects.get()
    assert case.identity == identity
    # Those who do not work on the case learn that much and no more.
    assert_shown(sign_in(Role.DIRECTOR, in_alfa), _page(case), identity)


@pytest.mark.parametrize("part", list(CaseWorker.Part), ids=str)
def test_every_part_of_who_works_on_a_case(
    in_alfa: Any, sign_in: Callable[..., Any], lead: Any, part: CaseWorker.Part
) -> None:
    case, head, other = a_case(lead), sign_in(Role.COORDINATOR, in_alfa), sign_in(Role.SOCIAL_WORKER, in_alfa)
    assert_offered(head, _page(case, "team/"), part)
    before = times_said(head, _page(case), part)
    told = {"user_id": str(other.user.pk), "part": part.value}
    assert head.post(_page(case, "team/"), told).status_code == 302
    assert case.team.get(user_id=other.user.pk).part == part
    assert_shown(head, _page(case), part, before=before)


@pytest.mark.parametrize("reason", list(ContactCorrection.Reason), ids=str)
def test_every_reason_of_correcting_a_first_contact(lead: Any, reason: ContactCorrection.Reason) -> None:
    case = a_case(lead)
    assert_offered(lead, _page(case, "contact/"), reason)
    day = timezone.localtime(case.opened_at) + timedelta(days=10)
    told = {"day": f"{day:%d.%m.%Y}", "time": "10:00", "reason": reason.value}
    assert lead.post(_page(case, "contact/"), told).status_code == 302
    assert case.corrections.get().reason == reason
    assert_shown(lead, _page(case), reason)


@pytest.mark.parametrize("kind", list(CrisisDocument.Kind), ids=str)
def test_every_kind_of_card_and_plan(lead: Any, kind: CrisisDocument.Kind) -> None:
    case = a_case(lead)
    write = _page(case, f"documents/new/{kind}/")
    assert write in lead.get(_page(case)).content.decode()
    assert_shown(lead, write, kind)
    answer = lead.post(write, {"seen": "0", FIELDS[kind][0]: "Rozmowa"})
    assert answer.status_code == 302
    assert case.documents.get().kind == kind
    for page in (_page(case), answer.url):
        assert_shown(lead, page, kind)


@pytest.mark.parametrize("ground", list(ShelterStay.Ground), ids=str)
def test_every_ground_of_a_longer_stay(
    in_alfa: Any, sign_in: Callable[..., Any], ground: ShelterStay.Ground
) -> None:
    head = sign_in(Role.COORDINATOR, in_alfa)
    case, today = a_case(head), timezone.localdate()
    place = add_place(None, name="Pokój 1", valid_from=today - timedelta(days=300), actor=actor(head))
    assert_offered(head, _page(case, "stays/new/"), ground)
    told = {"place": place.pk, "from_day": _today(), "to_day": f"{today + timedelta(days=200):%d.%m.%Y}"}
    assert head.post(_page(case, "stays/new/"), {**told, "ground": ""}).status_code == 422, "beyond the limit"
    assert head.post(_page(case, "stays/new/"), {**told, "ground": ground.value}).status_code == 302
    for page in (_page(case), "/alfa/crisis/shelter/"):
        assert_shown(head, page, ground)


@pytest.mark.parametrize("access", list(ContactPoint.Access), ids=str)
def test_everything_that_makes_a_point_accessible(
    in_alfa: Any, sign_in: Callable[..., Any], access: ContactPoint.Access
) -> None:
    head, points = sign_in(Role.COORDINATOR, in_alfa), "/alfa/crisis/points/"
    assert_offered(head, f"{points}new/", access)
    told = {
        "name": "Recepcja",
        "address": "ul. Kwiatowa 3",
        "access": [access.value],
        "valid_from": "01.01.2026",
    }
    assert head.post(f"{points}new/", told).status_code == 302
    assert ContactPoint.objects.get().access == [access]
    assert_shown(head, points, access)


@pytest.mark.parametrize("kind", list(DictionaryEntry.Kind), ids=str)
def test_every_dictionary(in_alfa: Any, sign_in: Callable[..., Any], kind: DictionaryEntry.Kind) -> None:
    director, page = sign_in(Role.DIRECTOR, in_alfa), "/alfa/crisis/dictionaries/"
    assert_offered(director, page, kind)
    told = {"kind": kind.value, "name": "Przemoc", "valid_from": "01.01.2026"}
    assert director.post(page, told).status_code == 302
    assert DictionaryEntry.objects.get(name="Przemoc").kind == kind
    assert_shown(director, page, kind)
    chosen = {"category": "categories", "institution": "institutions"}[kind]
    lead = sign_in(Role.SOCIAL_WORKER, in_alfa)
    offered = lead.get("/alfa/crisis/new/").context["form"].fields[chosen].choices
    assert [str(words) for _pk, words in offered] == ["Przemoc"]


@pytest.mark.parametrize("state", list(CrisisCase.State), ids=str)
def test_every_state_of_a_case(lead: Any, state: CrisisCase.State) -> None:
    case = a_case(lead)
    assert_offered(lead, "/alfa/crisis/", state)
    if state == CrisisCase.State.CLOSED:
        told = {"closed_on": _today(), "outcome": "informed"}
        assert lead.post(_page(case, "close/"), told).status_code == 302
    case.refresh_from_db()
    assert case.state == state
    for page in (_page(case), f"/alfa/crisis/?state={state}"):
        assert_shown(lead, page, state)
