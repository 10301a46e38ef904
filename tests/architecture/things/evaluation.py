"""Things of evaluation in the world of the table of routes."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from contracting.contracts.models import Commitment
from kernel.periods import Month
from reporting.evaluation.models import (
    Evaluation,
    EvaluationQuestion,
    OutcomeIndicator,
    OutcomeKind,
    StatedValue,
    TakenResult,
)
from reporting.evaluation.queries.promises import PromisesOf


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of evaluation names, for one organisation; runs in the tenant."""
    contract, mark = made.contract, made.mark
    for position, measure in enumerate(("delivered_hours", "reported"), start=90):
        Commitment.objects.create(
            contract=contract,
            position=position,
            indicator=f"Zobowiązanie {measure} {mark}",
            promised=Decimal(90),
            unit="%" if measure == "delivered_hours" else "zajęć",
            measure=measure,
        )
    measured, stated = PromisesOf(contract).in_month(Month.of(contract.valid_from))[-2:]
    month = Month.of(min(timezone.localdate(), contract.valid_to))
    StatedValue.objects.create(
        contract=contract,
        month=month.first,
        key=stated.key,
        value=Decimal(3),
        evidence=f"Lista obecności {mark}",
        side=StatedValue.Side.ORGANISATION,
        stated_by_name=f"Kto podał {mark}",
    )
    return {
        "measured_key": measured.key,
        "stated_key": stated.key,
        "evaluation_month": str(month),
        **_of_cycle(made.cycle),
    }


def _of_cycle(cycle: Any) -> dict[str, Any]:
    """What belongs to the tenant and no organisation: made once, the same for both organisations."""

    def made(title: str, finished: bool) -> Evaluation:
        evaluation, is_new = Evaluation.objects.get_or_create(
            cycle=cycle,
            title=title,
            defaults={
                "due_on": cycle.period_to,
                "summary": "Podsumowanie" if finished else "",
                "finished_at": timezone.now() if finished else None,
            },
        )
        if is_new:
            EvaluationQuestion.objects.create(
                evaluation=evaluation, position=1, question="Czy pomogło?", technique="survey", finding="Tak"
            )
        return evaluation

    kind, _made = OutcomeKind.objects.get_or_create(
        name="osoby, które wróciły do domu",
        defaults={"unit": "persons", "method": "Wypisy", "direction": "at_least"},
    )
    outcome, _made = OutcomeIndicator.objects.get_or_create(
        cycle=cycle, name="Zatrudnienie", defaults={"kind": kind, "target": Decimal(30)}
    )
    partial = made("Ewaluacja częściowa", False)
    taken, _made = TakenResult.objects.get_or_create(
        evaluation=partial,
        key="findings:closed",
        defaults={
            "kind": "share",
            "source": "kontrole",
            "name": "załatwione ustalenia",
            "part": 1,
            "whole": 2,
            "taken_at": timezone.now(),
        },
    )
    return {
        "evaluation": partial,
        "taken_result": taken,
        "finished_evaluation": made("Ewaluacja pierwsza", True),
        "outcome": outcome,
        "outcome_kind": kind,
    }
