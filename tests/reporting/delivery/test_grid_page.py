"""The month grid: who sees which rows, what its cells and sums say, and that its cost does not grow."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from audit.models import Reading
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.care.models import Suspension
from reporting.delivery.actions import freeze_month, thaw_month
from tenants.models import Tenant
from tests.factories.care import ContractFactory, visit
from tests.reporting.delivery.diary_world import (
    FIRST,
    LAST,
    MONDAY,
    OCTOBER,
    DiaryWorld,
    add_persons,
    build_diary,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("served_as")]
MONTH = f"?month={OCTOBER}"


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    return build_diary(alfa)


def page(client: Client, world: DiaryWorld, query: str = MONTH) -> str:
    answer = client.get(world.url("grid/") + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def data(client: Client, world: DiaryWorld, query: str = MONTH) -> Any:
    answer = client.get(world.url("grid/month/") + query)
    assert answer.status_code == 200
    return answer.json()


def cells(html: str, decision: Any) -> list[tuple[str, str]]:
    """(classes, text) of the days of a row."""
    row = re.search(rf'<tr data-row="{decision.pk}".*?</tr>', html, re.S)
    assert row
    return re.findall(r'<td data-cell class="([^"]*)"[^>]*>([^<]*)(?:<span.*?</span>)?</td>', row[0])


def test_a_row_shows_its_days_its_plan_and_what_is_left(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        visit(world.decision, world.anna, MONDAY, "08:00", 120)
        visit(world.decision, world.beata, MONDAY, "14:00", 90)
        visit(world.decision, world.anna, date(2024, 10, 8), "08:00", 120, state="no_show")
        visit(world.decision, world.anna, date(2024, 10, 31), "23:00", 120)
        visit(world.decision, world.anna, date(2024, 11, 1), "08:00", 60)
        Suspension.objects.create(
            decision=world.decision,
            first_day=date(2024, 10, 30),
            last_day=date(2024, 10, 31),
            reason="hospital",
        )
    html = page(world.client(), world)
    row = cells(html, world.decision)
    assert len(row) == 31
    texts = {day: text for day, (_, text) in enumerate(row, 1) if text}
    assert texts == {7: "3:30", 8: "×", 31: "2:00"}
    classes = {day: set(names.split()) for day, (names, _) in enumerate(row, 1)}
    assert "cell-many" in classes[7]
    assert "cell-planned" in classes[9]
    assert "is-weekend" in classes[5]
    assert {"cell-off", "cell-outside"} <= classes[31]
    assert "cell-planned" not in classes[30]
    # 1200 × 29 / 31 granted, 5:30 done.
    assert "<span data-used>5:30</span>" in html
    assert "/ 18:43" in html
    assert "pn–pt 8:00 2\xa0h" in html
    assert str(world.decision.person) in html


def test_sums_of_days_are_over_all_pages(world: DiaryWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.delivery.grid.ROWS_A_PAGE", 1)
    with tenant_scope(world.tenant):
        for decision in world.decisions:
            visit(decision, world.anna, MONDAY, "08:00", 60)
    html = page(world.client(), world)
    assert len(re.findall(r"<tr data-row=", html)) == 1
    assert 'data-total="120">2:00' in html
    assert "page=2" in html


def test_decisions_that_ended_show_while_a_visit_stands_in_the_month(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        for decision in world.decisions:
            decision.valid_to = date(2024, 9, 30)
            decision.save()
        visit(world.decision, world.anna, MONDAY, "08:00", 60)
    html = page(world.client(), world)
    assert str(world.decision.pk) in html
    assert str(world.decisions[1].pk) not in html


def test_readings_of_persons_are_noted(world: DiaryWorld) -> None:
    client = world.client("director")
    page(client, world, f"{MONTH}&contract={world.contract.pk}")
    data(client, world, f"{MONTH}&contract={world.contract.pk}")
    for name in ("delivery:grid", "delivery:grid_data"):
        with tenant_scope(world.tenant):
            reading = Reading.objects.get(page=name)
        assert reading.actor_id == client.user.pk
        assert set(reading.subject_ids) == {str(decision.person_id) for decision in world.decisions}


@pytest.mark.parametrize("role", ["director", "coordinator", "inspector"])
def test_the_unit_reads_every_diary_and_writes_none(world: DiaryWorld, role: str) -> None:
    other = build_diary(world.tenant)
    client = world.client(role)
    for each in (world, other):
        query = f"{MONTH}&contract={each.contract.pk}"
        assert str(each.decision.person) in page(client, each, query)
        told = data(client, each, query)
        assert told["editable"] is False
    html = page(client, world, MONTH)
    assert "/diary/import/" not in html


@pytest.mark.parametrize("role", ["social_worker", "benefits_worker", "accountant", "committee_member"])
def test_other_roles_do_not_enter(world: DiaryWorld, role: str) -> None:
    client = world.client(role)
    for path in ("grid/", "grid/month/", "import/"):
        assert client.get(world.url(path)).status_code == 403


def test_another_organisation_sees_neither_contract_nor_worker(world: DiaryWorld, beta: Tenant) -> None:
    other, foreign = build_diary(world.tenant), build_diary(beta)
    client = world.client()
    for stranger in (other, foreign):
        for query in (f"contract={stranger.contract.pk}", f"worker={stranger.anna.pk}"):
            assert client.get(world.url(f"grid/{MONTH}&{query}")).status_code == 404
            assert client.get(world.url(f"grid/month/{MONTH}&{query}")).status_code == 404
        assert client.get(stranger.url("grid/")).status_code == (200 if stranger is other else 404)
        named = page(client, world, f"{MONTH}&add={stranger.decision.number}")
        assert str(stranger.decision.person) not in named
    assert client.get(world.url(f"grid/?contract={new_id()}")).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?month=2024-13",
        "?month=x&contract=1&worker=-&page=abc",
        "?page=0",
        "?month=9999-01",
        "?month=0001-01",
    ],
)
def test_an_address_that_cannot_be_read_shows_this_month(world: DiaryWorld, query: str) -> None:
    assert "<table" in page(world.client(), world, query)


def test_a_carer_sees_own_visits_and_persons_and_the_minutes_of_all(world: DiaryWorld) -> None:
    carer = world.carer(world.anna)
    with tenant_scope(world.tenant):
        own = visit(world.decision, world.anna, MONDAY, "08:00", 60)
        hidden = visit(world.decision, world.beata, date(2024, 10, 8), "08:00", 120)
        visit(world.decisions[1], world.beata, MONDAY, "08:00", 60)
    told = data(carer, world)
    assert [row["id"] for row in told["rows"]] == [str(world.decision.pk)]
    assert [each["id"] for each in told["visits"]] == [str(own.pk)]
    assert (told["rows"][0]["elsewhere"], told["rows"][0]["granted"]) == (120, 1200)
    assert told["own_worker"] == str(world.anna.pk)
    assert [worker["id"] for worker in told["workers"]] == [str(world.anna.pk)]
    html = page(carer, world)
    assert "<span data-used>3:00</span>" in html
    assert str(hidden.pk) not in html
    assert str(world.decisions[1].person) not in html
    # The number as printed on the decision opens the row of somebody new.
    added = data(carer, world, f"{MONTH}&add={world.decisions[1].number}")
    assert {row["id"] for row in added["rows"]} == {str(each.pk) for each in world.decisions}
    assert {each["worker"] for each in added["visits"]} == {str(world.anna.pk)}


def test_a_carer_whom_no_record_names_sees_nothing(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        visit(world.decision, world.anna, MONDAY, "08:00", 60)
    client = world.client("worker")
    html = page(client, world)
    assert str(world.decision.person) not in html
    assert data(client, world)["workers"] == []


def test_rows_of_one_worker(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        visit(world.decision, world.anna, MONDAY, "08:00", 60)
        visit(world.decisions[1], world.beata, date(2024, 9, 2), "08:00", 60)
        visit(world.decision, world.beata, date(2024, 7, 2), "08:00", 60)
    client = world.client()
    for worker, decision in ((world.anna, world.decision), (world.beata, world.decisions[1])):
        told = data(client, world, f"{MONTH}&worker={worker.pk}")
        assert [row["id"] for row in told["rows"]] == [str(decision.pk)]
        assert told["chosen_worker"] == str(worker.pk)


def test_what_the_page_is_told_to_type_with(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        visit(world.decision, world.beata, date(2024, 9, 30), "08:00", 60)
        visit(world.decision, world.anna, date(2024, 10, 2), "08:00", 60, activities=["meals"])
        visit(world.decision, world.anna, date(2024, 9, 20), "08:00", 60)
    told = data(world.client(), world)
    assert [each["date"] for each in told["earlier"]] == ["2024-09-30"]
    row = next(row for row in told["rows"] if row["id"] == str(world.decision.pk))
    assert row["worker"] == str(world.anna.pk), "the worker of the newest visit"
    assert row["planned"]["2024-10-07"] == [["08:00", "10:00", 120]]
    assert "2024-10-06" not in row["planned"]
    assert (row["scope"], row["open"], row["off"]) == (["hygiene", "meals", "shopping"], True, [])
    assert told["texts"]["waiting_connection"][1] == (
        "{count} wpisy czekają na połączenie, są bezpieczne w tej przeglądarce."
    )
    assert {worker["name"] for worker in told["workers"]} == {"Zięba Anna", "Wójcik Beata"}


def test_a_closed_month_says_so_and_offers_no_entry(world: DiaryWorld) -> None:
    client = world.client()
    actor = Actor.system("tests")
    with tenant_scope(world.tenant):
        freeze_month(world.contract, MONDAY, actor=actor)
    html = page(client, world)
    assert "Ten miesiąc oddano" in html
    assert {row["open"] for row in data(client, world)["rows"]} == {False}
    with tenant_scope(world.tenant):
        thaw_month(world.contract, MONDAY, decisions=[world.decision.pk], actor=actor)
    assert "Ośrodek zwrócił część pozycji" in page(client, world)
    opened = {row["id"]: row["open"] for row in data(client, world)["rows"]}
    assert opened == {str(world.decision.pk): True, str(world.decisions[1].pk): False}


def test_the_contract_that_holds_in_the_month_is_shown_first(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        world.contract.number = "B/2"
        world.contract.save()
        ContractFactory(
            number="A/1",
            service=world.contract.service,
            organisation=world.organisation,
            signed_on=FIRST,
            valid_from=FIRST,
            valid_to=date(2023, 12, 31),
        )
        ContractFactory(
            number="C/3",
            service=world.contract.service,
            organisation=world.organisation,
            signed_on=FIRST,
            valid_from=FIRST,
            valid_to=LAST,
        )
    html = page(world.client(), world)
    assert f'data-contract="{world.contract.pk}"' in html
    assert "A/1" in html


def test_without_a_contract_the_page_says_what_is_missing(alfa: Tenant, sign_in: Any) -> None:
    answer = sign_in("director", alfa).get("/alfa/diary/grid/")
    assert answer.status_code == 200
    assert "Nie ma umowy" in answer.content.decode()


@pytest.mark.parametrize("path", ["grid/", "grid/month/"])
def test_as_many_statements_for_50_persons_as_for_5(
    world: DiaryWorld, path: str, django_assert_max_num_queries: Any
) -> None:
    client = world.client()
    client.get(world.url(path) + MONTH)  # The first request of a session writes who is signed in.
    counts = []
    for size in (5, 50):
        add_persons(world, size - len(world.decisions))
        with tenant_scope(world.tenant):
            for decision in world.decisions[len(counts) * 5 :]:
                for day in (7, 8, 9):
                    visit(decision, world.anna, date(2024, 10, day), "08:00", 60)
        with django_assert_max_num_queries(25) as asked:
            assert client.get(world.url(path) + MONTH).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_workers_are_offered_who_work_on_some_day_of_the_month(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        visit(world.decision, world.anna, date(2024, 9, 30), "08:00", 60)
        for worker, last_day in ((world.anna, date(2024, 10, 1)), (world.beata, date(2024, 9, 30))):
            worker.active, worker.ended_on = False, last_day
            worker.save()
    told = data(world.client(), world)
    assert [(each["id"], each["last_day"]) for each in told["workers"]] == [
        (str(world.anna.pk), "2024-10-01")
    ]
    assert {row["worker"] for row in told["rows"]} == {str(world.anna.pk), None}
    assert data(world.client(), world, "?month=2024-11")["workers"] == []


def test_a_visit_longer_than_usual_is_marked_in_sign_title_and_words(alfa: Tenant, world: DiaryWorld) -> None:
    with tenant_scope(alfa):
        visit(world.decision, world.anna, MONDAY, "09:00", 23 * 60)
        visit(world.decision, world.anna, date(2024, 10, 8), "08:00", 12 * 60)
        visit(world.decision, world.anna, date(2024, 10, 9), "09:00", 23 * 60, state="no_show")
    client = world.client()
    html = page(client, world)
    row = dict(enumerate(cells(html, world.decision), 1))
    assert "cell-long" in row[7][0].split()
    told = (
        "09:00–08.10, 08:00: wizyta trwa 23\xa0h, dłużej niż zwykle (do 12\xa0h). Sprawdź początek i koniec."
    )
    assert f'cell-long" title="{told}">23:00' in html
    assert f'<span class="visually-hidden">{told}</span>' in html
    assert html.count('visually-hidden">09:00') == 1, "twelve hours, and who was absent, are usual"
    assert not {"cell-long"} & {*row[8][0].split(), *row[9][0].split()}
    assert data(client, world)["longest_usual"] == 720
