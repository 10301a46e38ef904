"""Things of retention in the world of the table of routes."""

from datetime import date
from typing import Any

from reporting.retention.models import Clearance, ClearanceLine, Hold, RetentionClass


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of retention names; the list that is proposed is the tenant's."""
    clearance, _made = Clearance.objects.get_or_create(state=Clearance.State.PROPOSED)
    line = ClearanceLine.objects.create(
        clearance=clearance, person=made.person, past_from=date(2025, 1, 1), classes="8123 B5"
    )
    row, _made = RetentionClass.objects.get_or_create(
        kind="care",
        valid_from=date(2000, 1, 1),
        defaults={"symbol": "8123", "category": "B", "years": 5, "source": "Zarządzenie nr 3/2000"},
    )
    hold = Hold.objects.create(person=made.person, reason="court", placed_by_name="Ola Dyrektor")
    return {"clearance": clearance, "clearance_line": line, "retention_class": row, "hold": hold}
