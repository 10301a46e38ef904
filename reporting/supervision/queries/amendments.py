"""What became of decisions and services that are to be raised or lowered: the last amendment of each, and which way."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from contracting.contracts.models import ContractAmendment
from reporting.care.models import Decision, PlanSlot
from reporting.care.rules import Slot
from reporting.supervision.models import DecisionAdvice, Dossier, ServiceTask
from reporting.supervision.rules.amounts import Granted, Ordered, change_of, joined, order_change_of

_Verdict = DecisionAdvice.Verdict


def last_amendments(ids: Collection[UUID]) -> dict[UUID, Decision]:
    """The last decision in the chain that amends each of these and holds on some day; those without any are missing.

    One query for each link of the longest chain, whatever the number of decisions.
    """
    found: dict[UUID, Decision] = {}
    beginnings = {pk: pk for pk in ids}
    while beginnings:
        later = list(Decision.objects.filter(amends__in=list(beginnings)))
        for one in later:
            if one.term.last_day is not None:
                found[beginnings[one.amends_id]] = one
        beginnings = {one.pk: beginnings[one.amends_id] for one in later}
    return found


def with_earlier(ids: Collection[UUID]) -> set[UUID]:
    """These decisions and all that they amend, back to the first; one query for each link of the longest chain."""
    found, asked = set(ids), set(ids)
    while asked:
        rows = Decision.objects.filter(pk__in=asked, amends__isnull=False)
        asked = set(rows.values_list("amends_id", flat=True)) - found
        found |= asked
    return found


def fulfilling(rows: Iterable[DecisionAdvice]) -> dict[UUID, tuple[Decision, bool]]:
    """By key of a recommendation: the last amendment of its decision, and whether it goes the way recommended.

    Recommendations whose decision nobody amended are missing. `decision` of the rows is read.
    """
    rows = list(rows)
    last = last_amendments({row.decision_id for row in rows})
    decisions = [row.decision for row in rows if row.decision_id in last]
    amounts = _amounts([*decisions, *last.values()])
    year = timezone.localdate().year
    return {
        row.pk: (later, _goes(row.verdict, amounts[row.decision_id], amounts[later.pk], year))
        for row in rows
        if (later := last.get(row.decision_id)) is not None
    }


def ordering_otherwise(tasks: Iterable[ServiceTask]) -> dict[UUID, tuple[ContractAmendment, bool]]:
    """By key of a task: the last amendment of its contract signed since it was opened, and whether all of them together
    go that way.

    Tasks whose contract nobody amended since are missing. `dossier` of the tasks is read; one query.
    """
    tasks = list(tasks)
    signed = (
        ContractAmendment.objects.filter(
            contract__in={task.dossier.contract_id for task in tasks}, state=ContractAmendment.State.SIGNED
        )
        .annotate(signed_at=Max("signatures__registered_at"))
        .select_related("contract")
    )
    by_contract: dict[UUID, list[Any]] = defaultdict(list)
    for one in signed.order_by("number"):
        by_contract[one.contract_id].append(one)
    since = {
        task: [one for one in by_contract[task.dossier.contract_id] if one.signed_at >= task.opened_at]
        for task in tasks
    }
    return {
        task.pk: (found[-1], _orders(task.dossier.verdict, found)) for task, found in since.items() if found
    }


def _orders(verdict: str, amendments: Iterable[ContractAmendment]) -> bool:
    amendments = list(amendments)
    contract = amendments[0].contract
    standing = Ordered(
        contract.cap_minutes,
        contract.amount,
        contract.outside_grant,
        contract.price_per_hour,
        contract.valid_to,
    )
    change = order_change_of(joined(one.changes for one in amendments), standing)
    return change > 0 if verdict == Dossier.Verdict.RAISE else change < 0


def _goes(verdict: str, before: Granted, after: Granted, year: int) -> bool:
    change = change_of(before, after, year=year)
    return change > 0 if verdict == _Verdict.RAISE else change < 0


def _amounts(decisions: Collection[Decision]) -> dict[UUID, Granted]:
    plans: dict[UUID, list[Slot]] = defaultdict(list)
    planned = [one.pk for one in decisions if one.minutes is None]
    for key, *slot in PlanSlot.objects.filter(decision__in=planned).values_list(
        "decision_id", "weekday", "start", "minutes", "on_holidays"
    ):
        plans[key].append(Slot(*slot))
    return {one.pk: Granted(one.amount_per, one.minutes, tuple(plans[one.pk])) for one in decisions}
