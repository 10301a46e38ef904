"""Deviations on a decision as a whole (hours H1-H3, scope S2) and on a contract (cap C1)."""

from collections.abc import Set

from reporting.compliance.rules.deviations import Code, Deviation
from reporting.compliance.rules.facts import ContractFacts, DecisionFacts, Thresholds


def hours_deviations(
    decision: DecisionFacts, contract: ContractFacts, granted: int, delivered: int, thresholds: Thresholds
) -> list[Deviation]:
    """H1, H2 or H3 from the minutes granted and delivered."""
    if delivered > granted + thresholds.over_tolerance_minutes:
        found, minutes = Code.OVER_DELIVERED, delivered - granted
    elif granted > 0 and delivered == 0:
        found, minutes = Code.NOTHING_DELIVERED, granted
    elif delivered > 0 and delivered * 100 < granted * thresholds.under_threshold_percent:
        found, minutes = Code.UNDER_DELIVERED, granted - delivered
    else:
        return []
    return [Deviation(found, contract.number, decision.number, minutes=minutes)]


def unperformed_scope(
    decision: DecisionFacts, contract: ContractFacts, delivered: int, performed: Set[str]
) -> list[Deviation]:
    """S2: activities of the scope that no visit of the month performed, where anything was delivered."""
    missing = decision.scope - performed
    if delivered == 0 or not missing:
        return []
    return [
        Deviation(
            Code.SCOPE_NOT_PERFORMED, contract.number, decision.number, activities=tuple(sorted(missing))
        )
    ]


def cap_deviations(contract: ContractFacts, delivered: int) -> list[Deviation]:
    """C1: the minutes up to and including the month (`delivered` of them in it) exceed the cap."""
    if contract.cap_minutes is None:
        return []
    excess = contract.minutes_before + delivered - contract.refused_minutes - contract.cap_minutes
    return [Deviation(Code.CONTRACT_CAP, contract.number, minutes=excess)] if excess > 0 else []
