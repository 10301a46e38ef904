"""Things of supervision in the world of the table of routes."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kernel.access import Actor
from kernel.periods import Month
from reporting.supervision import actions
from reporting.supervision.actions import FindingEntry, InspectionPlan, RecommendationEntry

_ACTOR = Actor.system("tests")


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of supervision names, for one organisation; runs in the tenant."""
    planned = _planned(made)
    held = _held(made)
    sent = actions.send_protocol(_held(made), actor=_ACTOR)
    return {
        "planned_inspection": planned,
        "held_inspection": held,
        "sampled_item": held.items.get(),
        "finding": held.findings.get(),
        "inspection": sent,
        "recommendation": sent.findings.get().recommendations.get(),
    }


def _planned(made: Any) -> Any:
    plan = InspectionPlan("documents", f"Karty {made.mark}", timezone.localdate(), f"Inspektor {made.mark}")
    return actions.plan_inspection(made.contract, plan, actor=_ACTOR)


def _held(made: Any) -> Any:
    row = actions.draw_sample(
        _planned(made), of="decisions", method="random", size=1, month=Month.parse(made.month), actor=_ACTOR
    )
    today = timezone.localdate()
    row = actions.write_protocol(
        row, held_on=today, present="", protocol=f"Przebieg {made.mark}", actor=_ACTOR
    )
    due = RecommendationEntry(f"Uzupełnić {made.mark}", "koordynator", today + timedelta(days=10))
    entry = FindingEntry("major", f"Brak podpisów {made.mark}", row.items.get(), [due])
    actions.save_finding(row, entry, actor=_ACTOR)
    return row
