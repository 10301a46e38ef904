"""The end of lists that were confirmed: once, by whoever comes, and none stops another."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from structlog.testing import capture_logs

from audit.checkpoints import take_checkpoint
from audit.models import Entry, Reading
from contracting.contracts.models import Worker
from kernel.clearing import keeper_of
from kernel.tenancy import tenant_scope
from reporting.retention import actions
from reporting.retention.doctor import late_clearances
from reporting.retention.models import Clearance
from reporting.retention.schedule import finish_clearances, propose_clearances
from reporting.retention.tasks import erase_told
from tests.reporting.retention.kinds import term
from tests.reporting.retention.old_world import ACTOR
from tests.reporting.retention.test_carers import left
from tests.reporting.retention.test_readings import READER, read_in

pytestmark = pytest.mark.usefixtures("served_as")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    """Checkpoints of a test lie in a folder of its own."""
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")


def confirmed(kind: str) -> Clearance:
    """The list of a kind, made and confirmed; runs in the tenant."""
    assert actions.propose_clearance(kind, actor=ACTOR) == 1
    clearance = Clearance.objects.get(kind=kind, state="proposed")
    return actions.confirm_clearance(
        clearance, protocol="BR/1", approved_on=timezone.localdate(), actor=ACTOR
    )


def old_readings() -> None:
    """A reading past its term, noted outside; runs in the tenant."""
    term("reading", 2)
    read_in(timezone.localdate().year - 3)
    assert take_checkpoint()


def test_an_altered_record_stops_neither_another_list_nor_another_tenant(alfa: Any, beta: Any) -> None:
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            old_readings()
            confirmed("reading")
    with tenant_scope(alfa):
        term("carer")
        left()
        confirmed("carer")
        Entry.objects.filter(verb="propose_clearance").update(actor_label="Ktoś inny")
        left("Kolejna")
    assert alfa.pk < beta.pk, "it comes first"
    with capture_logs() as logged:
        assert finish_clearances() == 2
    errors = [(one["event"], one["chain"], one["list"]) for one in logged if one["log_level"] == "error"]
    assert errors == [("audit_record_altered", alfa.schema_name, "reading")]
    with tenant_scope(alfa):
        assert Clearance.objects.unfinished().get().kind == "reading"
        assert Reading.objects.filter(actor_label=READER.label).exists()
    with tenant_scope(beta):
        assert not Clearance.objects.unfinished().exists()
        assert not Reading.objects.filter(actor_label=READER.label).exists()
    # Nor are lists of what came since left out.
    assert propose_clearances() == 1


def test_a_list_that_cannot_be_made_stops_neither_another_nor_another_tenant(
    alfa: Any, beta: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            term("carer")
            left()
            old_readings()
    carers, found = keeper_of("carer"), keeper_of("carer").matters

    def broken(subjects: Any, today: Any) -> Any:
        if connection.tenant.pk == alfa.pk:
            # As a row that the code does not expect would do it.
            Worker.objects.extra(where=["1/0 = 1"]).exists()
        return found(subjects, today)

    monkeypatch.setattr(carers, "matters", broken)
    assert alfa.pk < beta.pk, "it comes first"
    with capture_logs() as logged:
        assert propose_clearances() == 3
    errors = [(one["event"], one["chain"], one["list"]) for one in logged if one["log_level"] == "error"]
    assert errors == [("clearance_not_proposed", alfa.schema_name, "carer")]
    [told] = late_clearances([alfa, beta])
    assert (told.grade, told.sentence.endswith(": alfa (carer).")) == ("fault", True)
    monkeypatch.undo()
    assert propose_clearances() == 4
    assert list(late_clearances([alfa, beta])) == []


def test_what_is_finished_is_not_gone_through_again(alfa: Any) -> None:
    with tenant_scope(alfa):
        term("carer")
        worker = left()
        clearance = confirmed("carer")
        about = Entry.objects.filter(subject_type="worker", subject_id=str(worker.pk))
        assert [one.payload for one in about] != [None]
    assert finish_clearances() == 1
    with tenant_scope(alfa):
        assert [one.payload for one in about.all()] == [None]
        entry = Entry.objects.get(verb="finish_clearance")
        assert entry.payload == {"kind": "carer", "subjects": 1}
        assert entry.subject_id == str(clearance.pk)
        about.update(payload={"code": "later"})
        erase_told(str(clearance.pk))
    assert finish_clearances() == 0
    with tenant_scope(alfa):
        assert [one.payload for one in about.all()] == [{"code": "later"}]
        assert Entry.objects.filter(verb="finish_clearance").count() == 1


def test_the_doctor_names_lists_that_nobody_comes_to_the_end_of(alfa: Any, beta: Any) -> None:
    with tenant_scope(alfa):
        term("carer")
        left()
        confirmed("carer")
    assert list(late_clearances([alfa, beta])) == []
    with tenant_scope(alfa):
        Clearance.objects.update(confirmed_at=timezone.now() - timedelta(days=2))
    [found] = late_clearances([alfa, beta])
    assert (found.grade, found.sentence.endswith(": alfa.")) == ("fault", True)
    assert finish_clearances() == 1
    assert list(late_clearances([alfa, beta])) == []
