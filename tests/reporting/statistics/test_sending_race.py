"""Two pushes of one period at once: one after the other, so that every version follows the one before it."""

import threading
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest

from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.statistics.actions import pushing, receiving
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.actions.receiving import receive
from reporting.statistics.actions.reviewing import confirm_held
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import Fact, FactsBatch, HeldFact
from tenants.models import Tenant
from tests.racing import at_once, committed_tenant
from tests.racing import committing as db
from tests.reporting.statistics.sending_world import ACTOR, THIRD_QUARTER, quarter_of, results, signed

__all__ = ["db"]
QUARTER = Quarter.of(THIRD_QUARTER)


@pytest.fixture
def racing(db: None) -> Iterator[Tenant]:
    with committed_tenant("wyscig-danych", "Wyścig danych") as tenant:
        with tenant_scope(tenant):
            Result.objects.create(kind="event", title="Piknik", happened_on=THIRD_QUARTER)
        yield tenant


def _push() -> Any:
    return push_quarter(QUARTER, actor=ACTOR)


def _versions(tenant: Tenant) -> list[int]:
    return list(
        FactsBatch.objects.filter(tenant=tenant).order_by("version").values_list("version", flat=True)
    )


def test_of_two_pushes_of_the_same_figures_one_is_told(racing: Tenant) -> None:
    assert at_once(racing, _push, _push) == ["done", "done"]
    assert _versions(racing) == [1]
    assert Fact.objects.filter(tenant=racing, indicator="results", category="event").count() == 1


def test_without_the_lock_the_database_refuses_the_second(racing: Tenant) -> None:
    """The race is real: both have read that nothing was sent, and both would write the first version."""
    both_have_read = threading.Barrier(2)
    sign = pushing._signature

    def sign_together(tenant: Any, text: str) -> str:
        both_have_read.wait(10)
        return sign(tenant, text)

    with (
        mock.patch.object(pushing, "hold_chain"),
        mock.patch.object(pushing, "lock_period"),
        mock.patch.object(receiving, "lock_period"),
        mock.patch.object(pushing, "_signature", sign_together),
    ):
        outcomes = sorted(at_once(racing, _push, _push))
    # The later one finds the same batch there, or is stopped by the constraint of versions.
    assert outcomes in (["constraint", "done"], ["done", "done"])
    assert _versions(racing) == [1]


def test_a_figure_is_confirmed_once(racing: Tenant) -> None:
    text = quarter_of(racing, results(2001))
    receive(racing, text, signed(racing, text), actor=ACTOR)
    held = HeldFact.objects.get(tenant=racing)

    def confirm() -> Any:
        return confirm_held(held.pk, note="tak było", actor=ACTOR)

    assert sorted(at_once(racing, confirm, confirm)) == ["decided_already", "done"]
    assert Fact.objects.filter(tenant=racing, category="event").count() == 1


def test_a_correction_and_a_confirmation_at_once_leave_one_figure(racing: Tenant) -> None:
    text = quarter_of(racing, results(2001))
    receive(racing, text, signed(racing, text), actor=ACTOR)
    held = HeldFact.objects.get(tenant=racing)
    outcomes = at_once(racing, _push, lambda: confirm_held(held.pk, note="tak było", actor=ACTOR))
    assert outcomes[0] == "done" and outcomes[1] in ("done", "decided_already")
    current = Fact.objects.current().get(tenant=racing, indicator="results", category="event")
    assert (current.numerator, current.batch.version) == (1, 2)
