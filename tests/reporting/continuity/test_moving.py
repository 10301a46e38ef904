"""When a provider fails: the pack of its persons, and moving them to another contract by amendments that humans issue."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Entry
from contracting.commissioning.models import Service
from contracting.contracts.models import Contract, Worker, WorkerQualification
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Suspension
from reporting.compliance.models import ContractMonth
from reporting.continuity import actions, schedule
from reporting.continuity.actions import reassigning
from reporting.continuity.models import Reassignment, ReassignmentLine
from tenants.models import Organisation, Tenant
from tenants.roles import Role
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    PersonFactory,
    ServiceFactory,
    WorkerFactory,
    plan,
    qualify,
    visit,
)
from tests.factories.people import partner

SignIn = Callable[..., Client]
TODAY, FROM = date(2026, 11, 23), date(2026, 12, 1)
PAGE = "/alfa/continuity/"
DIRECTOR = Actor.system("Dorota Dyrektor")
PERSONS = 4


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 11, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)


@dataclass
class MovingWorld:
    """A contract with four persons (100 hours a month each) and another of the same service that may take them."""

    tenant: Tenant
    failing: Organisation
    source: Contract
    target: Contract
    worker: Worker
    decisions: list[Decision]


@pytest.fixture
def world(alfa: Tenant) -> MovingWorld:
    return build_world(alfa)


def build_world(alfa: Tenant) -> MovingWorld:
    failing, taking = partner(alfa, name="=Upadająca"), partner(alfa, name="Pewna")
    with tenant_scope(alfa):
        source = ContractFactory(organisation=failing, number="U/1/2026")
        Service.objects.update(required_qualifications=["carer_course"])
        target = ContractFactory(organisation=taking, number="U/2/2026", service=source.service)
        qualify(WorkerFactory(organisation=taking))
        worker = WorkerFactory(organisation=failing)
        decisions = []
        for place in range(PERSONS):
            person = PersonFactory(surname=f"Ćwik-{place}", code=f"P-{place}")
            decision = DecisionFactory(
                contract=source, person=person, number=f"D/{place}", minutes=6000, valid_to=date(2027, 1, 31)
            )
            # Thursday, Wednesday, Tuesday, Monday: the last one has to be visited first.
            plan(decision, (4 - place, "08:00", 60))
            visit(decision, worker, date(2026, 11, 2), "08:00", 90)
            decisions.append(decision)
    return MovingWorld(alfa, failing, source, target, worker, decisions)


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    page: str = answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    return page


def ticked(page: str) -> int:
    """How many persons are ticked to be moved."""
    return len(re.findall(r'name="decisions"[^>]*checked', page))


def _ask(world: MovingWorld, first_day: date = FROM) -> Reassignment:
    with tenant_scope(world.tenant):
        return actions.ask_reassignment(world.source, world.target, first_day=first_day, actor=DIRECTOR)


def _prepared(world: MovingWorld, first_day: date = FROM) -> Reassignment:
    asked = _ask(world, first_day)
    with tenant_scope(world.tenant):
        schedule.prepare_all(str(asked.pk))
        asked.refresh_from_db()
    return asked


def _states(asked: Reassignment) -> dict[str, tuple[str, str]]:
    found = asked.lines.values_list("decision__number", "state", "refusal")
    return {number: (state, refusal) for number, state, refusal in found}


def test_the_pack_begins_with_whom_somebody_has_to_visit_first(
    alfa: Tenant, world: MovingWorld, sign_in: SignIn
) -> None:
    with tenant_scope(alfa):
        Suspension.objects.create(
            decision=world.decisions[3],
            first_day=TODAY,
            last_day=TODAY + timedelta(days=9),
            reason="hospital",
        )
        Contract.objects.filter(pk=world.source.pk).update(cap_minutes=60_000)
    coordinator: Any = sign_in(Role.NGO_COORDINATOR, alfa, world.failing)
    client = sign_in(Role.SOCIAL_WORKER, alfa)
    assert "=Upadająca" in _text(client.get(f"{PAGE}providers/"))
    for address in (f"contracts/{world.source.pk}/", f"organisations/{world.failing.pk}/"):
        page = _text(client.get(PAGE + address))
        order = sorted(range(PERSONS), key=lambda place: page.index(f"Ćwik-{place}"))
        assert order == [2, 1, 0, 3]
        for told in ("24.11.2026, 08:00", "zawieszona do 2.12.2026", "98:30", coordinator.user.email):
            assert told.replace("2.12", "02.12") in page
        # 60 000 minutes less four visits of 90.
        assert "994:00" in page
    assert "Przenieś osoby" not in page
    assert coordinator.get(f"{PAGE}providers/").status_code == 403


def test_the_pack_as_files_says_the_same(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    address = f"{PAGE}contracts/{world.source.pk}/"
    answer = client.get(f"{address}xlsx/")
    assert 'filename="2026-11-23_U-1-2026.xlsx"' in answer["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    head, *rows = book.get_sheet_by_name("Osoby").to_python()
    assert [row[head.index("Decyzja")] for row in rows] == ["D/3", "D/2", "D/1", "D/0"]
    assert [row[head.index("Najbliższa wizyta")] for row in rows][:2] == [
        "23.11.2026 08:00",
        "24.11.2026 08:00",
    ]
    assert rows[0][head.index("Harmonogram")] == "pn 08:00 (1:00)"
    contracts = book.get_sheet_by_name("Umowy").to_python()
    assert contracts[1][:2] == ["U/1/2026", "'=Upadająca"]
    assert client.get(f"{address}pdf/").content.startswith(b"%PDF-")
    whole = client.get(f"{PAGE}organisations/{world.failing.pk}/pdf/").content
    assert whole.startswith(b"%PDF-")
    assert client.get(f"{PAGE}organisations/{world.target.pk}/xlsx/").status_code == 404


def test_what_a_contract_limited_by_money_alone_delivered_is_not_free_to_take_others(
    alfa: Tenant, world: MovingWorld, sign_in: SignIn
) -> None:
    client, address = sign_in(Role.COORDINATOR, alfa), f"{PAGE}contracts/{world.source.pk}/reassign/"
    asked = {"target": world.target.pk, "first_day": "01.12.2026"}
    with tenant_scope(alfa):
        Contract.objects.filter(pk=world.target.pk).update(
            cap_minutes=None, amount=60_000, outside_grant=0, price_per_hour=40
        )
    assert "1 500 h" in _text(client.get(address, asked))
    with tenant_scope(alfa):
        ended = DecisionFactory(
            contract=world.target, valid_from=date(2026, 10, 1), valid_to=date(2026, 11, 22)
        )
        worker = Worker.objects.filter(organisation=world.target.organisation_id).first()
        # Ten hours of a month that nobody has accepted.
        visit(ended, worker, date(2026, 11, 10), "08:00", 600)
    told = _text(client.get(address, asked))
    assert "1 490 h" in told
    assert "wykorzystano 10 h" in told


def test_the_page_says_what_would_happen_and_only_then_begins(
    alfa: Tenant, world: MovingWorld, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "hand_over_after_commit", lambda *_given, **_named: None)
    client, address = sign_in(Role.COORDINATOR, alfa), f"{PAGE}contracts/{world.source.pk}/reassign/"
    with tenant_scope(alfa):
        Contract.objects.filter(pk=world.target.pk).update(cap_minutes=90_000)
        ContractMonth.objects.create(contract=world.source, month=date(2026, 12, 1), state="submitted")
    assert "Co się stanie" not in _text(client.get(address))
    page = _text(client.get(address, {"target": world.target.pk, "first_day": "01.12.2026"}))
    for told in (
        "4 decyzje",
        "1 pracownik",
        "1 500 h",
        "4 decyzje obowiązują dłużej",
        "grudzień 2026 (oddany)",
        "Przygotuj decyzje zmieniające",
    ):
        assert told in page
    with tenant_scope(alfa):
        assert not Reassignment.objects.exists()
    assert ticked(page) == PERSONS
    sent = {"target": world.target.pk, "first_day": "01.12.2026"}
    assert "Zaznacz co najmniej jedną osobę" in _text(client.post(address, sent), 422)
    stranger = {**sent, "decisions": [str(world.target.pk)]}
    assert "nie obowiązuje już w tym dniu" in _text(client.post(address, stranger), 422)
    sent["decisions"] = [str(one.pk) for one in world.decisions]
    answer = client.post(address, sent)
    with tenant_scope(alfa):
        asked = Reassignment.objects.get()
        assert Entry.objects.get(verb="ask_reassignment").payload["decisions"] == PERSONS
    assert answer["Location"] == f"{PAGE}reassignments/{asked.pk}/"
    assert "0 / 4" in _text(client.get(answer["Location"]))
    assert "Ktoś już przenosi" in _text(client.get(address))
    refused = client.post(address, sent)
    assert "Ktoś już przenosi osoby z tej umowy" in _text(refused, 422)


def _other_service(world: MovingWorld) -> None:
    Contract.objects.filter(pk=world.target.pk).update(service=ServiceFactory(code="other", name="Inna"))


def _ends(world: MovingWorld) -> None:
    Contract.objects.filter(pk=world.target.pk).update(valid_to=date(2026, 11, 30))


def _unqualified(world: MovingWorld) -> None:
    WorkerQualification.objects.update(valid_to=date(2026, 11, 30))


@pytest.mark.parametrize(
    ("change", "first_day", "code"),
    [
        (_other_service, FROM, "other_service"),
        (_ends, FROM, "target_not_valid"),
        (_unqualified, FROM, "nobody_qualified"),
        (lambda _world: None, TODAY - timedelta(days=1), "day_past"),
        (lambda _world: Decision.objects.update(valid_to=FROM - timedelta(days=1)), FROM, "nobody_to_move"),
    ],
)
def test_what_speaks_against_a_contract_or_day_is_said(
    alfa: Tenant, world: MovingWorld, change: Callable[[MovingWorld], object], first_day: date, code: str
) -> None:
    with tenant_scope(alfa):
        change(world)
        world.target.refresh_from_db()
        with pytest.raises(DomainError) as refused:
            actions.ask_reassignment(world.source, world.target, first_day=first_day, actor=DIRECTOR)
        assert refused.value.code == code
        with pytest.raises(DomainError) as refused:
            actions.ask_reassignment(world.source, world.source, first_day=FROM, actor=DIRECTOR)
        assert "same_contract" in [problem.code for problem in refused.value.problems]
        assert not Reassignment.objects.exists()


def test_what_cannot_move_is_listed_with_why(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        first, second, third, last = world.decisions
        # December and January: two months of 6000 minutes for the one person who is left.
        Contract.objects.filter(pk=world.target.pk).update(cap_minutes=6000, valid_to=date(2027, 6, 30))
        world.target.refresh_from_db()
        visit(first, world.worker, FROM, "08:00", 60)
        Decision.objects.filter(pk=second.pk).update(superseded_from=date(2026, 12, 10))
        later = DecisionFactory(
            contract=world.source,
            person=second.person,
            number="D/9",
            amends=second,
            valid_from=date(2026, 12, 10),
        )
        Decision.objects.filter(pk=third.pk).update(minutes=2000)
    asked = _prepared(world)
    with tenant_scope(alfa):
        assert _states(asked) == {
            first.number: ("refused", "visits_after"),
            second.number: ("refused", "amended"),
            later.number: ("refused", "begins_later"),
            # The more urgent one needs 12 000 minutes, of which there are 6000; the next one 4000.
            last.number: ("refused", "cap"),
            third.number: ("prepared", ""),
        }
        assert asked.lines.get(decision=third).minutes == 4000
        assert asked.finished_at is not None
    page = _text(sign_in(Role.DIRECTOR, alfa).get(f"{PAGE}reassignments/{asked.pk}/?show=refused"))
    for told in (
        "w dzienniczku są wizyty z tego dnia lub późniejsze",
        "godzin z nowej umowy nie wystarczy",
        "potrzeba 200 h",
        "popraw w niej umowę",
    ):
        assert told in page
    again = _prepared(world)
    with tenant_scope(alfa):
        assert _states(again)[third.number] == ("refused", "prepared")


def test_who_was_moved_meanwhile_is_left_out(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    asked = _ask(world)
    with tenant_scope(alfa):
        moved, elsewhere = world.decisions[0], ContractFactory(service=world.source.service)
        # As a correction of the decision does it while the background has not come to it yet.
        Decision.objects.filter(pk=moved.pk).update(contract=elsewhere)
        schedule.prepare_all(str(asked.pk))
        assert _states(asked)[moved.number] == ("refused", "moved")
    page = _text(sign_in(Role.DIRECTOR, alfa).get(f"{PAGE}reassignments/{asked.pk}/?show=refused"))
    assert "decyzja jest już w innej umowie" in page


def test_a_human_issues_under_numbers_of_the_unit(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    with tenant_scope(alfa):
        Suspension.objects.create(
            decision=world.decisions[3],
            first_day=date(2026, 11, 28),
            last_day=date(2026, 12, 3),
            reason="hospital",
        )
    asked, client = _prepared(world), sign_in(Role.DIRECTOR, alfa)
    address = f"{PAGE}reassignments/{asked.pk}/"
    with tenant_scope(alfa):
        lines = {line.decision.number: line for line in asked.lines.select_related("decision")}
        assert Decision.objects.count() == PERSONS
    name = {number: f"number_{line.pk.hex}" for number, line in lines.items()}
    sent = {"issued_on": "23.11.2026", name["D/3"]: "D/103", name["D/2"]: "D/0", name["D/1"]: ""}
    page = _text(client.post(f"{address}issue/", sent), 422)
    assert "Wydano 1 decyzję" in page
    assert "Numer D/0 ma już inna decyzja" in page
    with tenant_scope(alfa):
        issued = Decision.objects.get(number="D/103")
        earlier = Decision.objects.get(number="D/3")
        assert (issued.contract, issued.amends, issued.valid_from) == (world.target, earlier, FROM)
        assert (issued.minutes, issued.valid_to, issued.activities) == (
            6000,
            date(2027, 1, 31),
            earlier.activities,
        )
        assert earlier.superseded_from == FROM
        assert issued.slots.get().start == time(8)
        assert issued.suspensions.get().last_day == date(2026, 12, 3)
        states = dict(asked.lines.values_list("decision__number", "state"))
        assert states == {"D/3": "issued", "D/2": "prepared", "D/1": "prepared", "D/0": "prepared"}
        with pytest.raises(DomainError) as refused:
            actions.issue_line(lines["D/3"].pk, number="D/999", issued_on=TODAY, actor=DIRECTOR)
        assert refused.value.code == "line_done"
        visit(world.decisions[2], world.worker, FROM, "09:00", 60)
    twice = {"issued_on": "23.11.2026", name["D/1"]: "D/101", name["D/2"]: "D/101"}
    assert "dwa razy" in _text(client.post(f"{address}issue/", twice), 422)
    late = {"issued_on": "23.11.2026", name["D/2"]: "D/102"}
    assert "W dzienniczku są wizyty z decyzji D/2" in _text(client.post(f"{address}issue/", late), 422)
    assert "co najmniej jednej" in _text(client.post(f"{address}issue/", {"issued_on": "23.11.2026"}), 422)
    dropped = client.post(f"{address}issue/", {"drop": str(lines["D/2"].pk)})
    assert dropped.status_code == 302
    page = _text(client.get(address))
    assert "odrzucono" in page
    assert "D/103" in _text(client.get(f"{address}?show=issued"))
    assert "D/2" in _text(client.get(f"{address}?show=dropped"))
    with tenant_scope(alfa):
        assert asked.lines.get(decision__number="D/2").state == "dropped"
        assert Entry.objects.filter(verb="amend_decision").count() == 1
    inspector = sign_in(Role.INSPECTOR, alfa)
    assert "D/1" in _text(inspector.get(address))
    assert inspector.post(f"{address}issue/", sent).status_code == 403


def test_a_killed_worker_loses_nothing_and_does_nothing_twice(
    alfa: Tenant, world: MovingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reassigning, "AT_ONCE", 2)
    handed_over: list[str] = []
    monkeypatch.setattr(schedule, "hand_over", lambda _task, pk: handed_over.append(str(pk)) or True)
    asked = _ask(world)
    with tenant_scope(alfa):
        assert reassigning.prepare_next(asked.pk)

        def lost(*_given: Any, **_named: Any) -> None:
            raise SystemExit("the worker was killed")

        with monkeypatch.context() as killed:
            killed.setattr(reassigning, "record", lost)
            with pytest.raises(SystemExit):
                reassigning.prepare_next(asked.pk)
        assert sorted(state for state, _refusal in _states(asked).values()) == [
            "prepared",
            "prepared",
            "waiting",
            "waiting",
        ]
    assert schedule.resume_reassignments() == 0
    with tenant_scope(alfa):
        Reassignment.objects.update(moved_at=timezone.now() - schedule.SILENCE - timedelta(seconds=1))
    assert schedule.resume_reassignments() == 1
    assert handed_over == [str(asked.pk)]
    with tenant_scope(alfa):
        schedule.prepare_all(str(asked.pk))
        schedule.prepare_all(str(asked.pk))
        assert {state for state, _refusal in _states(asked).values()} == {"prepared"}
        told = Entry.objects.filter(verb="prepare_amendments").values_list("payload", flat=True)
        prepared = [pk for payload in told for pk in payload["prepared"]]
        assert len(prepared) == len(set(prepared)) == PERSONS


def test_progress_ends_with_a_fresh_page(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    client, asked = sign_in(Role.DIRECTOR, alfa), _ask(world)
    address = f"{PAGE}reassignments/{asked.pk}/progress/"
    assert "HX-Refresh" not in client.get(address)
    with tenant_scope(alfa):
        schedule.prepare_all(str(asked.pk))
    assert client.get(address)["HX-Refresh"] == "true"


def test_questions_do_not_grow_with_persons(alfa: Tenant, world: MovingWorld, sign_in: SignIn) -> None:
    client, counts = sign_in(Role.DIRECTOR, alfa), []
    for persons in (3, 20):
        with tenant_scope(alfa):
            for _ in range(persons):
                decision = DecisionFactory(contract=world.source)
                plan(decision, (1, "08:00", 60), (2, "08:00", 60))
                visit(decision, world.worker, date(2026, 11, 3), "08:00", 60)
            ReassignmentLine.objects.all().delete()
            Reassignment.objects.all().delete()
        asked = _ask(world)
        with tenant_scope(alfa), CaptureQueriesContext(connection) as preparing:
            assert reassigning.prepare_next(asked.pk)
        counted = [len(preparing)]
        for address in (
            f"contracts/{world.source.pk}/",
            f"contracts/{world.source.pk}/reassign/?target={world.target.pk}&first_day=01.12.2026",
            f"reassignments/{asked.pk}/",
        ):
            client.get(PAGE + address)
            with CaptureQueriesContext(connection) as looking:
                _text(client.get(PAGE + address))
            counted.append(len(looking))
        counts.append(counted)
    assert counts[0] == counts[1]
