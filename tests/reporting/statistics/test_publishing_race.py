"""Two publications of one period at once, and figures that come while a period is released or a page is read."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.statistics import figures
from reporting.statistics.actions import publishing
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.figures import region_figures
from reporting.statistics.models import (
    Contribution,
    FactsBatch,
    HeldFact,
    Release,
    ReleasedCell,
    Standing,
)
from tenants.models import Tenant
from tests.factories.facts import care_told, fact_of
from tests.factories.people import OrganisationFactory
from tests.racing import PATIENCE, at_once, committed_tenant, results_at_once, until_somebody_waits
from tests.racing import committing as db
from tests.reporting.statistics.sending_world import ACTOR, THIRD_QUARTER, forget_releases

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
            forget_releases(MAY)


def _publish() -> Any:
    return publish("month", MAY, actor=ACTOR)


def _numbers() -> list[int]:
    return list(Release.objects.filter(period=MAY).order_by("number").values_list("number", flat=True))


def test_of_two_publications_at_once_one_releases(racing: Tenant) -> None:
    assert at_once(None, _publish, _publish) == ["done", "done"]
    assert _numbers() == [1]
    assert Standing.objects.filter(period=MAY, tenant=racing).count() == 1


def test_the_second_publication_sees_what_the_first_released(racing: Tenant) -> None:
    """Its instant comes after the lock: else it would release once more what it cannot see."""
    write = publishing._Publication._write

    def write_late(self: Any, *args: Any, **kwargs: Any) -> Any:
        until_somebody_waits()
        return write(self, *args, **kwargs)

    with mock.patch.object(publishing._Publication, "_write", write_late):
        assert at_once(None, _publish, _publish) == ["done", "done"]
    assert _numbers() == [1]


@pytest.mark.parametrize("what", ["another publication", "a push"])
def test_a_publication_within_a_transaction_keeps_others_waiting_until_it_ends(
    racing: Tenant, what: str
) -> None:
    """It cannot see one instant, as one that begins its own does: so nothing comes between its statements."""
    second = _publish if what == "another publication" else lambda: care_told(racing, MAY, uslugi=30)
    reached = threading.Event()

    def wait_there(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not reached.is_set() and 'FROM "statistics_contribution"' in str(sql):
            reached.set()
            until_somebody_waits()
        return execute(sql, params, many, context)

    def release() -> None:
        with transaction.atomic(), connection.execute_wrapper(wait_there):
            _publish()
            # Released, and not yet seen by anybody else.
            until_somebody_waits()

    def come_later() -> None:
        assert reached.wait(PATIENCE), "the release never came there"
        second()

    assert at_once(None, release, come_later) == ["done", "done"]
    assert (_numbers(), _shown(racing)) == ([1], "9")
    if what == "a push":
        _publish()
        assert (_numbers(), _shown(racing)) == ([1, 2], "30")


def test_without_the_lock_the_database_refuses_the_second(racing: Tenant) -> None:
    """The race is real: both have read that nothing is released, and both would write the first release."""
    both_have_read = threading.Barrier(2)
    write = publishing._Publication._write

    def write_together(self: Any, *args: Any, **kwargs: Any) -> Any:
        both_have_read.wait(PATIENCE)
        return write(self, *args, **kwargs)

    with (
        mock.patch.object(publishing, "one_release", side_effect=lambda *period: transaction.atomic()),
        mock.patch.object(publishing._Publication, "_write", write_together),
    ):
        assert sorted(at_once(None, _publish, _publish)) == ["constraint", "done"]
    assert _numbers() == [1]


def _released_while(where: str, change: Callable[[], Any]) -> Release | None:
    """What is released where something is committed just before the release's first statement with these words."""
    reached, changed = threading.Event(), threading.Event()

    def wait_there(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not reached.is_set() and where in str(sql):
            reached.set()
            assert changed.wait(PATIENCE), "the change waited for the release"
        return execute(sql, params, many, context)

    def release() -> Any:
        with connection.execute_wrapper(wait_there):
            return _publish()

    def change_then() -> None:
        assert reached.wait(PATIENCE), "the release never came there"
        change()
        changed.set()

    made, _changed = results_at_once(None, release, change_then)
    if isinstance(made, Exception):
        raise made
    return made


def _shown(tenant: Tenant, code: str = "care_persons") -> Any:
    cells = ReleasedCell.objects.current().filter(period=MAY, place=str(tenant.pk))
    return next((one.figures[code][1] for one in cells if one.figures and code in one.figures), None)


def test_a_push_during_a_release_drops_nobody_from_it(racing: Tenant) -> None:
    """Its older figures stand in the release, or its newer ones; never none."""
    _released_while('FROM "statistics_contribution"', lambda: care_told(racing, MAY, uslugi=30))
    assert _shown(racing) == "9"
    assert Standing.objects.get(period=MAY, tenant=racing).batch.version == 1
    _publish()
    assert _shown(racing) == "30"


def test_a_confirmation_during_a_release_bares_no_providers_price(racing: Tenant) -> None:
    """The price comes with who stands behind it, or not yet: alone it would be taken for a public unit's own."""
    batch = FactsBatch.objects.get(tenant=racing, period=MAY)
    held = HeldFact.objects.create(batch=batch, tenant=racing, indicator="hour_price", reason="jump")

    def confirm() -> None:
        with transaction.atomic():
            price = fact_of(batch, "hour_price", 36000, denominator=Decimal(4860))
            Contribution.objects.create(
                fact=price, organisation=OrganisationFactory(), legal_form="association", value=36000
            )
            HeldFact.objects.filter(pk=held.pk).update(
                state=HeldFact.State.CONFIRMED, decided_at=timezone.now(), note="tak było"
            )

    _released_while('FROM "statistics_fact"', confirm)
    assert _shown(racing, "hour_price") is None
    _publish()
    assert _shown(racing) == "9"
    [price] = (
        ReleasedCell.objects.current()
        .filter(period=MAY, place=str(racing.pk), part="*")
        .filter(population="business:hour_price")
    )
    assert (price.hidden, price.figures) == ("providers", None)


def test_a_batch_that_is_changed_meanwhile_hinders_no_release(racing: Tenant) -> None:
    """Foreign keys are checked against a row that changed after the release's instant: an erasure takes names out."""
    batch = FactsBatch.objects.filter(tenant=racing, period=MAY)
    release = _released_while(
        'INSERT INTO "statistics_standing"', lambda: batch.update(pushed_by_name="Nowe Nazwisko")
    )
    assert release is not None
    assert (release.number, _numbers(), _shown(racing)) == (1, [1], "9")


def test_a_push_while_the_page_is_read_neither_waits_nor_changes_what_is_shown(racing: Tenant) -> None:
    _publish()
    reading, pushed = threading.Event(), threading.Event()
    read = figures._through_time

    def read_slowly(*args: Any) -> Any:
        reading.set()
        assert pushed.wait(PATIENCE), "the push waited for the reader"
        return read(*args)

    def push() -> Any:
        assert reading.wait(PATIENCE)
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
