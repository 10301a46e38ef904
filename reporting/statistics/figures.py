"""What a region's page shows: two statements over the facts, hidden cells already hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext

from kernel.periods import Month
from reporting.statistics.models import DisclosureRule, Fact
from reporting.statistics.rules import Cell, Table, protect
from tenants.models import Tenant

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class RegionFigures:
    """One voivodeship in one month, its months before, and the country beside it.

    `tenants` are the tenants that pushed, `silent` those that did not; `months` has a cell for each of the last
    24 months in which anybody pushed; `country` one for each voivodeship with figures in the month.
    """

    month: Month
    threshold: int
    tenants: Table
    silent: tuple[str, ...]
    months: tuple[Cell, ...]
    country: tuple[Cell, ...]


def newest_month(voivodeship: str) -> Month | None:
    """The newest month that any tenant of the voivodeship pushed."""
    newest: date | None = (
        Fact.objects.care_of_month()
        .filter(voivodeship_id=voivodeship)
        .aggregate(newest=Max("period"))["newest"]
    )
    return Month.of(newest) if newest else None


def threshold_on(day: date) -> int:
    """Figures of fewer persons than this are hidden on the day; raises DisclosureRule.DoesNotExist without a rule."""
    return int(
        DisclosureRule.objects.filter(valid_from__lte=day)
        .values_list("persons_threshold", flat=True)[:1]
        .get()
    )


def _cell(key: str, label: str, row: Mapping[str, Any]) -> Cell:
    return Cell(key, label, int(row["persons_sum"]), int(row["granted_sum"]), int(row["delivered_sum"]))


def _missing(row: Mapping[str, Any]) -> str:
    """What the tenant's month still lacks: contracts whose month was not accepted."""
    if row["accepted"] == row["contracts"]:
        return ""
    return gettext("accepted %(accepted)s of %(contracts)s contracts") % {
        "accepted": row["accepted"],
        "contracts": row["contracts"],
    }


def _hide_few(cell: Cell, threshold: int) -> Cell:
    return protect([cell], threshold).cells[0]


def region_figures(voivodeship: str, month: Month, today: date) -> RegionFigures:
    """The figures of a region's page; the number of statements does not depend on tenants or months."""
    threshold = threshold_on(today)
    first = month
    for _step in range(MONTHS_SHOWN - 1):
        first = first.previous()
    months: list[Cell] = []
    country: list[Cell] = []
    for row in Fact.objects.by_voivodeship_and_month(first.first, month.first):
        if row["voivodeship_id"] == voivodeship:
            months.append(_hide_few(_cell(str(Month.of(row["month"])), "", row), threshold))
        if row["month"] == month.first:
            country.append(_hide_few(_cell(row["voivodeship_id"], "", row), threshold))
    rows = list(Fact.objects.by_tenant(voivodeship, month.first))
    # Whoever pushed is in table, line and map alike, also when suspended since: else the difference would tell it.
    cells = [
        replace(_cell(str(row["tenant_id"]), row["tenant__name"], row), note=_missing(row)) for row in rows
    ]
    pushed = {row["tenant_id"] for row in rows}
    silent = (
        Tenant.objects.active().filter(voivodeship_id=voivodeship).exclude(pk__in=pushed).order_by("name")
    )
    return RegionFigures(
        month=month,
        threshold=threshold,
        tenants=protect(cells, threshold),
        silent=tuple(silent.values_list("name", flat=True)),
        months=tuple(months),
        country=tuple(country),
    )
