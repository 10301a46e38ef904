"""What a dossier joins of a contract's month: comparison, advice, crisis intervention, recommendations, findings."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.answers import answered_month
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.kinds import ADVICE, CRISIS, has_close, services_of
from reporting.compliance.rules import MonthComparison
from reporting.supervision.models import DecisionAdvice, Dossier, ServiceTask
from reporting.supervision.queries.findings import FindingTold, findings_told
from reporting.supervision.queries.services import (
    AdviceMonth,
    CrisisMonth,
    advice_of,
    at_work,
    crisis_of,
)
from reporting.supervision.queries.surveys import SurveyTold, surveys_told
from ui.formatting import percent_of


@dataclass(frozen=True)
class AdviceTold:
    """What is recommended for a decision and what became of its task; `amount_per` is what the proposal is for."""

    verdict: str
    reason: str
    proposed_minutes: int | None
    amount_per: str
    task: str
    due_on: date | None

    @property
    def verdict_words(self) -> str:
        """Keep, raise, lower."""
        return str(DecisionAdvice.Verdict(self.verdict).label)

    @property
    def task_words(self) -> str:
        """What became of the task."""
        return str(DecisionAdvice.Task(self.task).label)

    @property
    def period(self) -> str:
        """What the proposed minutes are for: a week, or a month, also where the plan is the amount."""
        per = Decision.AmountPer
        return str((per.WEEK if self.amount_per == per.WEEK else per.MONTH).label)

    @property
    def is_settled(self) -> bool:
        return self.task in (DecisionAdvice.Task.DONE, DecisionAdvice.Task.DROPPED)

    @property
    def is_late(self) -> bool:
        is_open = self.task == DecisionAdvice.Task.OPEN
        return is_open and self.due_on is not None and self.due_on < timezone.localdate()


def advice_told(row: DecisionAdvice) -> AdviceTold:
    """The recommendation of a row; its `decision` is read."""
    return AdviceTold(
        row.verdict, row.reason, row.proposed_minutes, row.decision.amount_per, row.task, row.due_on
    )


@dataclass(frozen=True)
class DeviationTold:
    """A code of deviations of a decision, and the kinds of answer given to them; "" where one has no answer."""

    code: str
    answers: Sequence[str]

    @property
    def words(self) -> str:
        """The code with what was answered."""
        told = [str(Resolution.Kind(kind).label) if kind else _("not answered") for kind in self.answers]
        return f"{self.code}: {', '.join(told)}"


@dataclass(frozen=True)
class DossierLine:
    """One decision in the month: minutes granted and delivered, its deviations, and what is recommended."""

    decision_id: UUID
    number: str
    granted: int
    delivered: int
    deviations: Sequence[DeviationTold]
    advice: AdviceTold | None

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.delivered, self.granted)


@dataclass(frozen=True)
class Written:
    """What one side wrote, with a second part where it has one; by whom and when."""

    text: str
    more: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ServiceVerdict:
    """What is recommended for the service as a whole, and why."""

    verdict: str
    reason: str
    by: str
    at: datetime

    @property
    def words(self) -> str:
        """Go on, order more, order less, go on in another way."""
        return str(Dossier.Verdict(self.verdict).label)


@dataclass(frozen=True)
class DossierTold:
    """The month of a contract as its dossier shows it; `close` is the state of its month close, "" before any.

    `is_closed_by_month` says whether decisions are compared in it; where none is in force, the report that the provider
    hands in is what the month waits for, and what is recommended is for the service.
    """

    contract: Contract
    service: str
    organisation: str
    month: Month
    close: str
    report: Written | None
    conclusions: Written | None
    lines: Sequence[DossierLine]
    findings: Sequence[FindingTold]
    surveys: Sequence[SurveyTold]
    is_closed_by_month: bool = True
    advice: AdviceMonth | None = None
    crisis: CrisisMonth | None = None
    verdict: ServiceVerdict | None = None

    @property
    def close_words(self) -> str:
        """How far the month is closed."""
        if not self.is_closed_by_month:
            return _("report handed in") if self.report else _("report not handed in")
        return str(ContractMonth.State(self.close).label) if self.close else _("not handed in")

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
    """The dossier with all that it joins, as it stands now; the same queries for any number of decisions and cases.

    Minutes are those of the comparison as it stands; of the running month what was due until today.
    """
    compared = compare_month(month, contracts=[contract.pk]).so_far(timezone.localdate())
    dossier = dossier_of(contract, month)
    rows = dossier.advice.select_related("decision") if dossier else []
    advice = {row.decision_id: advice_told(row) for row in rows}
    deviations = _deviations(compared)
    close = ContractMonth.objects.filter(contract=contract, month=month.first)
    services = services_of(contract)
    return DossierTold(
        contract=contract,
        service=str(contract.service),
        organisation=str(contract.organisation),
        month=month,
        close=close.values_list("state", flat=True).first() or "",
        report=_report(dossier),
        conclusions=_conclusions(dossier),
        lines=[
            DossierLine(
                decision_id=UUID(one.key),
                number=one.number,
                granted=one.granted_minutes,
                delivered=one.delivered_minutes,
                deviations=deviations.get(UUID(one.key), ()),
                advice=advice.get(UUID(one.key)),
            )
            for one in compared.decisions
        ],
        findings=findings_told([contract.pk], month.first, month.last),
        surveys=surveys_told([contract.pk], month.first, month.last),
        is_closed_by_month=has_close(contract, month),
        advice=advice_of(contract, month) if ADVICE in services else None,
        crisis=crisis_of(contract, month) if CRISIS in services else None,
        verdict=_verdict(dossier),
    )


def _deviations(compared: MonthComparison) -> dict[UUID, list[DeviationTold]]:
    """Codes of each decision in order, each with the kinds of answer to its deviations."""
    kinds: dict[UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in answered_month(compared):
        if one.decision_id is not None:
            kinds[one.decision_id][one.code].add(one.resolution.kind if one.resolution else "")
    return {
        pk: [DeviationTold(code, sorted(answers)) for code, answers in sorted(codes.items())]
        for pk, codes in kinds.items()
    }


def _report(dossier: Dossier | None) -> Written | None:
    if dossier is None or dossier.reported_at is None:
        return None
    return Written(dossier.problems, dossier.measures, dossier.reported_by_name, dossier.reported_at)


def _conclusions(dossier: Dossier | None) -> Written | None:
    if dossier is None or dossier.concluded_at is None:
        return None
    return Written(dossier.conclusions, "", dossier.concluded_by_name, dossier.concluded_at)


def _verdict(dossier: Dossier | None) -> ServiceVerdict | None:
    if dossier is None or dossier.verdict_at is None:
        return None
    return ServiceVerdict(
        dossier.verdict, dossier.verdict_reason, dossier.verdict_by_name, dossier.verdict_at
    )


def contracts_with_dossiers(access: Any, month: Month) -> Any:
    """Contracts at work in the month, by number, each with `dossier_of_month` (a list of one or none)."""
    of_month = Prefetch("dossiers", Dossier.objects.filter(month=month.first), to_attr="dossier_of_month")
    contracts = at_work(access, month)
    return contracts.select_related("organisation", "service").prefetch_related(of_month).order_by("number")


@dataclass(frozen=True, slots=True)
class DossierCounts:
    """Of contracts in a period: dossiers concluded, and their tasks that are open, done, dropped."""

    concluded: int
    open: int
    done: int
    dropped: int


def dossier_counts(contracts: Collection[UUID] | None, first: date, last: date) -> DossierCounts:
    """Counts over dossiers of months that begin in first..last; `contracts` None means all. Three queries."""
    rows = Dossier.objects.filter(month__gte=first, month__lte=last)
    if contracts is not None:
        rows = rows.filter(contract_id__in=list(contracts))
    tasks = list(DecisionAdvice.objects.filter(dossier__in=rows).values_list("task", flat=True))
    tasks += ServiceTask.objects.filter(dossier__in=rows).values_list("state", flat=True)
    return DossierCounts(
        concluded=rows.filter(state=Dossier.State.CONCLUDED).count(),
        open=tasks.count(DecisionAdvice.Task.OPEN),
        done=tasks.count(DecisionAdvice.Task.DONE),
        dropped=tasks.count(DecisionAdvice.Task.DROPPED),
    )
