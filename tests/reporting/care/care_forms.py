"""What the forms of care post, for the tests."""

from typing import Any


def decision_form(contract: Any, activities: list[Any], /, **changes: Any) -> dict[str, Any]:
    """A decision of 20 hours a month with an empty plan row."""
    data: dict[str, Any] = {
        "number": "D/100/2026",
        "contract": str(contract.pk),
        "issued_on": "2026-01-02",
        "valid_from": "2026-02-01",
        "valid_to": "2026-06-30",
        "amount_per": "month",
        "minutes": "20 h",
        "activities": [str(activity.pk) for activity in activities],
        "plan-TOTAL_FORMS": "1",
        "plan-INITIAL_FORMS": "0",
    }
    return {**data, **changes}


def plan_row(number: int, weekdays: list[int], start: str, minutes: str, **more: str) -> dict[str, Any]:
    row = {"weekdays": [str(day) for day in weekdays], "start": start, "minutes": minutes, **more}
    return {f"plan-{number}-{name}": value for name, value in row.items()}
