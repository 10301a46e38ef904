"""The region sees who told what and when, who is late by how much, and who stopped and why."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reporting.statistics.models import FactsBatch, PushConsent
from reporting.statistics.queries.timeliness import Sender, due_periods, senders
from tenants.models import Tenant
from tests.factories.facts import batch_of, small_tenant

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
ADDRESS = "/region/32/completeness/"


def _agreed(tenant: Tenant, since: date, **ended: Any) -> None:
    consent = PushConsent.objects.create(tenant=tenant, edition=1, **ended)
    PushConsent.objects.filter(pk=consent.pk).update(given_at=_noon(since))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def _told(tenant: Tenant, month: int, day: date, **fields: Any) -> None:
    batch = batch_of(tenant, date(2026, month, 1), **fields)
    FactsBatch.objects.filter(pk=batch.pk).update(pushed_at=_noon(day))


def _rows(today: date = TODAY) -> dict[str, Sender]:
    return {one.tenant.name: one for one in senders("32", due_periods("month", today), today)}


@pytest.fixture
def analyst(alfa: Tenant, sign_in: Callable[..., Client]) -> Client:
    PushConsent.objects.filter(tenant=alfa).delete()
    return sign_in("regional_analyst", voivodeship="32")


def test_a_period_is_due_on_its_day_of_release(db: None) -> None:
    assert str(due_periods("month", date(2026, 11, 20))[-1].period.key) == "2026-10"
    assert str(due_periods("month", date(2026, 11, 19))[-1].period.key) == "2026-09"
    assert [one.period.key for one in due_periods("quarter", TODAY)][-2:] == ["2026-Q2", "2026-Q3"]
    assert len(due_periods("month", TODAY)) == 12


def test_late_and_missing_months_are_counted_in_days(analyst: Client) -> None:
    late = small_tenant(1, "3201012")
    _agreed(late, date(2026, 7, 10))
    _told(late, 7, date(2026, 8, 10))
    _told(late, 8, date(2026, 9, 25), contracts_accepted=1, contracts_total=3)
    row = _rows()[late.name]
    # July came in time, August was due on 20 September; September and October are missing.
    assert (row.state, row.expected, row.told, row.late, row.most_late) == ("late", 4, 2, 1, 5)
    assert [(due.period.key, days) for due, days in row.missing] == [("2026-09", 33), ("2026-10", 2)]
    assert (row.overdue, row.delay, row.accepted, row.contracts) == (33, 18, 1, 3)


def test_a_month_that_was_opened_again_is_missing_until_it_is_accepted(analyst: Client) -> None:
    today = timezone.localdate()
    tenant = small_tenant(1, "3201012")
    due = due_periods("month", today)[-1].period
    _agreed(tenant, due.first)
    for accepted in (2, 1, 0):
        batch_of(tenant, due.first, contracts_accepted=accepted, contracts_total=2)
        row = _rows(today)[tenant.name]
        assert (row.told, [one.period.first for one, _days in row.missing]) == (
            (1, []) if accepted else (0, [due.first])
        )
    assert row.state == "late"
    page = " ".join(analyst.get(ADDRESS).content.decode().split())
    assert "(otwarty ponownie)" in page and "przyjęto umów: 0 z 2" in page
    batch_of(tenant, due.first, contracts_accepted=2, contracts_total=2)
    assert _rows(today)[tenant.name].state == "sends"


def test_nothing_is_expected_before_the_consent_nor_after_the_end(analyst: Client) -> None:
    gone, never = small_tenant(1, "3201012"), small_tenant(2, "3201022")
    _agreed(gone, date(2026, 7, 1), ended_at=_noon(date(2026, 9, 15)), end_reason="Wychodzimy z programu")
    _told(gone, 7, date(2026, 8, 3))
    _told(gone, 8, date(2026, 9, 3))
    rows = _rows()
    assert (rows[gone.name].state, rows[gone.name].expected, rows[gone.name].missing) == ("stopped", 2, ())
    assert (rows[never.name].state, rows[never.name].expected) == ("never", 0)
    assert next(iter(rows)) == gone.name
    new = small_tenant(3, "3201032")
    _agreed(new, date(2026, 11, 10))
    assert (_rows()[new.name].state, _rows()[new.name].expected) == ("new", 0)


def test_the_page_names_who_stopped_with_the_reason_and_leads_to_a_note(analyst: Client) -> None:
    today = timezone.localdate()
    gone, late = small_tenant(1, "3201012"), small_tenant(2, "3201022")
    _agreed(
        gone,
        today - timedelta(days=200),
        ended_at=timezone.now() - timedelta(days=190),
        end_reason="Zmiana systemu",
    )
    _agreed(late, today - timedelta(days=100))
    page = " ".join(analyst.get(ADDRESS).content.decode().split())
    assert "Zmiana systemu" in page and "wstrzymane" in page
    missing = _rows(today)[late.name].missing
    assert f"spóźnienie: {missing[0][1]} dni" in page
    oldest = missing[0][0].period.key
    assert f"/region/32/notes/new/?tenant={late.pk}&amp;topic=missing&amp;period={oldest}" in page
    assert "kwartał" in analyst.get(f"{ADDRESS}?kind=quarter").content.decode()
    assert analyst.get(f"{ADDRESS}?kind=week").context["kind"] == "month"


def test_only_tenants_of_the_region_are_named(analyst: Client, beta: Tenant) -> None:
    page = analyst.get(ADDRESS).content.decode()
    assert "Alfa" in page and beta.name not in page


def test_the_page_asks_as_much_of_many_tenants_as_of_one(analyst: Client) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert analyst.get(ADDRESS).status_code == 200
        return len(asked)

    questions()
    few = questions()
    for number in range(1, 6):
        tenant = small_tenant(number, f"32010{number}2")
        _agreed(tenant, date(2026, 1, 1))
        _told(tenant, 8, date(2026, 9, 3))
    assert questions() == few
