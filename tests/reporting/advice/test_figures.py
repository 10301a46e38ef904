"""Figures: sums, no-shows by lead time, waiting time, exports."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.advice.actions import cards
from reporting.advice.actions.booking import Client
from reporting.advice.models import Appointment
from reporting.advice.queries import advice_counts
from reporting.advice.rules import ShowRate, TotalsDiffer, lead_band, median_days, rates_by_lead, require_sums
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.collecting.advice import figures
from tenants.roles import Role
from tests.factories.care import WorkerFactory
from tests.factories.people import partner
from tests.reporting.advice.advice_world import ACTOR, AdviceWorld, ahead

pytestmark = pytest.mark.django_db


def test_bands_of_lead_time_and_medians() -> None:
    assert [lead_band(days) for days in (-1, 0, 3, 4, 7, 8, 14, 15, 400)] == [0, 0, 0, 1, 1, 2, 2, 3, 3]
    rates = rates_by_lead([(0, "done", 3), (2, "no_show", 1), (15, "no_show", 2), (None, "done", 4)])
    assert rates[0] == ShowRate(3, 1) and rates[3] == ShowRate(0, 2) and rates[None] == ShowRate(4, 0)
    assert rates[1].due == 0
    day = date(2026, 10, 1)
    assert median_days([]) is None
    assert median_days([(day, day + timedelta(days=n)) for n in (3, 13)]) == 8
    with pytest.raises(TotalsDiffer):
        require_sums(3, {"legal": 2}, "kind")


def _advice(world: AdviceWorld, held_on: int, booked_before: int, state: str, **fields: Any) -> None:
    appointment = world.book(ahead(held_on, fields.pop("at", 10)), **fields)
    with tenant_scope(world.tenant):
        day = timezone.localdate() + timedelta(days=held_on - booked_before)
        Appointment.objects.filter(pk=appointment.pk).update(booked_on=day)
        if state == "done":
            cards.hold(appointment, cards.CardEntry(60, "general", travel_minutes=15), actor=ACTOR)
        else:
            cards.miss(appointment, actor=ACTOR)


def test_the_page_counts_no_shows_by_lead_time_and_waiting_and_takes_one_period(advice: AdviceWorld) -> None:
    for held, before, state in ((-2, 1, "done"), (-3, 2, "done"), (-4, 16, "no_show"), (-5, 20, "done")):
        _advice(advice, held, before, state)
    request = advice.waiting(9)
    _advice(advice, -1, 0, "done", request=request, kind="family")
    client = advice.client(Role.DIRECTOR)
    page = client.get(advice.url("figures/"))
    figures = page.context["figures"]
    assert (figures.counts.total, figures.counts.by_kind["legal"], figures.counts.by_kind["family"]) == (
        4,
        3,
        1,
    )
    assert (figures.lead[0].done, figures.lead[3]) == (3, ShowRate(1, 1))
    assert figures.no_shows == ShowRate(4, 1)
    assert (figures.waiting_median, figures.waited) == (8, 1)
    assert figures.counts.minutes["travel"] == 60
    assert "20,0" in page.content.decode()
    day = f"{timezone.localdate() - timedelta(days=3):%d.%m.%Y}"
    assert (
        client.get(advice.url("figures/"), {"first": day, "last": day}).context["figures"].counts.total == 1
    )
    for wrong in ({"first": day, "last": "01.01.2020"}, {"first": "x"}, {"first": "01.01.1930", "last": day}):
        assert client.get(advice.url("figures/"), wrong).status_code == 422
    table = client.get(advice.url("figures/figures.csv")).content.decode("utf-8-sig")
    assert "Według rodzaju;razem;4" in table.replace("\r", "")


def test_one_alias_in_two_organisations_is_two_persons(advice: AdviceWorld) -> None:
    for at in (10, 12):
        _advice(advice, -2, 1, "done", at=at, client=Client(alias="K-1"))
    with tenant_scope(advice.tenant):
        other = WorkerFactory(code="B01", organisation=partner(advice.tenant, name="Fundacja Druga"))
    advice.adviser = other
    _advice(advice, -2, 1, "done", client=Client(alias="K-1"))
    with tenant_scope(advice.tenant):
        assert Appointment.objects.filter(alias="K-1", state="done").count() == 3
        held = timezone.localdate() - timedelta(days=2)
        assert advice_counts(held, held).persons == 2
        told = {one.place[0]: one for one in figures(Quarter.of(held)) if not one.category}
        assert (told["advice_persons"].numerator, told["advice"].persons) == (2, 2)


def test_what_leaves_is_harmless_to_spreadsheets(advice: AdviceWorld) -> None:
    _advice(advice, -2, 1, "done", client=Client(alias="=1+1"))
    exported = advice.client(Role.COORDINATOR).get(advice.url("export.csv")).content.decode("utf-8-sig")
    assert ";'=1+1" in exported


def test_pages_ask_a_constant_number_of_questions(advice: AdviceWorld) -> None:
    client = advice.client(Role.COORDINATOR)
    paths = ("", "figures/", "requests/", "slots/", "book/")

    def questions() -> dict[str, int]:
        asked = {}
        for path in paths:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert client.get(advice.url(path)).status_code == 200
            asked[path] = len(caught)
        return asked

    for number in range(2):
        advice.slot(ahead(3 + number)), advice.waiting(number + 1)
        _advice(advice, -2 - number, 1, "done")
    questions()  # what is asked once a process
    few = questions()
    for number in range(2, 9):
        advice.slot(ahead(3 + number)), advice.waiting(number + 1)
        _advice(advice, -2 - number, 1, "done")
    assert questions() == few
