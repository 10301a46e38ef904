"""Two publications of one period at once, and figures that come while a page of the region is read."""

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any
from unittest import mock

import pytest

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.statistics import figures
from reporting.statistics.actions import publishing
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.figures import region_figures
from reporting.statistics.models import FactsBatch, Release, ReleasedCell, ReleasedQuartiles, Standing
from tenants.models import Tenant
from tests.factories.facts import care_told
from tests.racing import at_once, committed_tenant
from tests.racing import committing as db
from tests.reporting.statistics.sending_world import ACTOR, THIRD_QUARTER

__all__ = ["db"]
# A month of which no other test releases anything.
MAY = date(2024, 5, 1)


@pytest.fixture
def racing(db: None) -> Iterator[Tenant]:
    with committed_tenant("wyscig-publikacji", "Wyścig publikacji") as tenant:
        care_told(tenant, MAY, uslugi=9)
        try:
            yield tenant
        finally:
            for about in (ReleasedCell, ReleasedQuartiles, Standing):
                about.objects.filter(period=MAY).delete()
            Release.objects.filter(period=MAY).delete()


def _publish() -> Any:
    return publish("month", MAY, actor=ACTOR)


def _numbers() -> list[int]:
    return list(Release.objects.filter(period=MAY).order_by("number").values_list("number", flat=True))


def test_of_two_publications_at_once_one_releases(racing: Tenant) -> None:
    assert at_once(None, _publish, _publish) == ["done", "done"]
    assert _numbers() == [1]
    assert Standing.objects.filter(period=MAY, tenant=racing).count() == 1


def test_without_the_lock_the_database_refuses_the_second(racing: Tenant) -> None:
    """The race is real: both have read that nothing is released, and both would write the first release."""
    both_have_read = threading.Barrier(2)
    write = publishing._Publication._write

    def write_together(self: Any, *args: Any, **kwargs: Any) -> Any:
        both_have_read.wait(10)
        return write(self, *args, **kwargs)

    with (
        mock.patch.object(publishing, "lock_release"),
        mock.patch.object(publishing._Publication, "_write", write_together),
    ):
        assert sorted(at_once(None, _publish, _publish)) == ["constraint", "done"]
    assert _numbers() == [1]


def test_a_push_while_the_page_is_read_neither_waits_nor_changes_what_is_shown(racing: Tenant) -> None:
    _publish()
    reading, pushed = threading.Event(), threading.Event()
    read = figures._through_time

    def read_slowly(*args: Any) -> Any:
        reading.set()
        assert pushed.wait(10), "the push waited for the reader"
        return read(*args)

    def push() -> Any:
        assert reading.wait(10)
        with tenant_scope(racing):
            Result.objects.create(kind="event", title="Piknik", happened_on=THIRD_QUARTER)
            push_quarter(Quarter.of(THIRD_QUARTER), actor=ACTOR)
        care_told(racing, MAY, uslugi=30)
        pushed.set()

    seen: list[Any] = []
    with mock.patch.object(figures, "_through_time", read_slowly):
        outcomes = at_once(None, lambda: seen.append(region_figures("32", Month.of(MAY))), push)
    assert outcomes == ["done", "done"]
    [shown] = seen
    [cell] = [one for one in shown.tenants if one.key == str(racing.pk)]
    assert (cell.persons, cell.granted) == (9, 5400)
    assert FactsBatch.objects.filter(tenant=racing, period=MAY).count() == 2
    # What came meanwhile is shown by the next release, all at once.
    _publish()
    [cell] = [one for one in region_figures("32", Month.of(MAY)).tenants if one.key == str(racing.pk)]
    assert (cell.persons, cell.granted) == (30, 18000)
