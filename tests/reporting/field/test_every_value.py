"""Every state of an entry from a phone, priority of an observation and source of a visit that a phone meets."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.delivery import tasks
from reporting.delivery.actions import freeze_month
from reporting.delivery.models import DiaryImport, Visit
from reporting.field.models import Observation, PhoneEntry
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import visit
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import MONDAY, operation, results, send
from tests.reporting.delivery.test_import_command import run
from tests.reporting.delivery.test_imports import line
from tests.reporting.exchange.calling import System, batch
from tests.reporting.field.field_world import NOW, WEDNESDAY, FieldWorld
from tests.reporting.field.test_late import send_late, shown_in_form
from tests.reporting.field.test_three_doors import made, system
from tests.reporting.settlement.test_settlement_pages import post
from tests.reporting.settlement.world import accepted_world
from tests.values_on_pages import assert_shown, times_said, words_of

__all__ = ["made", "system"]
State = PhoneEntry.State


def _nothing(_world: FieldWorld) -> None:
    """The diary lets the entry in."""


def _closed(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        freeze_month(world.diary.contract, WEDNESDAY, actor=Actor.system("tests"))


def _taken(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        visit(world.decision, world.diary.anna, WEDNESDAY, "09:00", 60, source="file")


# What stands in the way of a visit from a phone, what is odd about it, and what the coordinator chooses, by the state
# that it comes to; a new state fails until it stands here.
COMES_BY: dict[str, tuple[Callable[[FieldWorld], None], dict[str, Any], str]] = {
    "stored": (_nothing, {}, ""),
    "waiting": (_closed, {}, ""),
    "conflict": (_taken, {}, ""),
    "clock": (_nothing, {"jumped": True}, ""),
    "refused": (_nothing, {"activities": ["dancing"]}, ""),
    "dismissed": (_taken, {}, "keep"),
}


def _says_so(client: Client, page: str, state: PhoneEntry.State) -> None:
    """The badge of the page says the state, in each language."""
    for language, words in words_of(state).items():
        client.cookies["django_language"] = language
        shown = client.get(page).content.decode().replace("\u00a0", " ")
        assert re.search(rf'class="badge[^>]*>[^<]*{re.escape(words)}', shown), (language, words)


@pytest.mark.parametrize("state", [one for one in State if one != State.LATE], ids=str)
def test_every_state_of_an_entry(world: FieldWorld, state: PhoneEntry.State) -> None:
    before, changed, choice = COMES_BY[state]
    before(world)
    entry, coordinator = world.entry(**changed), world.diary.client()
    [told] = world.outcomes(entry)
    page = world.url(f"entries/{entry['id']}/")
    if choice:
        assert coordinator.post(page, {"choice": choice}).status_code == 302
    else:
        assert told["outcome"] == state
    assert world.kept(entry["id"]).state == state
    _says_so(coordinator, page, state)
    if state in PhoneEntry.OPEN:
        _says_so(coordinator, world.url("entries/"), state)


def test_an_entry_that_was_added_late_says_so(alfa: Tenant, sign_in: Callable[..., Client]) -> None:
    settled = accepted_world(alfa)
    sent, accountant = send_late(settled, sign_in), sign_in(Role.ACCOUNTANT, alfa)
    where = f"/alfa/field/late/{sent.pk}/"
    told = {"carried_in": "2026-11", "justification": "Zlecona dodatkowo"}
    post(accountant, where, {**shown_in_form(accountant, where), **told})
    with tenant_scope(alfa):
        assert PhoneEntry.objects.get(pk=sent.pk).state == State.LATE
    coordinator = sign_in(Role.NGO_COORDINATOR, alfa, settled.organisation)
    _says_so(coordinator, f"/alfa/field/entries/{sent.pk}/", State.LATE)


@pytest.mark.parametrize("priority", list(Observation.Priority), ids=str)
def test_every_priority_of_an_observation(world: FieldWorld, priority: Observation.Priority) -> None:
    client, page = world.diary.client(), world.url("observations/")
    # The page without observations speaks of urgent ones.
    world.outcomes(world.observation(priority=next(one for one in Observation.Priority if one != priority)))
    before = times_said(client, page, priority)
    [told] = world.outcomes(world.observation(priority=priority.value))
    assert told["kept"]
    with tenant_scope(world.diary.tenant):
        assert Observation.objects.get(pk=told["id"]).priority == priority
    assert_shown(client, page, priority, before=before)


@dataclass
class Doors:
    """What the doors to the diary of a world need."""

    world: FieldWorld
    system: System
    file: Path
    capsys: pytest.CaptureFixture[str]

    def grid(self) -> None:
        [saved] = results(send(self.world.diary.client(), self.world.diary, operation(self.world.diary)))
        assert saved["status"] == 200

    def brought(self) -> None:
        coordinator, diary = self.world.diary.client(), self.world.diary
        file = SimpleUploadedFile(self.file.name, self.file.read_bytes())
        sent = {"contract": str(diary.contract.pk), "file": file}
        assert coordinator.post(diary.url("import/"), sent).status_code == 302
        with tenant_scope(diary.tenant):
            kept = DiaryImport.objects.get()
            tasks.check_import(str(kept.pk))
        assert coordinator.post(diary.url(f"import/{kept.pk}/confirm/")).status_code == 302
        with tenant_scope(diary.tenant):
            tasks.save_import(str(kept.pk))

    def command(self) -> None:
        assert run(self.capsys, self.world.diary, self.file)[0] == 0

    def phone(self) -> None:
        [told] = self.world.outcomes(self.world.entry(date=MONDAY.isoformat()))
        assert told["outcome"] == "stored"

    def api(self) -> None:
        assert self.system.post("visits/", batch(self.world.diary)).json()["added"] == 1


# The door of each source; a new source fails until it stands here.
BROUGHT_BY: dict[str, Callable[[Doors], None]] = {
    "grid": Doors.grid,
    "file": Doors.brought,
    "command": Doors.command,
    "phone": Doors.phone,
    "api": Doors.api,
}


@pytest.mark.parametrize("source", list(Visit.Source), ids=str)
def test_every_source_of_a_visit_is_named_where_a_phone_meets_it(
    made: FieldWorld,
    system: System,
    source: Visit.Source,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Once the token is made, by the clock of the machine.
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    file = tmp_path / "dziennik.csv"
    file.write_bytes(csv_file([line(made.diary)]))
    BROUGHT_BY[source](Doors(made, system, file, capsys))
    with tenant_scope(made.diary.tenant):
        assert Visit.objects.get(decision=made.decision, date=MONDAY).source == source
    met = made.entry(date=MONDAY.isoformat(), start="09:00", end="11:00")
    [told] = made.outcomes(met)
    assert [one["source"] for one in told["entry"]["current"]] == [words_of(source)["pl"]]
    coordinator, page = made.diary.client(), made.url(f"entries/{met['id']}/")
    for language, words in words_of(source).items():
        coordinator.cookies["django_language"] = language
        assert f"({words})</th>" in coordinator.get(page).content.decode().replace("\u00a0", " "), language
