"""What a dossier joins of a contract's month: comparison, recommendations, findings; and its tasks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries import compare_month
from reporting.supervision.models import DecisionAdvice, Dossier
from reporting.supervision.queries.findings import FindingTold, findings_told
from reporting.supervision.queries.surveys import SurveyTold, surveys_told
from ui.formatting import percent_of


@dataclass(frozen=True)
class DossierLine:
    """One decision in the month: minutes granted and delivered, codes of its deviations, and what is recommended."""

    decision_id: UUID
    number: str
    granted: int
    delivered: int
    percent: Decimal | None
    codes: Sequence[str]
    advice: DecisionAdvice | None


@dataclass(frozen=True)
class DossierTold:
    """The month of a contract as its dossier shows it; `dossier` is None while nobody wrote into it."""

    contract: Contract
    month: Month
    dossier: Dossier | None
    close: ContractMonth | None
    lines: Sequence[DossierLine]
    findings: Sequence[FindingTold]
    surveys: Sequence[SurveyTold]

    @property
    def granted(self) -> int:
        return sum(line.granted for line in self.lines)

    @property
    def delivered(self) -> int:
        return sum(line.delivered for line in self.lines)

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.delivered, self.granted)

    @property
    def advised(self) -> int:
        return sum(line.advice is not None for line in self.lines)


def dossier_of(contract: Contract, month: Month) -> Dossier | None:
    """The dossier of the month, where somebody wrote into it."""
    found: Dossier | None = Dossier.objects.filter(contract=contract, month=month.first).first()
    return found


def told_of(contract: Contract, month: Month) -> DossierTold:
    """The dossier with all that it joins; the same few queries for any number of decisions.

    Minutes are those of the comparison as it stands; of the running month what was due until today.
    """
    compared = compare_month(month, contracts=[contract.pk]).so_far(timezone.localdate())
    dossier = dossier_of(contract, month)
    rows = dossier.advice.select_related("decision") if dossier else []
    advice = {row.decision_id: row for row in rows}
    return DossierTold(
        contract=contract,
        month=month,
        dossier=dossier,
        close=ContractMonth.objects.defer("snapshot").filter(contract=contract, month=month.first).first(),
        lines=[
            DossierLine(
                decision_id=UUID(one.key),
                number=one.number,
                granted=one.granted_minutes,
                delivered=one.delivered_minutes,
                percent=percent_of(one.delivered_minutes, one.granted_minutes),
                codes=sorted({deviation.code.value for deviation in one.deviations}),
                advice=advice.get(UUID(one.key)),
            )
            for one in compared.decisions
        ],
        findings=findings_told([contract.pk], month.first, month.last),
        surveys=surveys_told([contract.pk], month.first, month.last),
    )


def dossiers_expected(access: Any, month: Month) -> list[tuple[Contract, Dossier | None]]:
    """Contracts with persons in care in the month, with their dossiers, by number; three queries."""
    in_care = Decision.objects.visible_to(access).touching(month.first, month.last).values("contract")
    contracts = list(
        Contract.objects.visible_to(access)
        .filter(pk__in=in_care)
        .select_related("organisation", "service")
        .order_by("number")
    )
    rows = {row.contract_id: row for row in Dossier.objects.filter(contract__in=contracts, month=month.first)}
    return [(contract, rows.get(contract.pk)) for contract in contracts]


@dataclass(frozen=True, slots=True)
class DossierCounts:
    """Of contracts in a period: dossiers concluded, and tasks to change decisions that are open, done, dropped."""

    concluded: int
    open: int
    done: int
    dropped: int


def dossier_counts(contracts: Collection[UUID] | None, first: date, last: date) -> DossierCounts:
    """Counts over dossiers of months that begin in first..last; `contracts` None means all. Two queries."""
    rows = Dossier.objects.filter(month__gte=first, month__lte=last)
    if contracts is not None:
        rows = rows.filter(contract_id__in=list(contracts))
    tasks = list(DecisionAdvice.objects.filter(dossier__in=rows).values_list("task", flat=True))
    return DossierCounts(
        concluded=rows.filter(state=Dossier.State.CONCLUDED).count(),
        open=tasks.count(DecisionAdvice.Task.OPEN),
        done=tasks.count(DecisionAdvice.Task.DONE),
        dropped=tasks.count(DecisionAdvice.Task.DROPPED),
    )
