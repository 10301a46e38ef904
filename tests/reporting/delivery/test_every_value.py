"""Every state of a visit typed into the grid, and of a file that was brought: kept, and shown on their pages."""

from typing import Any
from unittest import mock

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from kernel.tenancy import tenant_scope
from reporting.delivery import tasks
from reporting.delivery.importing import work
from reporting.delivery.models import DiaryImport, Visit
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import OCTOBER, DiaryWorld, content, operation, results, send
from tests.reporting.delivery.test_grid_page import cells
from tests.reporting.delivery.test_imports import background, bring, line, post, world
from tests.values_on_pages import assert_offered, assert_shown

__all__ = ["background", "bring", "world"]
pytestmark = pytest.mark.django_db
# What the cell of the grid says of a visit of two hours; a new state fails until it stands here.
MARKS = {"done": "2:00", "no_show": "×", "cancelled": "○", "draft": "?"}


@pytest.mark.parametrize("state", list(Visit.State), ids=str)
def test_every_state_of_a_visit(world: DiaryWorld, state: Visit.State) -> None:
    client, page = world.client(), world.url(f"grid/?month={OCTOBER}")
    assert_offered(client, page, state)
    [saved] = results(send(client, world, operation(world, content=content(world, state=state.value))))
    assert (saved["status"], saved["visit"]["state"]) == (200, state)
    with tenant_scope(world.tenant):
        assert Visit.objects.get().state == state
    # The seventh of October.
    assert cells(client.get(page).content.decode(), world.decision)[6][1] == MARKS[state]


@pytest.mark.parametrize("state", list(DiaryImport.State), ids=str)
def test_every_state_of_a_file(
    world: DiaryWorld,
    bring: Any,
    background: Any,
    django_capture_on_commit_callbacks: Any,
    state: DiaryImport.State,
) -> None:
    client, states = world.client(), DiaryImport.State
    if state == states.WAITING:
        with mock.patch.object(tasks.check_import, "apply_async", side_effect=OperationalError("away")):
            brought = bring(client, csv_file([line(world)]))
    else:
        told = {"worker": "nikt"} if state == states.REFUSED else {}
        brought = bring(client, csv_file([line(world, **told)]))
    if state == states.SAVED:
        post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    elif state == states.FAILED:
        with mock.patch.object(work, "record", side_effect=RuntimeError("disk")), pytest.raises(RuntimeError):
            post(client, world, brought, "confirm", django_capture_on_commit_callbacks)
    elif state in (states.CHECKING, states.SAVING):
        # As it stands while the background is at work.
        with tenant_scope(world.tenant):
            DiaryImport.objects.update(state=state, progress_at=timezone.now())
    with tenant_scope(world.tenant):
        assert DiaryImport.objects.get().state == state
    for page in (world.url("import/"), world.url(f"import/{brought.pk}/")):
        assert_shown(client, page, state)
