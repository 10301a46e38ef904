"""The region sees who told what and when, who is late by how much, and who stopped and why."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.access import Actor
from kernel.periods import Month
from reporting.statistics.actions.relocating import relocate_tenant
from reporting.statistics.figures import region_figures
from reporting.statistics.models import FactsBatch, PushConsent
from reporting.statistics.queries.timeliness import Sender, due_periods, senders
from tenants.models import Tenant, Territory
from tests.factories.facts import batch_of, in_register, small_tenant

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


def _moves_to_dolnoslaskie(tenant: Tenant, january: date) -> None:
    in_register("0201022")
    there = Territory.objects.get(pk="0201022")
    relocate_tenant(tenant, there, kind="commune", valid_from=january, actor=Actor.system("tests"))


def _january_in_another_voivodeship(tenant: Tenant) -> None:
    """Told November in time and December late; of January, in the other voivodeship, nothing."""
    _agreed(tenant, date(2025, 11, 5))
    for month, day in ((date(2025, 11, 1), date(2025, 12, 10)), (date(2025, 12, 1), date(2026, 1, 25))):
        FactsBatch.objects.filter(pk=batch_of(tenant, month).pk).update(pushed_at=_noon(day))
    _moves_to_dolnoslaskie(tenant, date(2026, 1, 1))


def test_who_moved_to_another_voivodeship_is_told_of_in_each_as_long_as_it_lay_there(analyst: Client) -> None:
    tenant = small_tenant(1, "3201012")
    _january_in_another_voivodeship(tenant)
    today = date(2026, 2, 25)
    due = due_periods("month", today)
    here = next(one for one in senders("32", due, today) if one.tenant == tenant)
    there = next(one for one in senders("02", due, today) if one.tenant == tenant)
    assert (here.state, here.expected, here.told, here.late, here.missing) == ("sends", 2, 2, 1, ())
    assert (here.newest and here.newest.key, here.left) == ("2025-12", date(2026, 1, 1))
    assert (there.state, there.expected, there.told, there.newest, there.left) == ("late", 1, 0, None, None)
    assert [one.period.key for one, _days in there.missing] == ["2026-01"]
    # When no period is due any more of the time before, only the new voivodeship tells of it.
    later = date(2027, 2, 25)
    assert tenant not in [one.tenant for one in senders("32", due_periods("month", later), later)]
    assert tenant in [one.tenant for one in senders("02", due_periods("month", later), later)]


def test_the_page_of_a_month_misses_only_who_lay_in_the_voivodeship_then(analyst: Client) -> None:
    _january_in_another_voivodeship(small_tenant(1, "3201012"))
    silent = {
        (code, month): region_figures(code, Month(2026, 1) if month else Month(2025, 10)).silent
        for code in ("32", "02")
        for month in (0, 1)
    }
    assert silent == {
        ("32", 0): ("Gmina 1", "Gmina Alfa"),
        ("32", 1): ("Gmina Alfa",),
        ("02", 0): (),
        ("02", 1): ("Gmina 1",),
    }


def test_a_moved_tenant_is_named_with_the_day_and_not_written_to(analyst: Client) -> None:
    today = timezone.localdate()
    january = date(today.year, 1, 1)
    tenant = small_tenant(1, "3201012")
    _agreed(tenant, date(today.year - 1, 1, 1))
    _moves_to_dolnoslaskie(tenant, january)
    page = " ".join(analyst.get(ADDRESS).content.decode().split())
    assert f"od 01.01.{today.year} w innym województwie" in page
    assert f"tenant={tenant.pk}" not in page
