"""Carers whose work has ended: past the term → listed → anonymised by a protocol; and what keeps their names."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actions import record
from audit.chain import walk_chain
from audit.models import Entry
from contracting.contracts.actions import (
    add_qualification,
    change_named_staff,
    edit_worker,
    end_worker,
    link_account,
    name_staff,
    reinstate_worker,
    remove_named_staff,
)
from contracting.contracts.models import NamedStaff, Worker, WorkerQualification
from kernel.anonymity import ANONYMISED
from kernel.errors import Conflict
from kernel.ids import new_id
from kernel.periods import WARSAW
from kernel.tenancy import tenant_scope
from reporting.advice.models import Appointment
from reporting.delivery.models import Visit
from reporting.field.models import PhoneEntry
from reporting.retention import actions
from reporting.retention.models import Clearance, ClearanceLine
from reporting.retention.tasks import erase_told
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.reporting.retention.kinds import HOME, carry_out, listed, past, term
from tests.reporting.retention.old_world import ACTOR, where_told

pytestmark = pytest.mark.usefixtures("served_as")

MARK = "Pelagia-Opiekunka"
LEFT = date(2015, 3, 2)


def left(surname: str = MARK, **fields: Any) -> Worker:
    """A carer who left long ago; runs in the tenant."""
    worker: Worker = WorkerFactory(surname=surname, active=False, ended_on=LEFT, **fields)
    WorkerQualification.objects.create(worker=worker, code="care_course", valid_from=date(2010, 1, 1))
    with transaction.atomic():
        record(
            "edit_worker",
            actor=ACTOR,
            subject_type="worker",
            subject_id=worker.pk,
            payload={"code": [MARK, 1]},
        )
    return worker


@pytest.fixture
def gone(alfa: Any) -> Worker:
    with tenant_scope(alfa):
        term("carer")
        return left(user_id=new_id())


def test_a_name_goes_and_what_was_done_stays(alfa: Any, gone: Worker, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "carer")
    assert MARK in director.get(f"{HOME}lists/{clearance.pk}/").content.decode()
    told = carry_out(director, clearance)
    assert "pracownik zanonimizowany" in told and MARK not in told
    with tenant_scope(alfa):
        erase_told(str(clearance.pk))
        assert where_told([MARK]) == set()
        worker = Worker.objects.get(pk=gone.pk)
        assert (worker.surname, worker.given_name, worker.user_id) == (ANONYMISED, "", None)
        assert (worker.ended_on, worker.organisation_id) == (LEFT, gone.organisation_id)
        assert worker.code.startswith("X-") and worker.code != gone.code
        assert WorkerQualification.objects.get().code == "care_course"
        about = Entry.objects.filter(subject_type="worker", subject_id=str(gone.pk))
        assert [one.payload for one in about] == [None]
        assert walk_chain().holds and past("carer") == []
    assert MARK not in director.get(f"/alfa/contracts/workers/{gone.pk}/").content.decode()


def test_nothing_is_written_about_an_anonymised_worker(alfa: Any, gone: Worker, sign_in: Any) -> None:
    director = sign_in("director", alfa)
    carry_out(director, listed(director, alfa, "carer"))
    day = timezone.localdate()
    with tenant_scope(alfa):
        worker = Worker.objects.get(pk=gone.pk)
        contract, other = (
            ContractFactory(number=number, organisation_id=worker.organisation_id)
            for number in ("U/8", "U/9")
        )
        named = NamedStaff.objects.create(contract=other, worker=worker)
        verbs: list[Callable[[], Any]] = [
            lambda: edit_worker(worker, code="K", surname=MARK, given_name="A", actor=ACTOR),
            lambda: reinstate_worker(worker, actor=ACTOR),
            lambda: end_worker(worker, last_day=day, actor=ACTOR),
            lambda: add_qualification(worker, code="x", valid_from=day, valid_to=None, actor=ACTOR),
            lambda: link_account(worker, user_id=new_id(), actor=ACTOR),
            lambda: name_staff(contract, worker, actor=ACTOR),
            lambda: change_named_staff(named, valid_from=day, valid_to=None, actor=ACTOR),
            lambda: remove_named_staff(named, actor=ACTOR),
        ]
        for verb in verbs:
            with pytest.raises(Conflict, match="Dodaj pracownika na nowo"):
                verb()
        with pytest.raises(IntegrityError), transaction.atomic():
            Worker.objects.filter(pk=gone.pk).update(surname=MARK)


def _works(worker: Worker) -> None:
    Worker.objects.filter(pk=worker.pk).update(active=True, ended_on=None)


def _named(worker: Worker) -> None:
    contract = ContractFactory(number="U/8", valid_to=date(timezone.localdate().year + 1, 12, 31))
    NamedStaff.objects.create(contract=contract, worker=worker, valid_to=LEFT)


def _named_till_lately(worker: Worker) -> None:
    year = timezone.localdate().year - 1
    contract = ContractFactory(number="U/8", valid_from=date(2015, 1, 1), valid_to=date(year, 12, 31))
    NamedStaff.objects.create(contract=contract, worker=worker, valid_to=LEFT)


def _visited(worker: Worker) -> None:
    contract = ContractFactory(number="U/8", valid_from=date(2015, 1, 1), valid_to=date(2015, 12, 31))
    decision = DecisionFactory(contract=contract, valid_from=date(2015, 1, 1), valid_to=date(2015, 12, 31))
    visit(decision, worker, date(2015, 2, 3), "10:00", 60)


def _advised(worker: Worker) -> None:
    at = datetime(2015, 2, 3, 12, tzinfo=WARSAW)
    Appointment.objects.create(
        adviser=worker, kind="legal", place="office", state="planned", entered_at=at, starts_at=at,
        ends_at=at.replace(hour=13), alias="A",
    )  # fmt: skip


def _phoned(worker: Worker) -> None:
    PhoneEntry.objects.create(
        worker=worker, number="D/1", day=LEFT, start="10:00", end="11:00", visit_state=Visit.State.DONE,
        state="conflict",
    )  # fmt: skip


def _held(worker: Worker) -> None:
    actions.keep_back(ClearanceLine.objects.get(), reason="court", reference="I C 7/25", actor=ACTOR)


KEEPING = [
    (_works, "osoba nadal pracuje"),
    (_named, "umowa U/8, która wymienia tę osobę, trwa do"),
    (_named_till_lately, "okres przechowywania kończy się przed"),
    (_visited, "miesiąc 02.2015 umowy U/8"),
    (_advised, "nie odnotowano jej wyniku"),
    (_phoned, "wpis z telefonu nie jest rozstrzygnięty"),
    (_held, "sprawa sądowa lub egzekucyjna (I C 7/25)"),
]


@pytest.mark.parametrize(("keep", "words"), KEEPING, ids=lambda one: getattr(one, "__name__", ""))
def test_what_keeps_a_name(
    alfa: Any, gone: Worker, sign_in: Any, keep: Callable[[Worker], None], words: str
) -> None:
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "carer")
    with tenant_scope(alfa):
        keep(gone)
        assert past("carer") == []
    assert words in carry_out(director, clearance)
    with tenant_scope(alfa):
        assert Worker.objects.get(pk=gone.pk).surname == MARK


def test_queries_do_not_grow_with_carers(alfa: Any, gone: Worker) -> None:
    counts = []
    with tenant_scope(alfa):
        for more in (0, 5):
            for number in range(more):
                left(f"Nowa-{number}")
            past("carer")
            with CaptureQueriesContext(connection) as asked:
                assert len(past("carer")) == 1 + more
            counts.append(len(asked))
        assert counts[0] == counts[1]
        actions.propose_clearance("carer", actor=ACTOR)
        clearance = Clearance.objects.get()
        with CaptureQueriesContext(connection) as confirmed:
            actions.confirm_clearance(clearance, protocol="B", approved_on=timezone.localdate(), actor=ACTOR)
        assert len(confirmed) < 40
