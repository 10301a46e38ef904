"""Deviations together with the answers they got: what a month still waits for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from kernel.periods import Month
from reporting.compliance.models import Resolution
from reporting.compliance.rules import Deviation, MonthComparison, Severity, refused_by_decision
from reporting.compliance.subjects import subject_of

# Contract id, code, subject.
Mark = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class Answered:
    """A deviation of a contract with its answer, None while there is none."""

    contract_id: UUID
    decision_id: UUID | None
    deviation: Deviation
    subject: str
    resolution: Resolution | None

    @property
    def code(self) -> str:
        return self.deviation.code.value

    @property
    def is_must(self) -> bool:
        return self.deviation.severity is Severity.MUST

    @property
    def is_open(self) -> bool:
        return self.resolution is None


def refused_in(answered: Iterable[Answered]) -> tuple[Mapping[str, int], int]:
    """Minutes refused, by decision (its id as text), and those of the contract beyond that."""
    return refused_by_decision(
        (str(one.decision_id), one.deviation)
        for one in answered
        if one.resolution is not None and one.resolution.kind == Resolution.Kind.REFUSED
    )


def refused_minutes(answered: Iterable[Answered]) -> int:
    """All minutes that were refused; no minute counts twice."""
    by_decision, beyond = refused_in(answered)
    return sum(by_decision.values()) + beyond


def resolutions_in(month: Month, contract_ids: Iterable[UUID]) -> dict[Mark, Resolution]:
    """The answers of the contracts' month by what they answer; one query."""
    found = Resolution.objects.filter(month=month.first, contract_id__in=list(contract_ids))
    return {(one.contract_id, one.code, one.subject): one for one in found}


def with_answers(comparison: MonthComparison, resolutions: dict[Mark, Resolution]) -> list[Answered]:
    """Every deviation of the comparison with its answer, decisions first, in the order of the comparison."""
    return list(_answered(comparison, resolutions))


def answered_month(comparison: MonthComparison) -> list[Answered]:
    """The same, with the answers read from the database."""
    contracts = {UUID(contract.key) for contract in comparison.contracts}
    return with_answers(comparison, resolutions_in(comparison.month, contracts))


def _answered(comparison: MonthComparison, resolutions: dict[Mark, Resolution]) -> Iterator[Answered]:
    for decision in comparison.decisions:
        contract_id = UUID(decision.contract)
        for deviation in decision.deviations:
            yield _one(contract_id, UUID(decision.key), deviation, resolutions)
    for contract in comparison.contracts:
        for deviation in contract.deviations:
            yield _one(UUID(contract.key), None, deviation, resolutions)


def _one(
    contract_id: UUID, decision_id: UUID | None, deviation: Deviation, resolutions: dict[Mark, Resolution]
) -> Answered:
    subject = subject_of(deviation)
    answer = resolutions.get((contract_id, deviation.code.value, subject))
    return Answered(contract_id, decision_id, deviation, subject, answer)
