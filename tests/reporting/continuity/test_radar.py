"""The radar: who counts as silent, what quietens it, who reads it, and a second, plain count of the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry, Reading
from contracting.contracts.models import Contract
from kernel.access import Access, Actor
from kernel.periods import is_public_holiday
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Suspension
from reporting.continuity.models import RadarCheck, RadarSettings
from reporting.continuity.queries import radar
from reporting.delivery.models import Visit
from tenants.models import Organisation, Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, WorkerFactory, plan, visit
from tests.factories.people import partner
from tests.values_on_pages import assert_offered, assert_shown

SignIn = Callable[..., Client]
# A Monday after a week without holidays; the 11th was one.
TODAY = date(2026, 11, 23)
UNIT = Access(Actor.system("tests"), organisation_ids=None)
PAGE = "/alfa/continuity/"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 11, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)


@dataclass
class RadarWorld:
    """One decision with visits planned on Mondays, Wednesdays and Fridays, last visited on Friday the 13th."""

    tenant: Tenant
    organisation: Organisation
    contract: Contract
    decision: Decision
    worker: Any


@pytest.fixture
def world(alfa: Tenant) -> RadarWorld:
    organisation = partner(alfa)
    with tenant_scope(alfa):
        contract = ContractFactory(organisation=organisation)
        worker = WorkerFactory(organisation=organisation)
        decision = DecisionFactory(
            contract=contract, person=PersonFactory(surname="=Cicha", given_name="Helena")
        )
        plan(decision, (1, "08:00", 60), (3, "10:00", 60), (5, "08:00", 60))
        visit(decision, worker, date(2026, 11, 13), "08:00", 60)
    return RadarWorld(alfa, organisation, contract, decision, worker)


def _page(client: Client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def _missed(access: Access = UNIT, today: date = TODAY) -> dict[str, int]:
    return {one.number: one.missed for one in radar(access, today).open}


def test_three_planned_days_without_a_visit_make_a_person_silent(alfa: Tenant, world: RadarWorld) -> None:
    number = world.decision.number
    with tenant_scope(alfa):
        # Monday 16, Wednesday 18, Friday 20 were planned; today is not over.
        assert _missed(today=date(2026, 11, 20)) == {}
        (silence,) = radar(UNIT, TODAY).open
        assert (silence.missed, silence.since, silence.last_visit, silence.has_plan) == (
            3,
            date(2026, 11, 16),
            date(2026, 11, 13),
            True,
        )
        RadarSettings.objects.create(planned_days=4)
        assert _missed() == {}
        assert _missed(today=date(2026, 11, 24)) == {number: 4}


@pytest.mark.parametrize("state", ["draft", "no_show", "cancelled"])
def test_only_a_visit_that_was_made_ends_a_silence(alfa: Tenant, world: RadarWorld, state: str) -> None:
    with tenant_scope(alfa):
        visit(world.decision, world.worker, date(2026, 11, 20), "08:00", 60, state=state)
        assert _missed() == {world.decision.number: 3}
        visit(world.decision, world.worker, date(2026, 11, 18), "10:00", 60)
        assert _missed() == {}


def test_suspended_days_holidays_and_days_outside_do_not_count(alfa: Tenant, world: RadarWorld) -> None:
    with tenant_scope(alfa):
        rest = Suspension.objects.create(
            decision=world.decision,
            first_day=date(2026, 11, 18),
            last_day=date(2026, 11, 18),
            reason="hospital",
        )
        assert _missed() == {}
        rest.first_day, rest.last_day = TODAY, TODAY
        rest.save()
        assert _missed() == {}
        rest.delete()
        holiday = DecisionFactory(contract=world.contract, valid_from=date(2026, 11, 10))
        plan(holiday, (3, "08:00", 60), (2, "08:00", 60))
        # 10, 17 (Tuesdays) and 18 November; the 11th is Independence Day.
        assert _missed() == {world.decision.number: 3, holiday.number: 3}
        holiday.slots.filter(weekday=3).update(on_holidays=True)
        assert _missed()[holiday.number] == 4
        holiday.revoked_from = TODAY
        holiday.save()
        assert holiday.number not in _missed()


def test_without_a_plan_all_days_count(alfa: Tenant, world: RadarWorld) -> None:
    with tenant_scope(alfa):
        bare = DecisionFactory(contract=world.contract)
        visit(bare, world.worker, date(2026, 11, 14), "08:00", 60)
        assert bare.number not in _missed()
        visit(bare, world.worker, date(2026, 11, 13), "08:00", 60)
        Visit.objects.filter(decision=bare, date=date(2026, 11, 14)).delete()
        assert _missed()[bare.number] == 9


def test_an_amendment_does_not_end_a_silence(alfa: Tenant, world: RadarWorld) -> None:
    with tenant_scope(alfa):
        Decision.objects.filter(pk=world.decision.pk).update(superseded_from=date(2026, 11, 19))
        later = DecisionFactory(
            contract=world.contract,
            person=world.decision.person,
            amends=world.decision,
            valid_from=date(2026, 11, 19),
        )
        plan(later, (5, "08:00", 60))
        assert _missed() == {later.number: 3}
        visit(world.decision, world.worker, date(2026, 11, 18), "10:00", 60)
        assert _missed() == {}


def test_the_page_says_who_since_when_and_whom_to_call(
    alfa: Tenant, world: RadarWorld, sign_in: SignIn
) -> None:
    coordinator: Any = sign_in(Role.NGO_COORDINATOR, alfa, world.organisation)
    page = _page(sign_in(Role.SOCIAL_WORKER, alfa))
    for told in (
        "=Cicha Helena",
        world.decision.number,
        "3 dni według planu",
        "od 16.11.2026",
        "13.11.2026",
        str(world.worker),
        "23.11.2026, 08:00",
        world.organisation.name,
        coordinator.user.email,
    ):
        assert told in page
    with tenant_scope(alfa):
        reading = Reading.objects.get()
    assert (reading.page, reading.subject_ids) == ("continuity.radar", [str(world.decision.person_id)])
    assert "=Cicha" in _page(coordinator)


def test_other_organisations_and_roles_see_nothing(alfa: Tenant, world: RadarWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        stranger = ContractFactory(organisation=partner(alfa)).organisation
    client = sign_in(Role.NGO_MANAGER, alfa, stranger)
    assert "Wszyscy mieli wizyty" in _page(client)
    assert client.get(f"{PAGE}decisions/{world.decision.pk}/check/").status_code == 404
    assert sign_in(Role.ACCOUNTANT, alfa).get(PAGE).status_code == 403
    inspector = sign_in(Role.INSPECTOR, alfa)
    assert "Odnotuj" not in _page(inspector)
    assert inspector.get(f"{PAGE}decisions/{world.decision.pk}/check/").status_code == 403


def test_the_carer_of_the_organisation_before_is_not_named(
    alfa: Tenant, world: RadarWorld, sign_in: SignIn
) -> None:
    with tenant_scope(alfa):
        later = ContractFactory(organisation=partner(alfa), service=world.decision.service)
        Decision.objects.filter(pk=world.decision.pk).update(superseded_from=date(2026, 11, 16))
        moved = DecisionFactory(
            contract=later, person=world.decision.person, amends=world.decision, valid_from=date(2026, 11, 16)
        )
        plan(moved, (1, "08:00", 60), (3, "10:00", 60), (5, "08:00", 60))
    page = _page(sign_in(Role.NGO_COORDINATOR, alfa, later.organisation))
    assert moved.number in page
    assert "13.11.2026" in page
    assert world.worker.surname not in page
    assert world.worker.surname in _page(sign_in(Role.COORDINATOR, alfa))


def _note(client: Client, world: RadarWorld, **typed: str) -> Any:
    sent = {"reason": "family", "note": "", "quiet_until": "30.11.2026", **typed}
    return client.post(f"{PAGE}decisions/{world.decision.pk}/check/", sent)


def test_a_check_quietens_until_its_day_or_the_next_silence(
    alfa: Tenant, world: RadarWorld, sign_in: SignIn
) -> None:
    client = sign_in(Role.COORDINATOR, alfa)
    assert _note(client, world, note="Syn na miejscu").status_code == 302
    assert "Wszyscy mieli wizyty" in _page(client)
    quiet = _page(client, PAGE + "?show=quiet")
    assert "=Cicha" in quiet
    assert "na razie opiekę przejęła rodzina: Syn na miejscu" in quiet
    with tenant_scope(alfa):
        entry = Entry.objects.get(verb="check_silence")
        assert entry.payload == {"reason": "family", "quiet_until": "2026-11-30", "by_provider": False}
        assert _missed(today=date(2026, 11, 30)) == {}
        assert _missed(today=date(2026, 12, 1)) == {world.decision.number: 7}
        # A visit, and then three planned days without one again: what was noted speaks of another silence.
        RadarCheck.objects.update(quiet_until=date(2026, 12, 20))
        visit(world.decision, world.worker, date(2026, 11, 25), "10:00", 60)
        assert _missed(today=date(2026, 12, 3)) == {world.decision.number: 3}


def test_the_word_of_a_provider_quietens_its_own_list_only(
    alfa: Tenant, world: RadarWorld, sign_in: SignIn
) -> None:
    provider, unit = sign_in(Role.NGO_COORDINATOR, alfa, world.organisation), sign_in(Role.DIRECTOR, alfa)
    assert _note(provider, world, reason="late_diary").status_code == 302
    assert "Wszyscy mieli wizyty" in _page(provider)
    page = _page(unit)
    assert "=Cicha" in page
    assert "wizyty się odbyły, wykonawca spóźnia się z dzienniczkiem" in page
    assert "(wykonawca)" in page


def test_a_stay_in_hospital_leads_to_the_suspension(alfa: Tenant, world: RadarWorld, sign_in: SignIn) -> None:
    answer = _note(sign_in(Role.SOCIAL_WORKER, alfa), world, reason="hospital")
    assert answer["Location"] == f"/alfa/care/decisions/{world.decision.pk}/suspensions/new/"
    provider = sign_in(Role.NGO_COORDINATOR, alfa, world.organisation)
    answer = _note(provider, world, reason="hospital")
    assert answer["Location"] == PAGE
    assert "Pobyt w szpitalu wpisuje ośrodek" in _page(provider)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"reason": ""}, "Wybierz, czego się dowiedziano"),
        ({"reason": "other"}, "Powód „inny” wymaga notatki"),
        ({"quiet_until": "22.11.2026"}, "Wybierz dzień od 23.11.2026 do 23.12.2026"),
        ({"quiet_until": "24.12.2026"}, "na dłużej nikogo nie zostawia się bez nadzoru"),
        ({"quiet_until": "31.02.2027"}, "luty"),
    ],
)
def test_a_wrong_note_says_what_is_wrong(
    alfa: Tenant, world: RadarWorld, sign_in: SignIn, typed: dict[str, str], told: str
) -> None:
    answer = _note(sign_in(Role.COORDINATOR, alfa), world, **typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    with tenant_scope(alfa):
        assert not RadarCheck.objects.exists()


def test_the_director_sets_when_a_person_is_silent(alfa: Tenant, world: RadarWorld, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    page = client.get(f"{PAGE}settings/").content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent = {
        "planned_days": "2",
        "calendar_days": "5",
        "longest_quiet_days": "14",
        "call_days": "5",
        "seen": seen,
    }
    assert client.post(f"{PAGE}settings/", sent).status_code == 302
    assert client.post(f"{PAGE}settings/", sent | {"planned_days": "7"}).status_code == 409
    assert client.post(f"{PAGE}settings/", sent | {"planned_days": "0"}).status_code == 422
    with tenant_scope(alfa):
        saved = RadarSettings.objects.get()
        assert (saved.planned_days, saved.calendar_days, saved.longest_quiet_days, saved.call_days) == (
            2, 5, 14, 5,
        )  # fmt: skip
        assert Entry.objects.filter(verb="change_radar").count() == 1
        assert _missed(today=date(2026, 11, 20)) == {world.decision.number: 2}
    assert sign_in(Role.COORDINATOR, alfa).get(f"{PAGE}settings/").status_code == 403


def test_the_start_page_tells_by_number(alfa: Tenant, world: RadarWorld, sign_in: SignIn) -> None:
    page = _page(sign_in(Role.COORDINATOR, alfa), "/alfa/")
    assert "1 osoba bez wizyt, choć powinny się odbyć" in page
    assert f"{world.decision.number} (od 16.11.2026)" in page
    assert "Cicha" not in page
    assert PAGE in page
    assert "bez wizyt, choć" not in _page(sign_in(Role.ACCOUNTANT, alfa), "/alfa/")
    with tenant_scope(alfa):
        for _ in range(7):
            plan(DecisionFactory(contract=world.contract), (1, "08:00", 60))
    page = _page(sign_in(Role.NGO_MANAGER, alfa, world.organisation), "/alfa/")
    assert "8 osób bez wizyt, choć powinny się odbyć" in page
    assert "i jeszcze 3" in page


def test_queries_do_not_grow_with_persons(alfa: Tenant, world: RadarWorld, sign_in: SignIn) -> None:
    client, counts = sign_in(Role.DIRECTOR, alfa), []
    for persons in (2, 20):
        with tenant_scope(alfa):
            for _ in range(persons):
                silent = DecisionFactory(contract=ContractFactory(organisation=world.organisation))
                plan(silent, (1, "08:00", 60), (2, "08:00", 60))
                visit(silent, world.worker, date(2026, 10, 6), "08:00", 60)
        _page(client)
        with CaptureQueriesContext(connection) as asked:
            page = _page(client)
        assert page.count("6.10.2026") >= persons
        counts.append(len(asked))
    assert counts[0] == counts[1]


def _plain(today: date) -> dict[str, tuple[int, date]]:
    """The same, day by day and decision by decision."""
    found = {}
    every = list(Decision.objects.prefetch_related("slots", "suspensions"))
    for now in every:
        if not _holds(now, today):
            continue
        chain = [one for one in every if (one.person_id, one.service_id) == (now.person_id, now.service_id)]
        made = Visit.objects.filter(decision__in=chain, state="done").values_list("date", flat=True)
        last = max((day for day in made if day <= today), default=None)
        day, missed = today - timedelta(days=366), []
        while day < today:
            if (last is None or day > last) and any(_due(one, day) for one in chain):
                missed.append(day)
            day += timedelta(days=1)
        if len(missed) >= (3 if now.slots.all() else 9):
            found[now.number] = (len(missed), missed[0])
    return found


def _holds(decision: Decision, day: date) -> bool:
    ends = [decision.valid_to + timedelta(days=1), decision.revoked_from, decision.superseded_from]
    rests = any(rest.first_day <= day <= rest.last_day for rest in decision.suspensions.all())
    return decision.valid_from <= day and all(end is None or day < end for end in ends) and not rests


def _due(decision: Decision, day: date) -> bool:
    slots = list(decision.slots.all())
    return _holds(decision, day) and (
        not slots
        or any(
            slot.weekday == day.isoweekday() and (slot.on_holidays or not is_public_holiday(day))
            for slot in slots
        )
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_statement_agrees_with_a_plain_count(alfa: Tenant, world: RadarWorld, seed: int) -> None:
    random = Random(seed)
    with tenant_scope(alfa):
        for _ in range(14):
            begins = TODAY - timedelta(days=random.choice((0, 2, 6, 15, 90, 500)))
            until = begins + timedelta(days=random.choice((3, 30, 700)))
            decision = DecisionFactory(contract=world.contract, valid_from=begins, valid_to=until)
            if random.random() < 0.3 and until > TODAY > begins:
                cut = TODAY - timedelta(days=random.randrange((TODAY - begins).days))
                Decision.objects.filter(pk=decision.pk).update(superseded_from=cut)
                later = DecisionFactory(
                    contract=world.contract,
                    person=decision.person,
                    amends=decision,
                    valid_from=cut,
                    valid_to=until,
                )
                _weekly(later, random)
                _rest(later, random)
            _weekly(decision, random)
            _rest(decision, random)
            for _visit in range(random.randrange(3)):
                day = TODAY - timedelta(days=random.randrange(-2, 40))
                state = random.choice(("done", "done", "no_show"))
                visit(decision, world.worker, day, f"{random.randrange(6, 20):02d}:00", 60, state=state)
        plain = _plain(TODAY)
        assert plain
        assert {one.number: (one.missed, one.since) for one in radar(UNIT, TODAY).open} == plain


def _weekly(decision: Decision, random: Random) -> None:
    if random.random() < 0.8:
        for weekday in random.sample(range(1, 8), random.randrange(1, 5)):
            plan(decision, (weekday, "08:00", 60), on_holidays=random.random() < 0.3)


def _rest(decision: Decision, random: Random) -> None:
    if random.random() < 0.4:
        first = TODAY - timedelta(days=random.randrange(-3, 20))
        last = first + timedelta(days=random.randrange(8))
        Suspension.objects.create(decision=decision, first_day=first, last_day=last, reason="absence")


@pytest.mark.parametrize("reason", list(RadarCheck.Reason), ids=str)
def test_every_reason_of_a_check(
    alfa: Tenant, world: RadarWorld, sign_in: SignIn, reason: RadarCheck.Reason
) -> None:
    client = sign_in(Role.NGO_COORDINATOR, alfa, world.organisation)
    assert_offered(client, f"{PAGE}decisions/{world.decision.pk}/check/", reason)
    assert _note(client, world, reason=reason.value, note="Ustalone telefonicznie").status_code == 302
    assert_shown(client, f"{PAGE}?show=quiet", reason)
    assert_shown(sign_in(Role.COORDINATOR, alfa), PAGE, reason)
