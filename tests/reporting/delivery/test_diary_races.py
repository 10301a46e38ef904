"""Several people and workers at the same moment, in real threads and real transactions."""

import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from typing import Any
from unittest import mock

import pytest
from django.db import transaction

from audit.chain import first_broken_entry
from kernel.access import Access, Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.care.actions import DecisionEntry, correct_decision
from reporting.care.keeping import anonymise
from reporting.care.locking import hold_persons
from reporting.care.models import Person
from reporting.delivery.actions import Operation, VisitContent, freeze_month, imports, save_cells
from reporting.delivery.actions import cells as cells_module
from reporting.delivery.actions.imports import RowsRefused, import_file
from reporting.delivery.importing import work
from reporting.delivery.models import DiaryImport, Visit
from tests.factories.care import ContractFactory
from tests.racing import PATIENCE, WHOLE, committed_tenant, committing, results_at_once, until_somebody_waits
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import FIRST, LAST, MONDAY, DiaryWorld, build_diary
from tests.reporting.delivery.test_imports import line

db = committing

CLERK = Actor.system("tests")


@pytest.fixture
def world(db: None) -> Iterator[DiaryWorld]:
    """A diary in a tenant of its own, really committed, and removed afterwards."""
    with committed_tenant("dzienniczek", "Dzienniczek") as tenant:
        yield build_diary(tenant)


def coordinator(world: DiaryWorld) -> Access:
    return Access(CLERK, frozenset({"ngo_coordinator"}), frozenset(), frozenset({world.organisation.pk}))


def typed(world: DiaryWorld, end: int, day: date = MONDAY, decision: Any = None, **changed: Any) -> Operation:
    content = VisitContent(day, time(8), time(end), world.anna.pk)
    fields: dict[str, Any] = {"id": new_id(), "kind": "record", "visit_id": new_id(), "seen": frozenset()}
    return Operation(**(fields | changed), decision_id=(decision or world.decision).pk, content=content)


def save(world: DiaryWorld, *operations: Operation) -> Callable[[], Any]:
    return lambda: save_cells(world.contract, operations, access=coordinator(world), actor=CLERK)


def stored(world: DiaryWorld) -> list[Visit]:
    with tenant_scope(world.tenant):
        return list(Visit.objects.order_by("starts_at", "ends_at"))


def test_two_coordinators_in_the_same_empty_cell(world: DiaryWorld) -> None:
    first, second = results_at_once(
        world.tenant, save(world, typed(world, 10)), save(world, typed(world, 11))
    )
    winner, loser = sorted([first[0], second[0]], key=lambda outcome: outcome.error is not None)
    assert winner.error is None
    assert loser.error.code == "changed_meanwhile"
    assert [visit.pk for visit in loser.current] == [winner.visit.pk]
    assert [visit.pk for visit in stored(world)] == [winner.visit.pk]


def test_without_the_lock_both_would_stand_there(world: DiaryWorld) -> None:
    """The race is real: with the lock taken away neither learns of the other."""
    both_have_read = threading.Barrier(2)
    write = cells_module.write_new

    def slowly(*args: Any, **kwargs: Any) -> Any:
        both_have_read.wait(timeout=10)
        return write(*args, **kwargs)

    with (
        mock.patch.object(cells_module, "lock_diary"),
        mock.patch.object(cells_module, "write_new", slowly),
    ):
        outcomes = results_at_once(world.tenant, save(world, typed(world, 10)), save(world, typed(world, 11)))
    assert [outcome[0].error for outcome in outcomes] == [None, None]
    assert len(stored(world)) == 2


def test_two_changes_of_one_visit(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        [first] = save(world, typed(world, 9))()
        visit = first.visit
    named = {"kind": "change", "visit_id": visit.pk, "version": 1}
    outcomes = results_at_once(
        world.tenant, *[save(world, typed(world, end, **named)) for end in (10, 11, 12, 13)]
    )
    errors = [outcome[0].error for outcome in outcomes]
    assert errors.count(None) == 1
    assert {error.code for error in errors if error} == {"changed_meanwhile"}
    [saved] = stored(world)
    assert saved.version == 2
    assert {each.pk for outcome in outcomes if outcome[0].error for each in outcome[0].current} == {visit.pk}


def test_one_batch_sent_by_two_tabs_is_written_once(world: DiaryWorld) -> None:
    batch = [typed(world, 10), typed(world, 12)]
    batch[1] = typed(world, 12, seen=frozenset({batch[0].visit_id}))
    outcomes = results_at_once(world.tenant, *[save(world, *batch)] * 4)
    assert all(each.error is None for outcome in outcomes for each in outcome)
    assert [visit.pk for visit in stored(world)] == [each.visit_id for each in batch]
    with tenant_scope(world.tenant):
        assert first_broken_entry() is None


def test_no_entry_slips_into_a_month_that_is_being_frozen(world: DiaryWorld) -> None:
    """Whoever comes second waits: an entry is in before the freeze, or it is refused."""
    for number in range(5):
        day = date(2024, 1 + number, 8)
        enter = save(world, typed(world, 9, day))

        def freeze(day: date = day) -> list[Any]:
            freeze_month(world.contract, day, actor=CLERK)
            return list(Visit.objects.filter(date=day).values_list("pk", flat=True))

        [entered], seen_at_freeze = results_at_once(world.tenant, enter, freeze)
        if entered.error is not None:
            assert entered.error.code == "month_closed"
            assert seen_at_freeze == []
        else:
            assert seen_at_freeze == [entered.visit.pk]


def test_a_decision_does_not_move_to_another_contract_under_an_entry(world: DiaryWorld) -> None:
    """Whoever comes second is refused: a visit never stands under a contract that did not make it."""
    with tenant_scope(world.tenant):
        elsewhere = ContractFactory(service=world.contract.service, valid_from=FIRST, valid_to=LAST)
    for decision in world.decisions:
        with tenant_scope(world.tenant):
            entry = _terms_under(elsewhere, decision)

        def move(decision: Any = decision, entry: DecisionEntry = entry) -> Any:
            return correct_decision(decision, entry, reason="typing", actor=CLERK)

        [entered], moved = results_at_once(
            world.tenant, save(world, typed(world, 10, decision=decision)), move
        )
        with tenant_scope(world.tenant):
            decision.refresh_from_db()
            visits = Visit.objects.filter(decision=decision).count()
        if entered.error is None:
            assert (moved.code, decision.contract_id, visits) == ("contract_has_visits", world.contract.pk, 1)
        else:
            assert entered.error.code == "unknown_decision"
            assert (decision.contract_id, visits) == (elsewhere.pk, 0)


def _terms_under(contract: Any, decision: Any) -> DecisionEntry:
    return DecisionEntry(
        number=decision.number,
        contract=contract,
        issued_on=decision.issued_on,
        valid_from=decision.valid_from,
        valid_to=decision.valid_to,
        amount_per=decision.amount_per,
        minutes=decision.minutes,
        activities=tuple(decision.activities),
    )


def test_two_imports_of_the_same_file_add_it_once(world: DiaryWorld) -> None:
    rows = [line(world, date=date(2024, 10, day).isoformat()) for day in range(1, 32)]
    content = csv_file(rows)

    bring = _import(world, content)
    outcomes = results_at_once(world.tenant, bring, bring, bring)
    assert sorted(outcome.added for outcome in outcomes) == [0, 0, 31]
    assert [outcome.added + outcome.present for outcome in outcomes] == [31, 31, 31]
    assert len(stored(world)) == 31


def test_a_file_waits_for_who_takes_names_off_and_is_refused_then(world: DiaryWorld) -> None:
    content = csv_file([line(world), line(world, decision_number=world.decisions[1].number)])
    person = world.decision.person
    with ThreadPoolExecutor(1) as beside, tenant_scope(world.tenant):
        with transaction.atomic():
            assert hold_persons([person.pk]) == [person.pk]
            anonymise([person.pk])
            bringing = beside.submit(results_at_once, world.tenant, _import(world, content))
            until_somebody_waits()
        [refused] = bringing.result(WHOLE)
        assert isinstance(refused, RowsRefused)
        [told] = refused.refusals
        assert (told.row_number, told.column, told.code) == (2, "decision_number", "person_anonymised")
        assert Person.objects.get(pk=person.pk).code in str(told.message)
    assert stored(world) == [], "the other row neither"


def test_who_takes_names_off_waits_for_a_file_that_tells_of_them(world: DiaryWorld) -> None:
    content, person = csv_file([line(world)]), world.decision.person
    held, check = threading.Event(), imports.check_rows

    def check_then_wait(*given: Any, **named: Any) -> Any:
        held.set()
        until_somebody_waits()
        return check(*given, **named)

    def hold() -> int:
        assert held.wait(PATIENCE)
        with transaction.atomic():
            assert hold_persons([person.pk])
            return int(Visit.objects.filter(decision__person=person).count())

    with mock.patch.object(imports, "check_rows", check_then_wait):
        brought, seen = results_at_once(world.tenant, _import(world, content), hold)
    assert (brought.added, seen) == (1, 1)


def _import(world: DiaryWorld, content: bytes) -> Callable[[], Any]:
    return lambda: import_file(world.contract, io.BytesIO(content), source="file", actor=CLERK)


def test_two_workers_on_one_confirmed_import_save_it_once(world: DiaryWorld) -> None:
    from documents.actions import store_file

    with tenant_scope(world.tenant):
        file = store_file(
            csv_file([line(world), line(world, date="2024-10-08")]),
            name="a.csv",
            content_type="text/csv",
            folder="diaries",
            actor=CLERK,
        )
        brought = DiaryImport.objects.create(
            contract=world.contract, file=file, state="saving", confirmed_by_name="Ewa"
        )
    assert results_at_once(world.tenant, *[lambda: work.save_import(brought.pk)] * 3) == [None, None, None]
    with tenant_scope(world.tenant):
        brought.refresh_from_db()
        assert (brought.state, brought.rows_new) == ("saved", 2)
    assert len(stored(world)) == 2


def test_an_import_and_the_grid_at_once(world: DiaryWorld) -> None:
    content = csv_file([line(world), line(world, date="2024-10-08")])

    def bring() -> Any:
        return import_file(world.contract, io.BytesIO(content), source="file", actor=CLERK)

    imported, saved = results_at_once(world.tenant, bring, save(world, typed(world, 10)))
    assert imported.added + imported.present == 2
    assert len(stored(world)) == 2, "the same visit stands once, whoever was first"
    assert saved[0].error is None or saved[0].error.code == "changed_meanwhile"
