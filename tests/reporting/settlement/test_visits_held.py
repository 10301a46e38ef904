"""Late visits, and visits found not to have been held, told to the radar and to promised against delivered."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from kernel.access import Access, Actor
from kernel.tenancy import tenant_scope
from reporting.continuity.pack import pack_of
from reporting.continuity.queries import radar
from reporting.delivery.models import Visit
from reporting.evaluation.models import Measurement, MeasuringSettings
from reporting.settlement.models import AcceptedLine, Adjustment
from tenants.models import Tenant
from tenants.roles import Role
from tests.reporting.evaluation.measuring_world import MeasuringWorld, build_world
from tests.reporting.evaluation.test_commitments import close_october, october, page_of, words

UNIT = Access(Actor.system("tests"), organisation_ids=None)


@pytest.fixture
def world(alfa: Tenant) -> MeasuringWorld:
    """October is accepted; on the 26th, a Monday, nobody came."""
    world = build_world(alfa)
    with tenant_scope(alfa):
        close_october(world)
    return world


@pytest.fixture
def accountant(sign_in: Callable[..., Client], world: MeasuringWorld) -> Client:
    return sign_in(Role.ACCOUNTANT, world.tenant)


def place(world: MeasuringWorld, rest: str) -> str:
    return f"/alfa/settlement/{world.contract.pk}/2026-10/{rest}"


def add_late(world: MeasuringWorld, accountant: Client, **changed: Any) -> None:
    """A visit of Monday the 26th at 10:00 by Anna, for two hours, that nobody had entered."""
    typed = {
        "decision": world.decision.pk, "worker": world.anna.pk, "date": "26.10.2026", "start": "10:00",
        "minutes": "2:00", "words": "Karta papierowa", "carried_in": "2026-11", "justification": "Zgoda",
    }  # fmt: skip
    answer = accountant.post(place(world, "late/"), {**typed, **changed})
    assert answer.status_code == 302, words(answer)[-1500:]


def withdraw(world: MeasuringWorld, accountant: Client) -> None:
    with tenant_scope(world.tenant):
        made = Adjustment.objects.standing().get()
    assert accountant.post(place(world, f"withdraw/{made.pk}/"), {"reason": "Pomyłka"}).status_code == 302


def last_heard(world: MeasuringWorld, today: date = date(2026, 11, 23)) -> date | None:
    with tenant_scope(world.tenant):
        silences = radar(UNIT, today).open
        line = next(one for one in pack_of([world.contract], today).lines)
    (silence,) = silences
    assert silence.last_visit == line.last_visit
    return silence.last_visit


def test_who_was_visited_late_is_not_silent(
    world: MeasuringWorld, accountant: Client, sign_in: Callable[..., Client]
) -> None:
    """Mondays are planned: after the 19th nobody came on the 26th, 2, 9 and 16 November, and three are too many."""
    tenth = date(2026, 11, 10)
    assert last_heard(world, tenth) == date(2026, 10, 19)
    with tenant_scope(world.tenant):
        before = pack_of([world.contract], tenth).contracts[0].used
    add_late(world, accountant)
    with tenant_scope(world.tenant):
        assert radar(UNIT, tenth).open == ()
        assert pack_of([world.contract], tenth).contracts[0].used == before + 120
    assert last_heard(world) == date(2026, 10, 26)
    noon = datetime(2026, 11, 23, 11, tzinfo=UTC)
    with mock.patch.object(timezone, "now", return_value=noon):
        told = words(sign_in(Role.SOCIAL_WORKER, world.tenant).get("/alfa/continuity/"))
    assert "26.10.2026" in told and str(world.anna) in told
    withdraw(world, accountant)
    assert last_heard(world, tenth) == date(2026, 10, 19)


def test_a_visit_that_was_not_held_ends_no_silence(world: MeasuringWorld, accountant: Client) -> None:
    with tenant_scope(world.tenant):
        newest = Visit.objects.get(date=date(2026, 10, 19))
    typed = {
        "direction": "less",
        "minutes": "2:00",
        "reason": "complaint",
        "words": "Skarga",
        "carried_in": "2026-11",
    }
    where = place(world, f"correct/{newest.pk}/")
    assert accountant.post(where, typed).status_code == 302
    # Its pay was taken back; that nobody was there, nobody says.
    assert last_heard(world) == date(2026, 10, 19)
    withdraw(world, accountant)
    assert accountant.post(where, {**typed, "reason": "not_held"}).status_code == 302
    assert last_heard(world) == date(2026, 10, 17)


def test_a_late_visit_counts_in_what_was_promised(
    world: MeasuringWorld, accountant: Client, sign_in: Callable[..., Client]
) -> None:
    with tenant_scope(world.tenant):
        # What is on time now was not asked of October when it was accepted.
        MeasuringSettings.objects.create(punctual_minutes=25, replacement_within_hours=1)
        before = list(Measurement.objects.order_by("key").values("key", "value", "outcome", "part", "whole"))
    add_late(world, accountant, start="18:30", date="26.10.2026")
    page = page_of(world, sign_in)
    assert "4 z 5" in october(page, "same_carer") and "80,0 %" in october(page, "same_carer")
    assert "4 z 5" in october(page, "qualified_staff")
    assert "4 z 4" in october(page, "planned_days") and "✓ dotrzymane" in october(page, "planned_days")
    assert "2 z 4" in october(page, "visits_on_plan"), "it came eight hours later than planned"
    assert "3,0 h" in october(page, "evening_hours") and "✓ dotrzymane" in october(page, "evening_hours")
    assert "8,5 h" in october(page, "replacement_hours")
    assert "1 z 2" in october(page, "punctual_visits")
    assert "8 h 30 min z 8 h" in october(page, "delivered_hours")
    key = world.keys["evening_hours"]
    behind = words(
        accountant.get(f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{key}/", follow=True)
    )
    assert "poniedziałek, 26 października 2026 18:30" in behind
    assert "Zmierzono przy przyjęciu" not in behind
    with tenant_scope(world.tenant):
        told = Entry.objects.get(verb="measure_again").payload["changed"]
        assert {one["commitment"]: one["before"][0] for one in told}["Obietnica evening_hours"] == "1.00"
    withdraw(world, accountant)
    with tenant_scope(world.tenant):
        assert before == list(
            Measurement.objects.order_by("key").values("key", "value", "outcome", "part", "whole")
        )


def test_an_unqualified_carer_of_a_late_visit_counts_against_the_promise(
    world: MeasuringWorld, accountant: Client
) -> None:
    add_late(world, accountant, worker=world.beata.pk)
    with tenant_scope(world.tenant):
        kept = {row.measure: row for row in Measurement.objects.all()}
        assert (kept["qualified_staff"].part, kept["qualified_staff"].whole) == (3, 5)
        assert (kept["visits_on_plan"].part, kept["visits_on_plan"].outcome) == (3, "met")


def test_a_visit_that_was_not_held_counts_in_no_promise(world: MeasuringWorld, accountant: Client) -> None:
    with tenant_scope(world.tenant):
        first = Visit.objects.get(date=date(2026, 10, 5))
    typed = {
        "direction": "less",
        "minutes": "2:00",
        "reason": "not_held",
        "words": "Skarga",
        "carried_in": "2026-11",
    }
    assert accountant.post(place(world, f"correct/{first.pk}/"), typed).status_code == 302
    with tenant_scope(world.tenant):
        kept = {row.measure: row for row in Measurement.objects.all()}
        assert (kept["planned_days"].part, kept["planned_days"].whole) == (2, 4)
        assert kept["delivered_hours"].value == Decimal("56.25")
        assert AcceptedLine.objects.get().adjusted_minutes == -120
    withdraw(world, accountant)
    with tenant_scope(world.tenant):
        assert Measurement.objects.get(measure="planned_days").part == 3


def test_what_people_stated_of_the_month_stays(
    world: MeasuringWorld, accountant: Client, sign_in: Callable[..., Client]
) -> None:
    stated = f"/alfa/evaluation/commitments/{world.contract.pk}/2026-10/{world.keys['reported']}/state/"
    sign_in(Role.DIRECTOR, world.tenant).post(stated, {"value": "5", "evidence": "Rejestr"})
    add_late(world, accountant)
    with tenant_scope(world.tenant):
        row = Measurement.objects.get(measure="reported")
        assert (row.value, row.outcome, row.side) == (Decimal(5), "met", "confirmed")
