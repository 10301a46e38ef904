"""Cases through the door: opened, described, worked on, closed; who may do what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from kernel.errors import DomainError
from reporting.crisis.actions import add_place, begin_stay, name_worker, release_worker
from reporting.crisis.models import CaseWorker, CrisisCase, Debriefing
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory
from tests.factories.people import partner
from tests.reporting.crisis.centre import MARK, a_case, actor, entry, sessions


def _opening(**fields: Any) -> dict[str, Any]:
    return {
        "day": f"{timezone.localdate():%d.%m.%Y}",
        "time": "00:00",
        "contact": "phone",
        "identity": "anonymous",
        **fields,
    }


def test_a_case_is_opened_with_its_problems_and_its_interventionist(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client = sign_in(Role.SOCIAL_WORKER, in_alfa)
    problem, police = entry(), entry("institution", "Policja")
    answer = client.post("/alfa/crisis/new/", _opening(categories=[problem.pk], institutions=[police.pk]))
    case = CrisisCase.objects.get()
    assert answer.url == f"/alfa/crisis/{case.pk}/"
    year = timezone.localdate().year
    assert (case.number, case.contact, case.identity) == (f"IK/001/{year}", "phone", "anonymous")
    assert {row.entry.name for row in case.entries.all()} == {"Przemoc w rodzinie", "Policja"}
    assert [(row.user_id, row.part) for row in case.team.all()] == [(client.user.pk, "leads")]
    assert Entry.objects.latest("sequence").verb == "open_crisis_case"
    assert a_case(client).number == f"IK/002/{timezone.localtime(timezone.now() - timedelta(days=60)).year}"


def test_a_first_contact_in_the_field_makes_a_debriefing(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    client, other = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.COORDINATOR, in_alfa)
    client.post("/alfa/crisis/new/", _opening(contact="field", owner=str(other.user.pk)))
    task = Debriefing.objects.get()
    assert (task.owner_id, task.intervention_on) == (other.user.pk, timezone.localdate())
    assert task.due_on == timezone.localdate() + timedelta(days=3)
    client.post("/alfa/crisis/new/", _opening(contact="phone"))
    assert Debriefing.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"identity": "alias"}, "Podaj pseudonim"),
        ({"identity": "person"}, "Podaj kod osoby"),
        ({"identity": "person", "person": "P999"}, "Nie ma osoby o tym kodzie"),
        ({"identity": "anonymous", "person": "P001"}, None),
        ({"day": "01.01.2199"}, "przyszłości"),
        ({"time": "25:00"}, "25:00"),
        ({"contact": "smoke"}, "Wybranej pozycji nie ma na liście"),
        ({"day": "29.03.2026", "time": "02:30"}, "zegary"),
    ],
)
def test_a_wrong_opening_says_what_is_wrong(
    fields: dict[str, str], words: str | None, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    answer = sign_in(Role.SOCIAL_WORKER, in_alfa).post("/alfa/crisis/new/", _opening(**fields))
    if words is None:
        assert CrisisCase.objects.get().person is None, "a code typed in vain is not kept"
        return
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not CrisisCase.objects.exists()


def test_a_case_of_a_registered_person(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    person = PersonFactory(code="P777", surname="Rzewuska")
    client = sign_in(Role.SOCIAL_WORKER, in_alfa)
    client.post("/alfa/crisis/new/", _opening(identity="person", person="P777"))
    case = CrisisCase.objects.get()
    assert case.person == person
    assert "Rzewuska" in client.get(f"/alfa/crisis/{case.pk}/").content.decode()


def test_an_organisation_opens_cases_under_its_contract(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    own, other = partner(in_alfa), partner(in_alfa)
    contract = ContractFactory(
        organisation=own, valid_from=timezone.localdate(), valid_to=timezone.localdate()
    )
    strange = ContractFactory(organisation=other)
    client = sign_in(Role.NGO_COORDINATOR, in_alfa, own)
    assert client.post("/alfa/crisis/new/", _opening()).status_code == 422, "a contract is needed"
    assert client.post("/alfa/crisis/new/", _opening(contract=strange.pk)).status_code == 422
    before = f"{timezone.localdate() - timedelta(days=1):%d.%m.%Y}"
    answer = client.post("/alfa/crisis/new/", _opening(contract=contract.pk, day=before))
    assert "nie obowiązuje" in answer.content.decode()
    client.post("/alfa/crisis/new/", _opening(contract=contract.pk))
    case = CrisisCase.objects.get()
    assert (case.organisation_id, case.contract) == (own.pk, contract)
    assert sign_in(Role.NGO_COORDINATOR, in_alfa, other).get(f"/alfa/crisis/{case.pk}/").status_code == 404
    assert sign_in(Role.DIRECTOR, in_alfa).get(f"/alfa/crisis/{case.pk}/").status_code == 200


def test_an_organisation_finds_by_code_only_persons_entrusted_to_it(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    own = partner(in_alfa)
    contract = ContractFactory(organisation=own, valid_to=timezone.localdate() + timedelta(days=5))
    PersonFactory(code="P500")
    DecisionFactory(person=PersonFactory(code="P501"), contract=contract)
    client = sign_in(Role.NGO_COORDINATOR, in_alfa, own)
    told = {"contract": contract.pk, "identity": "person"}
    assert client.post("/alfa/crisis/new/", _opening(**told, person="P500")).status_code == 422
    assert client.post("/alfa/crisis/new/", _opening(**told, person="P501")).status_code == 302


def test_problems_change_with_a_day(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    client = sign_in(Role.SOCIAL_WORKER, in_alfa)
    old, new = entry(), entry(name="Utrata mieszkania")
    case = a_case(client, entries=[old])
    page = f"/alfa/crisis/{case.pk}/problems/"
    early = f"{timezone.localdate() - timedelta(days=90):%d.%m.%Y}"
    assert client.post(page, {"categories": [new.pk], "since": early}).status_code == 422
    today = f"{timezone.localdate():%d.%m.%Y}"
    assert client.post(page, {"categories": [new.pk], "since": today}).status_code == 302
    assert [(row.entry, row.since) for row in case.entries.all()] == [(new, timezone.localdate())]


def test_a_case_is_closed_with_an_outcome_and_then_stays_as_it_is(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client = sign_in(Role.SOCIAL_WORKER, in_alfa)
    case = a_case(client)
    sessions(case, client, 2)
    page = f"/alfa/crisis/{case.pk}/close/"
    early = {"closed_on": f"{timezone.localtime(case.opened_at):%d.%m.%Y}", "outcome": "balance"}
    assert "Ostatnie zdarzenie" in client.post(page, early).content.decode()
    told = {"closed_on": f"{timezone.localdate():%d.%m.%Y}", "outcome": "balance"}
    assert client.post(page, {**told, "outcome": ""}).status_code == 422
    assert client.post(page, told).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "balance")
    for address in ("close/", "sessions/new/", "referrals/new/", "documents/new/help_plan/"):
        answer = client.post(f"/alfa/crisis/{case.pk}/{address}", {**told, "goals": "x", "seen": 0})
        assert answer.status_code == 422, address
    assert case.sessions.count() == 2


def test_a_closed_case_is_opened_again_with_a_reason_and_its_history(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client, director = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.DIRECTOR, in_alfa)
    deputy, case = sign_in(Role.COORDINATOR, in_alfa), a_case(client)
    sessions(case, client, 2)
    page, today = f"/alfa/crisis/{case.pk}/reopen/", timezone.localdate()
    told = {"reason": "same_crisis"}
    assert client.post(page, told).status_code == 422, "it is open"
    closing = {"closed_on": f"{today:%d.%m.%Y}", "outcome": "balance"}
    client.post(f"/alfa/crisis/{case.pk}/close/", closing)
    assert deputy.post(page, told).status_code == 302, "a head who does not work on it is turned away"
    assert director.post(page, told).status_code == 403
    for wrong in ({"reason": ""}, {"reason": "wish"}):
        assert client.post(page, wrong).status_code == 422
    case.refresh_from_db()
    assert case.state == "closed" and not case.reopenings.exists()
    assert client.post(page, told).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.closed_on, case.outcome) == ("open", None, "")
    kept = case.reopenings.get()
    assert (kept.closed_on, kept.outcome, kept.reason) == (today, "balance", "same_crisis")
    shown = director.get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert "osoba wróciła w tym samym kryzysie" in shown and "2 / 8" in shown
    noted = Entry.objects.get(verb="reopen_crisis_case").payload
    assert noted == {"before": {"closed_on": str(today), "outcome": "balance"}, "reason": "same_crisis"}
    sessions(case, client, 1)
    assert (
        client.post(f"/alfa/crisis/{case.pk}/close/", {**closing, "outcome": "referred"}).status_code == 302
    )
    assert client.post(page, {"reason": "mistake"}).status_code == 302
    assert [row.outcome for row in case.reopenings.all()] == ["balance", "referred"]


def test_a_case_without_an_interventionist_is_not_opened_again(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client, deputy = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.COORDINATOR, in_alfa)
    case = a_case(client)
    name_worker(case, user_id=deputy.user.pk, part="deputy", actor=actor(client))
    client.post(
        f"/alfa/crisis/{case.pk}/close/",
        {"closed_on": f"{timezone.localdate():%d.%m.%Y}", "outcome": "balance"},
    )
    release_worker(case.team.get(part="leads"), actor=actor(deputy))
    refused = deputy.post(f"/alfa/crisis/{case.pk}/reopen/", {"reason": "mistake"})
    assert refused.status_code == 422 and "najpierw kogoś wyznacz" in refused.content.decode()


def test_the_list_counts_filters_and_asks_a_constant_number_of_questions(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    client, other = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.COORDINATOR, in_alfa)
    mine, theirs = a_case(client), a_case(other)
    sessions(mine, client, 3)
    sessions(mine, client, 1, state="no_show")
    text = other.get("/alfa/crisis/").content.decode()
    assert mine.number in text and theirs.number in text and "3 / 8" in text
    assert mine.number not in other.get("/alfa/crisis/?mine=on").content.decode()
    assert mine.number not in other.get("/alfa/crisis/?state=closed").content.decode()
    assert theirs.number not in other.get(f"/alfa/crisis/?q={mine.number}").content.decode()
    counts = []
    for _each in range(2):
        with CaptureQueriesContext(connection) as queries:
            other.get("/alfa/crisis/")
        counts.append(len(queries))
        for _more in range(4):
            sessions(a_case(client), client, 2)
    assert counts[0] == counts[1]


def test_the_team_is_named_by_its_own_house(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    client, colleague = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.SOCIAL_WORKER, in_alfa)
    director, stranger = sign_in(Role.DIRECTOR, in_alfa), sign_in(Role.SOCIAL_WORKER, in_alfa)
    case = a_case(client)
    page = f"/alfa/crisis/{case.pk}/team/"
    told = {"user_id": str(colleague.user.pk), "part": "deputy"}
    assert stranger.post(page, told).status_code == 404 and case.team.count() == 1
    assert director.post(page, {**told, "user_id": str(director.user.pk)}).status_code == 422, (
        "no interventionist"
    )
    assert director.post(page, told).url.endswith("#team")
    assert client.post(page, told).status_code == 422, "named already"
    named = CaseWorker.objects.get(user_id=colleague.user.pk)
    assert (named.named_by_id, named.named_by_name) == (director.user.pk, director.user.full_name)
    lead = CaseWorker.objects.get(user_id=client.user.pk)
    director.post(f"{page}{lead.pk}/")
    lead.refresh_from_db()
    assert lead.until is None, "an open case keeps an interventionist"
    colleague.post(f"{page}{named.pk}/")
    named.refresh_from_db()
    assert named.until == timezone.localdate()
    assert {"name_case_worker", "release_case_worker"} <= set(Entry.objects.values_list("verb", flat=True))


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.NGO_COORDINATOR])
def test_no_head_names_themselves_but_another_one_may(
    role: str, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    own = partner(in_alfa) if role == Role.NGO_COORDINATOR else None
    house = (in_alfa, own) if own else (in_alfa,)
    since = timezone.localdate() - timedelta(days=99)
    contract = ContractFactory(organisation=own, valid_from=since) if own else None
    lead = sign_in(Role.WORKER if own else Role.SOCIAL_WORKER, *house)
    head, other = sign_in(role, *house), sign_in(Role.NGO_MANAGER if own else Role.DIRECTOR, *house)
    case = a_case(lead, contract=contract)
    page, told = f"/alfa/crisis/{case.pk}/team/", {"user_id": str(head.user.pk), "part": "deputy"}
    assert head.user.full_name not in _offered(head.get(page))
    assert head.post(page, told).status_code == 422
    with pytest.raises(DomainError) as refused:
        name_worker(case, user_id=head.user.pk, part="deputy", actor=actor(head))
    assert refused.value.code == "names_themselves"
    assert MARK not in head.get(f"/alfa/crisis/{case.pk}/").content.decode()
    assert other.post(page, told).status_code == 302
    assert MARK in head.get(f"/alfa/crisis/{case.pk}/").content.decode()
    noted = Entry.objects.get(verb="name_case_worker")
    assert (noted.actor_id, noted.payload["user"]) == (other.user.pk, str(head.user.pk))


def _offered(answer: Any) -> str:
    return " ".join(name for _value, name in answer.context["form"].fields["user_id"].choices)


def test_the_database_itself_lets_nobody_name_themselves(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    client, head = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.COORDINATOR, in_alfa)
    row = {"user_id": head.user.pk, "named_by_id": head.user.pk, "part": "deputy", "name": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseWorker.objects.create(case=a_case(client), since=timezone.localdate(), **row)


@pytest.mark.parametrize(
    ("role", "of_unit", "of_partner"),
    [
        (Role.DIRECTOR, True, True),
        (Role.COORDINATOR, True, True),
        (Role.INSPECTOR, True, True),
        (Role.SOCIAL_WORKER, False, False),
        (Role.NGO_MANAGER, False, True),
        (Role.NGO_COORDINATOR, False, True),
        (Role.WORKER, False, False),
    ],
)
def test_who_works_in_a_centre_knows_only_of_the_cases_they_work_on(
    role: str, of_unit: bool, of_partner: bool, in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    """Frames, counts, the shelter, debriefings, exports and the start page, as each role."""
    own, since = partner(in_alfa), timezone.localdate() - timedelta(days=99)
    contract = ContractFactory(organisation=own, valid_from=since)
    leads = (sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.WORKER, in_alfa, own))
    cases = (a_case(leads[0], contact="field"), a_case(leads[1], contact="field", contract=contract))
    for case, lead, house in zip(cases, leads, (None, own), strict=True):
        held = add_place(house and house.pk, name="Pokój", valid_from=since, actor=actor(lead))
        days = {"from_day": timezone.localdate(), "to_day": timezone.localdate() + timedelta(days=3)}
        begin_stay(case, place=held, ground="", actor=actor(lead), **days)
        sessions(case, lead, 1)
    ngo = role in {Role.NGO_MANAGER, Role.NGO_COORDINATOR, Role.WORKER}
    client = sign_in(role, in_alfa, own) if ngo else sign_in(role, in_alfa)
    listed = client.get("/alfa/crisis/")
    assert listed.context["open"] == len([seen for seen in (of_unit, of_partner) if seen])
    for case, seen in zip(cases, (of_unit, of_partner), strict=True):
        assert (case.number in listed.content.decode()) is seen
        assert client.get(f"/alfa/crisis/{case.pk}/").status_code == (200 if seen else 404)
        centre = case.organisation_id or "unit"
        for page in ("shelter", "team", "team/debriefings"):
            shown = client.get(f"/alfa/crisis/{page}/?centre={centre}").content.decode()
            assert (case.number in shown) is seen, page
        task = case.debriefings.get()
        assert (client.get(f"/alfa/crisis/team/debriefings/{task.pk}/").status_code == 404) is not seen
        assert client.get(f"/alfa/crisis/{case.pk}/file/").status_code in ({302, 403} if seen else {404, 403})
        assert seen or case.number not in client.get("/alfa/").content.decode()
    assert (client.get("/alfa/crisis/figures/file/").status_code == 200) is (of_unit or of_partner)


def test_who_leaves_a_case_knows_of_it_no_longer(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    client, deputy = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.SOCIAL_WORKER, in_alfa)
    case = a_case(client)
    named = name_worker(case, user_id=deputy.user.pk, part="deputy", actor=actor(client))
    assert deputy.get(f"/alfa/crisis/{case.pk}/").status_code == 200
    release_worker(named, actor=actor(client))
    assert deputy.get(f"/alfa/crisis/{case.pk}/").status_code == 404
    assert case.number not in deputy.get("/alfa/crisis/").content.decode()


def test_the_unit_names_nobody_in_an_organisation(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    own = partner(in_alfa)
    contract = ContractFactory(organisation=own, valid_from=timezone.localdate() - timedelta(days=99))
    head, carer = sign_in(Role.NGO_COORDINATOR, in_alfa, own), sign_in(Role.WORKER, in_alfa, own)
    case = a_case(head, contract=contract)
    told = {"user_id": str(carer.user.pk), "part": "deputy"}
    sign_in(Role.DIRECTOR, in_alfa).post(f"/alfa/crisis/{case.pk}/team/", told)
    assert case.team.count() == 1
    sign_in(Role.NGO_MANAGER, in_alfa, own).post(f"/alfa/crisis/{case.pk}/team/", told)
    assert set(case.team.values_list("user_id", flat=True)) == {head.user.pk, carer.user.pk}


def test_terms_and_dictionaries_are_dated(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    client = sign_in(Role.DIRECTOR, in_alfa)
    told = {
        "valid_from": "01.01.2026", "session_limit": "6", "duty_minimum": "2", "meetings_per_week": "1",
        "stay_warning_days": "14", "debriefing_days": "5", "source": "Zarządzenie 3/2026",
    }  # fmt: skip
    assert client.post("/alfa/crisis/standard/", {**told, "source": ""}).status_code == 422
    assert client.post("/alfa/crisis/standard/", told).status_code == 302
    assert "Od tego dnia" in client.post("/alfa/crisis/standard/", told).content.decode()
    assert "Zarządzenie 3/2026" in client.get("/alfa/crisis/standard/").content.decode()
    new = {"kind": "category", "name": "Żałoba", "valid_from": "01.01.2026"}
    assert client.post("/alfa/crisis/dictionaries/", new).status_code == 302
    again = client.post("/alfa/crisis/dictionaries/", {**new, "name": "żałoba "})
    assert "ma już pozycję" in again.content.decode()
    ended = entry(name="Żałoba")
    page = f"/alfa/crisis/dictionaries/{ended.pk}/end/"
    assert client.post(page, {"valid_to": "01.01.2025"}).status_code == 422
    assert client.post(page, {"valid_to": "31.01.2026"}).status_code == 302
    form = sign_in(Role.SOCIAL_WORKER, in_alfa).get("/alfa/crisis/new/").content.decode()
    assert "Żałoba" not in form


def test_who_sees_cases_without_working_on_them_opens_none(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    for role in (Role.DIRECTOR, Role.INSPECTOR):
        client = sign_in(role, in_alfa)
        assert client.get("/alfa/crisis/").status_code == 200
        assert client.get("/alfa/crisis/new/").status_code == 403
    assert sign_in(Role.ACCOUNTANT, in_alfa).get("/alfa/crisis/").status_code == 403
