"""One service in one month: its contracts side by side, each with hours, open points, promises, surveys and price."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from contracting.contracts.models import Contract
from contracting.contracts.queries import terms_of
from kernel.periods import Month
from reporting.compliance.answers import answered_month
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.kinds import without_close
from reporting.compliance.queries.papers import decisions_by_id
from reporting.compliance.rules import MonthComparison
from reporting.compliance.rules.grants import planned_minutes
from reporting.compliance.tables.months import ContractRow, MonthsTable, months_table
from reporting.evaluation.queries.records import Counted, of_month
from reporting.settlement.queries.paid import Cost, Held, costs_of, held_between
from reporting.supervision.models import Dossier
from reporting.supervision.queries.surveys import SurveyTold, surveys_told


@dataclass(frozen=True)
class ProviderRow:
    """A contract in the month: hours as the list of months tells them, planned and accepted minutes, price (PLN).

    `accepted` is None before the month is accepted, and `promises` then: they are measured on acceptance. Without a
    month to close (advice, crisis intervention) `held` says what took place, `dossier` is its dossier, if begun, and
    `cost` what was paid for the year until the month's end.
    """

    hours: ContractRow
    planned: int
    accepted: int | None
    price: Decimal
    promises: Counted | None
    surveys: tuple[SurveyTold, ...]
    held: Held | None = None
    dossier: Dossier | None = None
    cost: Cost | None = None

    @property
    def contract(self) -> Contract:
        return self.hours.contract


@dataclass(frozen=True)
class ProvidersTable:
    """The contracts of a service in a month, with their sums."""

    hours: MonthsTable
    rows: tuple[ProviderRow, ...]

    @property
    def planned(self) -> int:
        """Minutes that plans of visits foresee."""
        return sum(row.planned for row in self.rows)

    @property
    def accepted(self) -> int:
        """Minutes accepted so far."""
        return sum(row.accepted or 0 for row in self.rows)

    @property
    def open_months(self) -> int:
        """How many contracts' months are not accepted."""
        return sum(row.accepted is None and row.held is None for row in self.rows)

    @property
    def is_closed_by_month(self) -> bool:
        """Whether some contract has a month to close."""
        return any(row.held is None for row in self.rows)

    @property
    def held(self) -> Held | None:
        """Advice and sessions of the contracts without a month to close; None where all have one."""
        told = [row.held for row in self.rows if row.held is not None]
        return sum(told, Held()) if told else None


def providers_table(
    contracts: Sequence[Contract], month: Month, today: date, *, with_surveys: bool
) -> ProvidersTable:
    """A row for each contract, by number; as many queries for two of them as for two hundred."""
    ids = [contract.pk for contract in contracts]
    comparison = compare_month(month, contracts=ids).so_far(today)
    closes = {
        row.contract_id: row for row in ContractMonth.objects.filter(contract__in=ids, month=month.first)
    }
    hours = months_table(contracts, comparison, answered_month(comparison), closes)
    planned = _planned(comparison, closes, month)
    terms, promises = terms_of(contracts), of_month(ids, month.first)
    surveys: dict[UUID, list[SurveyTold]] = defaultdict(list)
    for survey in surveys_told(ids, month.first, month.last) if with_surveys else ():
        surveys[survey.contract_id].append(survey)
    undecided = set(without_close(month).filter(pk__in=ids).values_list("pk", flat=True))
    held = held_between(undecided, month.first, month.last)
    costs = costs_of(undecided, date(month.year, 1, 1), month.last, tranches_until=month.last)
    dossiers = {
        one.contract_id: one for one in Dossier.objects.filter(contract__in=undecided, month=month.first)
    }
    return ProvidersTable(
        hours,
        tuple(
            ProviderRow(
                hours=row,
                planned=planned[row.contract.pk],
                accepted=row.close.accepted_minutes,
                price=terms[row.contract.pk].price_on(min(month.last, row.contract.valid_to)),
                promises=promises.get(row.contract.pk),
                surveys=tuple(surveys[row.contract.pk]),
                held=held.get(row.contract.pk, Held()) if row.contract.pk in undecided else None,
                dossier=dossiers.get(row.contract.pk),
                cost=costs.get(row.contract.pk, Cost()) if row.contract.pk in undecided else None,
            )
            for row in hours.rows
        ),
    )


def _planned(
    comparison: MonthComparison, closes: Mapping[UUID, ContractMonth], month: Month
) -> Mapping[UUID, int]:
    """What plans of visits foresee: as it was frozen where the month is accepted, else as plans stand."""
    found: dict[UUID, int] = defaultdict(int)
    frozen = {pk: close.snapshot for pk, close in closes.items() if close.snapshot}
    for pk, snapshot in frozen.items():
        found[pk] = sum(one["planned_minutes"] for one in snapshot.get("terms") or ())
    for decision in decisions_by_id({one.key for one in comparison.decisions}).values():
        if (contract := UUID(decision.contract)) not in frozen:
            found[contract] += planned_minutes(decision, month)
    return found
