"""The comparison as the JSON document that `compare_month --format json` prints."""

from typing import Any

from reporting.compliance.rules.comparison import MonthComparison
from reporting.compliance.rules.deviations import Deviation
from reporting.compliance.rules.facts import VisitFacts


def to_json(comparison: MonthComparison, *, tenant: str) -> dict[str, Any]:
    """The document of one tenant's month, ready for `json.dumps`: keys in documented order, lists sorted.

    Dates are `2026-10-05`, times of day local `08:00`, amounts whole minutes; `fulfilment_percent` is a
    number with one decimal, or null.
    """
    return {
        "tenant": tenant,
        "month": str(comparison.month),
        "decisions": [
            {
                "number": decision.number,
                "granted_minutes": decision.granted_minutes,
                "delivered_minutes": decision.delivered_minutes,
                # One decimal survives a float: its shortest form is the decimal itself.
                "fulfilment_percent": None
                if decision.fulfilment_percent is None
                else float(decision.fulfilment_percent),
                "deviations": [deviation_to_json(deviation) for deviation in decision.deviations],
            }
            for decision in comparison.decisions
        ],
        "contracts": [
            {
                "number": contract.number,
                "delivered_minutes": contract.delivered_minutes,
                "deviations": [deviation_to_json(deviation) for deviation in contract.deviations],
            }
            for contract in comparison.contracts
        ],
    }


def deviation_to_json(deviation: Deviation) -> dict[str, Any]:
    """One deviation, all six keys always present."""
    slot = deviation.slot
    return {
        "code": deviation.code.value,
        "visit": _visit_to_json(deviation.visit),
        "other": _visit_to_json(deviation.other),
        "slot": None
        if slot is None
        else {"date": slot.date.isoformat(), "start": slot.start.isoformat("minutes")},
        "activities": None if deviation.activities is None else list(deviation.activities),
        "minutes": deviation.minutes,
    }


def _visit_to_json(visit: VisitFacts | None) -> dict[str, str] | None:
    if visit is None:
        return None
    return {
        "date": visit.date.isoformat(),
        "start": visit.start.isoformat("minutes"),
        "worker": visit.worker,
    }
