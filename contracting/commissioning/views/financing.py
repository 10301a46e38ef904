"""Pages of step 4: sources and costs by year, and whether the money covers the planned hours of every month."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from contracting.commissioning import steps
from contracting.commissioning.actions import financing as verbs
from contracting.commissioning.actions import rows_stamp
from contracting.commissioning.forms import financing as forms
from contracting.commissioning.law import Limit, limits_on
from contracting.commissioning.models import CostLine, Cycle, FundingSource, PaymentTable
from contracting.commissioning.permissions import EDIT_FINANCING, READ_CYCLES
from contracting.commissioning.plans import FinancingTable, financing_table
from contracting.commissioning.rules.financing import (
    MonthCover,
    YearCover,
    hours_of,
    missing_money,
    share_percent,
)
from contracting.commissioning.views.frame import cycle_of, step_frame
from contracting.commissioning.views.rows import answer_rows, rows_page
from kernel.doors import Request, tenant_door
from ui.charts import Chart, Series, Unit, line_chart
from ui.formatting import format_minutes_text, format_month_short

_CRITERIA = ("income_criterion_alone_pln", "income_criterion_family_pln")


@dataclass(frozen=True)
class SourceShare:
    """A source with its share in all the money of its year, in percent."""

    source: FundingSource
    share: Decimal | None


@dataclass(frozen=True)
class ShortMonth:
    """A month that is not funded in full, with the money that is missing (None where an hour has no price)."""

    cover: MonthCover
    money: Decimal | None


def _short_months(years: Sequence[YearCover]) -> list[ShortMonth]:
    return [
        ShortMonth(month, missing_money(year.sums, month.missing))
        for year in years
        for month in year.unfunded_months
    ]


@tenant_door(READ_CYCLES)
def show_financing(request: Request, pk: str) -> HttpResponse:
    """The financing on one page: years, months that lack money, sources, costs, payments of persons."""
    cycle = cycle_of(request, pk)
    table = financing_table(cycle)
    money = {year.year: year.sums.sources for year in table.years}
    frame = step_frame(request, cycle, steps.FINANCING)
    context = {
        **frame,
        "table": table,
        "sources": [SourceShare(row, share_percent(row.amount, money[row.year])) for row in table.sources],
        "by_kind": _by_kind(table),
        "short_months": _short_months(table.years),
        "outside": [year for year in table.years if not year.planned],
        "chart": _chart(table),
        "payment_table": _table_in_force(cycle),
        "criteria": _criteria(cycle),
        "editable_money": frame["in_work"] and request.access.may(EDIT_FINANCING),
    }
    return render(request, "commissioning/financing.html", context)


def _by_kind(table: FinancingTable) -> list[tuple[Any, Decimal, Decimal | None]]:
    """All years together: each kind of source with its amount and its share in the costs."""
    sums: dict[str, Decimal] = {}
    for row in table.sources:
        sums[row.kind] = sums.get(row.kind, Decimal(0)) + row.amount
    return [
        (kind.label, sums[kind.value], share_percent(sums[kind.value], table.whole.sources))
        for kind in FundingSource.Kind
        if kind.value in sums
    ]


def _table_in_force(cycle: Cycle) -> PaymentTable | None:
    found: PaymentTable | None = (
        PaymentTable.objects.filter(service=cycle.service_id, valid_from__lte=cycle.period_from)
        .order_by("-valid_from")
        .first()
    )
    return found


def _criteria(cycle: Cycle) -> list[tuple[str, Limit | None]]:
    """The income criteria on the first day of the cycle."""
    limits = limits_on(cycle.period_from)
    return [(code, limits.get(code)) for code in _CRITERIA]


def _chart(table: FinancingTable) -> Chart | None:
    months = [month for year in table.years for month in year.months]
    if not table.planned:
        return None
    return line_chart(
        title=_("Planned and funded hours by month"),
        description=_("%(funded)s of %(planned)s planned are funded.")
        % {"funded": format_minutes_text(table.funded), "planned": format_minutes_text(table.planned)},
        head=_("Month"),
        labels=[format_month_short(month.month) for month in months],
        series=[
            Series(_("planned"), [month.planned for month in months], kind="granted"),
            Series(_("funded"), [month.funded for month in months], kind="delivered"),
        ],
        unit=Unit.MINUTES,
    )


@tenant_door(EDIT_FINANCING)
def edit_sources(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    page = rows_page(
        cycle,
        steps.FINANCING,
        _("Sources of money"),
        forms.SourceRows,
        FundingSource,
        verbs.SOURCE_FIELDS,
        stamp=rows_stamp(cycle, FundingSource, verbs.SOURCE_FIELDS),
        save=lambda lines, seen: verbs.edit_sources(cycle, lines, seen=seen, actor=actor),
        lead=_("Where the money of each year comes from; money of one year pays nothing of another."),
        hint=_(
            "The own contribution of the contractor and the payments of persons are sources too. "
            "Amounts as you write them: “330 710,44”."
        ),
    )
    return answer_rows(request, page)


@tenant_door(EDIT_FINANCING)
def edit_costs(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    table = financing_table(cycle)
    planned = ", ".join(
        f"{year.year}: {format_minutes_text(year.planned)}" for year in table.years if year.planned
    )
    page = rows_page(
        cycle,
        steps.FINANCING,
        _("Costs"),
        forms.CostRows,
        CostLine,
        verbs.COST_FIELDS,
        stamp=rows_stamp(cycle, CostLine, (*verbs.COST_FIELDS, "amount")),
        save=lambda lines, seen: verbs.edit_costs(cycle, lines, seen=seen, actor=actor),
        suggested=_suggested_costs(cycle, table),
        lead=_("What each year costs: hours of the service with the cost of an hour, and everything else."),
        hint=_(
            "The scope plans these hours: %(planned)s. The amount of a row is the cost of a unit times the quantity."
        )
        % {"planned": planned},
    )
    return answer_rows(request, page)


def _suggested_costs(cycle: Cycle, table: FinancingTable) -> list[dict[str, Any]]:
    """A row for each year with the planned hours, at the price of the table of payments where there is one."""
    payment_table = _table_in_force(cycle)
    return [
        {
            "year": year.year,
            "kind": CostLine.Kind.CARE_HOURS,
            "unit_cost": payment_table.price_per_hour if payment_table else None,
            "quantity": hours_of(year.planned),
            "unit": "h",
        }
        for year in table.years
        if year.planned
    ]
