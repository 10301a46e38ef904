"""Decisions read from the database as the pure rules want them, many with three statements."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from reporting.care.models import Decision, PlanSlot, Suspension
from reporting.care.rules import Slot, Span
from reporting.delivery.rules import Amount, DecisionTerms


def read_terms(decisions: Iterable[Decision]) -> dict[UUID, DecisionTerms]:
    """The terms of the decisions with their plans and suspensions: two statements, however many they are."""
    by_id = {decision.pk: decision for decision in decisions}
    slots: defaultdict[UUID, list[Slot]] = defaultdict(list)
    for decision_id, *slot in PlanSlot.objects.filter(decision_id__in=by_id).values_list(
        "decision_id", "weekday", "start", "minutes", "on_holidays"
    ):
        slots[decision_id].append(Slot(*slot))
    rests: defaultdict[UUID, list[Span]] = defaultdict(list)
    for decision_id, *days in Suspension.objects.filter(decision_id__in=by_id).values_list(
        "decision_id", "first_day", "last_day"
    ):
        rests[decision_id].append(Span(*days))
    return {
        pk: DecisionTerms(
            number=decision.number,
            valid_from=decision.valid_from,
            valid_to=decision.valid_to,
            revoked_from=decision.revoked_from,
            superseded_from=decision.superseded_from,
            amount=Amount(decision.amount_per, decision.minutes),
            plan=tuple(sorted(slots[pk])),
            suspensions=tuple(sorted(rests[pk], key=lambda rest: rest.first)),
            scope=frozenset(decision.activities),
            two_workers=decision.two_workers,
        )
        for pk, decision in by_id.items()
    }
