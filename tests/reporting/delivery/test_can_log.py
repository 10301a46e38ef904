"""“Can I log this?” through the door: what is read, in which words, and what a person may not learn."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from audit.models import Reading
from contracting.contracts.models import NamedStaff
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.care.models import Suspension
from reporting.compliance.models import ComparisonSettings
from reporting.delivery.actions import freeze_month
from tenants.models import Tenant
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    PersonFactory,
    ServiceFactory,
    WorkerFactory,
    qualify,
    visit,
)
from tests.reporting.delivery.diary_world import FIRST, LAST, MONDAY, DiaryWorld, build_diary

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    return build_diary(alfa)


def ask(client: Client, world: DiaryWorld, **changed: Any) -> Any:
    question = {
        "decision": str(world.decision.pk),
        "worker": str(world.anna.pk),
        "date": MONDAY.isoformat(),
        "start": "08:00",
        "end": "10:00",
        "activities": ["shopping"],
    }
    return client.post(world.url("can-log/"), question | changed, content_type="application/json")


def said(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.content
    return {statement["code"]: statement["text"] for statement in answer.json()["statements"]}


def test_a_plain_entry_is_answered_in_one_line(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        visit(world.decision, world.anna, date(2024, 10, 8), "08:00", 60)
        visit(world.decision, world.beata, date(2024, 10, 9), "08:00", 60)
        visit(world.decision, world.beata, date(2024, 10, 10), "08:00", 60, state="no_show")
        visit(world.decision, world.beata, date(2024, 11, 4), "08:00", 60)
    answer = ask(world.client(), world)
    body = answer.json()
    assert body["can_log"] is True
    assert body["left"] == 1200 - 120 - 120
    number = world.decision.number
    assert body["line"].startswith(
        f"07.10: decyzja {number} · po tym wpisie zostanie 16:00 z 20:00 · Zięba Anna – termin wolny · mieści się w planie"
    )


def test_in_english(world: DiaryWorld) -> None:
    client = world.client()
    client.cookies["django_language"] = "en"
    assert said(ask(client, world))["left"] == "18:00 of 20:00 left after this entry"


def test_what_speaks_against_it_is_said_and_does_not_forbid(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        visit(world.decisions[1], world.anna, MONDAY, "09:00", 60)
        visit(world.decision, world.beata, MONDAY, "09:30", 60)
        visit(world.decision, world.beata, date(2024, 10, 8), "00:00", 1200)
        world.contract.service.required_qualifications = ["carer_course"]
        world.contract.service.save()
        NamedStaff.objects.create(contract=world.contract, worker=world.beata)
        Suspension.objects.create(
            decision=world.decision, first_day=MONDAY, last_day=date(2024, 10, 9), reason="hospital"
        )
        world.decision.activities = ["meals"]
        world.decision.save()
    answer = ask(world.client(), world)
    spoken = said(answer)
    assert answer.json()["can_log"] is True
    # Three days of the month are suspended: 1200 × 28 / 31.
    assert spoken["over"] == "o 4:56 ponad decyzję (przyznano 18:04)"
    assert spoken["suspended"] == "decyzja zawieszona 07.10.2024 – 09.10.2024"
    person = world.decisions[1].person
    assert f"Zięba Anna ma w tym czasie inną wizytę: 09:00–10:00 ({person}, " in spoken["worker_busy"]
    assert "Wójcik Beata: 09:30–10:30, wspólny czas 30" in spoken["person_busy"]
    assert spoken["outside_scope"] == "poza zakresem decyzji: Zakupy"
    assert "carer_course" in spoken["not_qualified"]
    assert "not_named" in spoken
    assert "late" in spoken
    assert "fits_plan" not in spoken


def test_a_qualified_and_named_worker_is_not_remarked_on(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        world.contract.service.required_qualifications = ["carer_course"]
        world.contract.service.save()
        qualify(world.anna)
        NamedStaff.objects.create(contract=world.contract, worker=world.anna)
    assert {"not_qualified", "not_named"}.isdisjoint(said(ask(world.client(), world)))


def test_another_decision_that_covers_the_day_is_named(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        world.decision.valid_to = date(2024, 10, 6)
        world.decision.save()
        newer = DecisionFactory(
            number="D/777/2024",
            person=world.decision.person,
            contract=world.contract,
            service=world.contract.service,
            issued_on=FIRST,
            valid_from=MONDAY,
            valid_to=LAST,
        )
    spoken = said(ask(world.client(), world))
    assert newer.number in spoken["covered_by_other"]


def test_a_holiday_is_said(world: DiaryWorld) -> None:
    assert said(ask(world.client(), world, date="2024-11-11"))["holiday"] == "święto"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"date": "2098-10-06"}, "not_begun"),
        ({"date": "2024-03-31", "start": "02:30"}, "nonexistent_time"),
        ({"end": "08:00"}, "equal_times"),
    ],
)
def test_what_cannot_be_saved_is_said_before(world: DiaryWorld, changed: dict[str, str], code: str) -> None:
    answer = ask(world.client(), world, **changed)
    assert code in said(answer)
    assert answer.json()["can_log"] is False


def test_a_closed_month_and_a_visit_that_is_there_already(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        there = visit(world.decision, world.anna, MONDAY, "08:00", 120)
        freeze_month(world.contract, MONDAY, actor=Actor.system("tests"))
    client = world.client()
    answer = ask(client, world)
    assert {"month_closed", "already_there"} <= set(said(answer))
    assert "already_there" not in said(ask(client, world, visit=str(there.pk)))


def test_the_stored_visit_itself_is_left_out(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        there = visit(world.decision, world.anna, MONDAY, "08:00", 120)
    body = ask(world.client(), world, visit=str(there.pk), end="11:00").json()
    assert body["left"] == 1200 - 180
    assert "worker_busy" not in {statement["code"] for statement in body["statements"]}


def test_another_organisation_cannot_ask_and_learns_no_name(world: DiaryWorld, beta: Tenant) -> None:
    other, foreign = build_diary(world.tenant), build_diary(beta)
    for stranger in (other, foreign):
        client = stranger.client()
        assert ask(client, stranger, decision=str(world.decision.pk)).status_code == 404
        assert ask(client, stranger, worker=str(world.anna.pk)).status_code == 404
        assert ask(client, world).status_code == 404
    assert ask(world.client(), world, decision=str(new_id())).status_code == 404


def test_a_carer_learns_that_somebody_is_busy_and_not_where(world: DiaryWorld) -> None:
    carer = world.carer(world.anna)
    with tenant_scope(world.tenant):
        visit(world.decisions[1], world.beata, MONDAY, "09:00", 60)
    spoken = said(ask(carer, world, worker=str(world.beata.pk)))
    assert "inna osoba" in spoken["worker_busy"]
    assert world.decisions[1].person.surname not in str(spoken)
    assert readings(world) == []


def readings(world: DiaryWorld) -> list[tuple[str, list[str]]]:
    with tenant_scope(world.tenant):
        return list(Reading.objects.values_list("page", "subject_ids"))


def test_whom_an_answer_names_is_noted_as_read_and_nobody_else(world: DiaryWorld) -> None:
    client = world.client()
    ask(client, world)
    assert readings(world) == []
    with tenant_scope(world.tenant):
        visit(world.decisions[1], world.anna, MONDAY, "09:00", 60)
    other = world.decisions[1].person
    assert str(other) in str(said(ask(client, world)))
    assert readings(world) == [("delivery:can_log", [str(other.pk)])]


def test_pairs_are_told_as_the_comparison_will_report_them(world: DiaryWorld) -> None:
    """The same worker with the person twice at once is O1 and O2; the very same times under another decision T3."""
    with tenant_scope(world.tenant):
        world.decision.valid_to = date(2024, 12, 31)
        world.decision.save()
        second = DecisionFactory(
            contract=ContractFactory(
                organisation=world.organisation, service=ServiceFactory(code="other", name="Inna usługa")
            ),
            person=world.decision.person,
            issued_on=FIRST,
            valid_from=FIRST,
            valid_to=LAST,
        )
        visit(second, world.anna, MONDAY, "08:00", 120)
    client = world.client()

    def deviations(**changed: Any) -> set[str | None]:
        statements = ask(client, world, **changed).json()["statements"]
        return {each["deviation"] for each in statements} - {None, "T1", "D3"}

    assert deviations(end="09:00") == {"O1", "O2"}
    assert deviations() == {"T3"}
    with tenant_scope(world.tenant):
        second.two_workers = True
        second.save()
    assert deviations(end="09:00") == {"O1"}


def test_a_worker_who_has_left_is_refused_before_saving(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        world.anna.active, world.anna.ended_on = False, date(2024, 10, 6)
        world.anna.save()
    answer = ask(world.client(), world)
    assert answer.json()["can_log"] is False
    assert "06.10.2024" in said(answer)["worker_gone"]


@pytest.mark.parametrize(
    ("role", "status"), [("director", 200), ("inspector", 200), ("coordinator", 200), ("accountant", 403)]
)
def test_who_reads_the_diary_may_ask(world: DiaryWorld, role: str, status: int) -> None:
    assert ask(world.client(role), world).status_code == status


@pytest.mark.parametrize(
    "changed", [{"date": "2023-02-29"}, {"start": "25:00"}, {"decision": "x"}, {"state": "maybe"}]
)
def test_a_question_that_cannot_be_read_is_refused_by_field(
    world: DiaryWorld, changed: dict[str, str]
) -> None:
    answer = ask(world.client(), world, **changed)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == next(iter(changed))


def test_the_thresholds_of_the_tenant_are_used(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        ComparisonSettings.objects.update_or_create(
            only=True, defaults={"late_entry_days": 30_000, "slot_tolerance_minutes": 5}
        )
    spoken = said(ask(world.client(), world, start="08:10"))
    assert "late" not in spoken
    assert "off_plan" in spoken


def test_statements_do_not_depend_on_the_size_of_the_diary(
    world: DiaryWorld, django_assert_max_num_queries: Any
) -> None:
    with tenant_scope(world.tenant):
        for person in [PersonFactory() for _ in range(20)]:
            decision = DecisionFactory(
                person=person,
                contract=world.contract,
                service=world.contract.service,
                issued_on=FIRST,
                valid_from=FIRST,
                valid_to=LAST,
            )
            visit(decision, world.anna, MONDAY, "09:00", 60)
    client = world.client()
    with django_assert_max_num_queries(26):
        assert len(said(ask(client, world))) > 3


def test_a_worker_of_another_organisation_is_not_named(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        foreign = ContractFactory(service=ServiceFactory(code="other", name="Inna usługa"))
        decision = DecisionFactory(
            contract=foreign,
            person=world.decision.person,
            valid_from=date(2024, 1, 1),
            valid_to=date(2024, 12, 31),
        )
        visit(
            decision,
            WorkerFactory(surname="Tajna", organisation_id=foreign.organisation_id),
            MONDAY,
            "08:00",
            60,
        )
    text = str(said(ask(world.client(), world)))
    assert "pracownik innej organizacji" in text
    assert "Tajna" not in text
