"""The log of readings past its term: names go by a protocol, and the checkpoints know that they were taken off."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import checkpoints
from audit.actions import record_reading
from audit.checkpoints import AlteredRecord, Fault, prove, take_checkpoint
from audit.models import Entry, Reading
from kernel.access import Actor
from kernel.anonymity import ANONYMISED
from kernel.ids import new_id
from kernel.periods import WARSAW
from kernel.tenancy import tenant_scope
from reporting.retention.models import Clearance, ClearanceLine
from reporting.retention.schedule import finish_clearances
from reporting.retention.tasks import erase_told
from tests.reporting.retention.kinds import HOME, carry_out, listed, past, term

pytestmark = pytest.mark.usefixtures("served_as")

READER = Actor(new_id(), "Bożena Czytająca")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    """Checkpoints of a test lie in a folder of its own."""
    settings.CHECKPOINTS_FOLDER = str(tmp_path / "checkpoints")


def read_in(year: int, *, person: UUID | None = None, moment: datetime | None = None) -> Reading:
    """A reading of that year; runs in the tenant."""
    record_reading(
        "care.person", actor=READER, subject_type="person", subject_ids=[person or new_id(), new_id()]
    )
    made = Reading.objects.order_by("-at", "-pk").filter(actor_label=READER.label).latest("pk")
    Reading.objects.filter(pk=made.pk).update(at=moment or datetime(year, 7, 1, 12, tzinfo=WARSAW))
    return made


@pytest.fixture
def years(alfa: Any) -> tuple[int, int]:
    """The last year past a term of two years, and the first that is not; both with readings, and noted outside."""
    old, young = timezone.localdate().year - 3, timezone.localdate().year - 2
    with tenant_scope(alfa):
        term("reading", 2)
        read_in(old)
        read_in(old, moment=datetime(old + 1, 1, 1, tzinfo=WARSAW) - timedelta(seconds=1))
        read_in(young, moment=datetime(young, 1, 1, tzinfo=WARSAW))
        assert take_checkpoint()
    return old, young


def test_names_go_and_the_record_still_proves_itself(alfa: Any, years: tuple[int, int], sign_in: Any) -> None:
    old, young = years
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "reading")
    assert f"{old}: 2 odczyty" in director.get(f"{HOME}lists/{clearance.pk}/").content.decode()
    assert (
        "kto i czyje dane odczytywał" in director.get(f"{HOME}lists/{clearance.pk}/confirm/").content.decode()
    )
    carry_out(director, clearance)
    with tenant_scope(alfa):
        assert ClearanceLine.objects.get().subject == str(old)
        assert Entry.objects.get(verb="confirm_clearance").payload["anonymised"] == [str(old)]
        # Web servers only add to the log; what a worker has not come to is on no further list.
        assert Reading.objects.filter(actor_label=READER.label).count() == 3 and past("reading") == []
        erase_told(str(Clearance.objects.get().pk))
        gone = Reading.objects.filter(at__lt=datetime(young, 1, 1, tzinfo=WARSAW))
        told = [(one.actor_id, one.actor_label, one.subject_ids, one.subject_count) for one in gone]
        assert told == [(None, ANONYMISED, [], 2)] * 2
        assert {one.page for one in gone} == {"care.person"}
        assert Reading.objects.get(actor_label=READER.label).subject_ids
        proof = prove()
        assert (proof.holds, proof.checkpoints, proof.by_number) == (True, 2, 1)
        erase_told(str(Clearance.objects.get().pk))
        assert prove().checkpoints == 2
    # The list tells of as many readings as before, and that it is through.
    told = director.get(f"{HOME}lists/{clearance.pk}/").content.decode()
    assert f"{old}: 2 odczyty" in told and "wykonany" in told
    page = director.get("/alfa/audit/readings/")
    assert page.status_code == 200


def test_names_taken_off_without_a_note_outside_are_found(alfa: Any, years: tuple[int, int]) -> None:
    with tenant_scope(alfa):
        Reading.objects.filter(actor_label=READER.label).update(actor_label=ANONYMISED, subject_ids=[])
        assert {finding.fault for finding in prove().findings} == {Fault.READINGS}


def test_readings_of_other_years_are_compared_still(
    alfa: Any, years: tuple[int, int], sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    director = sign_in("director", alfa)
    # What is read now counts as settled.
    monkeypatch.setattr(checkpoints, "_SETTLED", timedelta(hours=-2))
    with tenant_scope(alfa):
        read_in(0, moment=timezone.now())
        assert take_checkpoint()
    carry_out(director, listed(director, alfa, "reading"))
    with tenant_scope(alfa):
        erase_told(str(Clearance.objects.get().pk))
        assert prove().holds
        Reading.objects.filter(actor_label=READER.label).update(subject_ids=[])
        assert {finding.fault for finding in prove().findings} == {Fault.READINGS}


def _changed(old: int) -> None:
    Reading.objects.filter(at__year=old).update(page="care.persons")


def _removed(old: int) -> None:
    Reading.objects.filter(at__year=old).order_by("at")[0].delete()


@pytest.mark.parametrize("alter", [_changed, _removed])
def test_readings_that_were_altered_are_not_cleared(
    alfa: Any, years: tuple[int, int], sign_in: Any, alter: Callable[[int], None]
) -> None:
    director = sign_in("director", alfa)
    carry_out(director, listed(director, alfa, "reading"))
    with tenant_scope(alfa):
        alter(years[0])
        with pytest.raises(AlteredRecord):
            erase_told(str(Clearance.objects.get().pk))
        assert {finding.fault for finding in prove().findings} == {Fault.READINGS}
        assert Reading.objects.filter(actor_label=READER.label, at__year=years[0]).exists()


def test_the_number_of_cleared_readings_is_compared_still(
    alfa: Any, years: tuple[int, int], sign_in: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    director = sign_in("director", alfa)
    carry_out(director, listed(director, alfa, "reading"))
    with tenant_scope(alfa):
        erase_told(str(Clearance.objects.get().pk))
    call_command("verify_audit", tenant="alfa")
    assert "1 by the number of readings only" in capsys.readouterr().out
    with tenant_scope(alfa):
        _removed(years[0])
        assert {finding.fault for finding in prove().findings} == {Fault.READINGS}


def test_what_readers_are_called_does_not_tell_who_was_cleared(alfa: Any, years: tuple[int, int]) -> None:
    """Somebody may call themselves as cleared readings are called, and readings about somebody stay to be cleared."""
    with tenant_scope(alfa):
        Reading.objects.filter(at__year=years[0]).update(actor_label=ANONYMISED)
        assert past("reading") == [str(years[0])]
        Reading.objects.filter(at__year=years[0]).update(actor_id=None, subject_ids=[], actor_label="Ktoś")
        assert past("reading") == []


def test_a_record_that_was_altered_is_not_cleared(alfa: Any, years: tuple[int, int], sign_in: Any) -> None:
    director = sign_in("director", alfa)
    carry_out(director, listed(director, alfa, "reading"))
    with tenant_scope(alfa):
        Entry.objects.filter(verb="propose_clearance").update(actor_label="Ktoś inny")
        with pytest.raises(AlteredRecord):
            erase_told(str(Clearance.objects.get().pk))
        assert Reading.objects.filter(actor_label=READER.label).count() == 3


def test_what_no_worker_was_told_of_the_daily_run_does(
    alfa: Any, years: tuple[int, int], sign_in: Any
) -> None:
    director = sign_in("director", alfa)
    carry_out(director, listed(director, alfa, "reading"))
    assert (finish_clearances(), finish_clearances()) == (1, 0)
    with tenant_scope(alfa):
        assert Reading.objects.filter(actor_label=READER.label).count() == 1
        assert past("reading") == []


def test_a_year_is_kept_back_for_a_case(alfa: Any, years: tuple[int, int], sign_in: Any) -> None:
    director = sign_in("director", alfa)
    clearance = listed(director, alfa, "reading")
    with tenant_scope(alfa):
        line = ClearanceLine.objects.get()
    director.post(f"{HOME}lines/{line.pk}/keep-back/", {"reason": "control", "reference": "NIK/3"})
    assert "kontrola lub audyt (NIK/3)" in carry_out(director, clearance)
    with tenant_scope(alfa):
        erase_told(str(clearance.pk))
        assert Reading.objects.filter(actor_label=READER.label).count() == 3


def test_queries_do_not_grow_with_readings(alfa: Any, years: tuple[int, int]) -> None:
    counts = []
    for _more in range(2):
        with tenant_scope(alfa):
            past("reading")
            with CaptureQueriesContext(connection) as asked:
                assert str(years[0]) in past("reading")
            counts.append(len(asked))
        with tenant_scope(alfa):
            for year in range(2010, 2016):
                read_in(year)
    assert counts[0] == counts[1]
