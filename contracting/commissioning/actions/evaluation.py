"""Verbs on step 7: the results of the indicators that the scope set."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.actions.steps import require_open_step
from contracting.commissioning.models import Cycle, QualityIndicator
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid


def results_stamp(indicators: Sequence[QualityIndicator]) -> str:
    """The stamp of the results as they stand."""
    return stamp_of(_as_values(indicators))


def _as_values(indicators: Sequence[QualityIndicator]) -> dict[str, list[Any]]:
    return {str(one.pk): [one.result, one.result_note] for one in indicators}


def record_results(
    cycle: Cycle,
    results: dict[str, tuple[Decimal | None, str]],
    *,
    seen: str | None = None,
    actor: Actor,
) -> None:
    """Write the results of indicators, given by id as (result, note). Raises DomainError, Conflict."""
    with transaction.atomic():
        require_open_step(cycle, steps.EVALUATION)
        indicators = list(QualityIndicator.objects.select_for_update().filter(cycle=cycle))
        before = _as_values(indicators)
        require_unchanged(seen, stamp_of(before))
        if unknown := results.keys() - before.keys():
            raise DomainError(
                "row_gone",
                _("An indicator was removed meanwhile. Load the page anew and enter the result once more."),
                value=", ".join(sorted(unknown)),
            )
        for indicator in indicators:
            if str(indicator.pk) in results:
                indicator.result, indicator.result_note = results[str(indicator.pk)]
                require_valid(indicator, exclude=["cycle"])
                indicator.save()
        after = _as_values(indicators)
        if after != before:
            record(
                "record_results",
                actor=actor,
                subject_type="cycle",
                subject_id=cycle.pk,
                payload={"before": before, "after": after},
            )
