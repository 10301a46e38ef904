"""What a quarter tells of each register of a unit; a register never used tells nothing, which is no zero."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from kernel.ids import new_id
from kernel.periods import WARSAW
from reporting.casework.models import Caseload, GroupForm, Programme, Training
from reporting.crisis.models import CrisisCase, Session
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.collecting import collect_quarter
from tests.reporting.statistics.sending_world import THIRD_QUARTER

pytestmark = pytest.mark.django_db
QUARTER = Quarter.of(THIRD_QUARTER)


def _told() -> dict[tuple[str, str], tuple[Decimal, Decimal | None, int | None]]:
    return {
        (one.indicator, one.category): (one.numerator, one.denominator, one.persons)
        for one in collect_quarter(QUARTER).figures
    }


def test_registers_that_were_never_used_tell_nothing(in_alfa: Any) -> None:
    assert set(_told()) == {("service_kinds", "")}


def test_loads_are_averages_of_months_and_stand_on_the_environments_of_one(in_alfa: Any) -> None:
    for month in (7, 8):
        for environments, limit in ((22, 20), (14, 20)):
            Caseload.objects.create(
                worker_id=new_id(), worker_name="Anna", month=date(2026, month, 1), environments=environments,
                limit=limit, reason="brak etatu",
            )  # fmt: skip
    told = _told()
    assert told["caseload", ""] == (72, 4, 36)
    assert told["caseload_over_limit", ""] == (2, 4, 36)


def test_programmes_groups_and_trainings(in_alfa: Any) -> None:
    ended = Programme.objects.create(
        title="Aktywni", valid_from=date(2026, 1, 1), valid_to=date(2026, 7, 31), started=313, finished=240,
        dropped=58, continuing=15,
    )  # fmt: skip
    Programme.objects.create(title="Później", valid_from=date(2026, 10, 1), valid_to=date(2026, 12, 31))
    GroupForm.objects.create(programme=ended, name="Razem", kind="self_help", participants=16)
    for ends_on in (date(2026, 9, 30), date(2026, 10, 1)):
        Training.objects.create(
            title="Kurs", starts_on=date(2026, 9, 1), ends_on=ends_on, minutes=600, staff=144, residents=143
        )
    told = _told()
    assert told["projects", ""][0] == told["localities", ""][0] == 1
    assert told["programme_persons", ""] == (313, None, 313)
    assert told["programme_finished", ""] == (240, 313, 313)
    assert told["groups", "self_help"][0] == told["groups", ""][0] == 1
    assert told["group_participations", ""] == (16, None, 16)
    assert told["trained_specialists", ""] == (144, None, None)
    assert told["trained_residents", ""] == (143, None, 143)


def test_sessions_stand_on_the_cases_behind_them(in_alfa: Any) -> None:
    cases = [
        CrisisCase.objects.create(
            number=f"IK/{number}", opened_at=datetime(2026, 7, 1, 0, 0, tzinfo=WARSAW), contact="phone",
            identity="anonymous",
        )
        for number in (1, 2)
    ]  # fmt: skip
    for case, day, state in ((0, 2, "done"), (0, 9, "done"), (1, 2, "no_show"), (1, 3, "cancelled")):
        Session.objects.create(
            case=cases[case], starts_at=datetime(2026, 7, day, 10, tzinfo=WARSAW), minutes=60, state=state,
            place="office", worker_id=new_id(), worker_name="Anna",
        )  # fmt: skip
    told = _told()
    assert told["crisis_cases", ""] == (2, None, 2)
    assert told["crisis_sessions", ""] == (2, None, 1)
    assert told["crisis_no_show", ""] == (1, 3, 2)
    assert told["service_kinds", ""][0] == 1
