"""Decisions of an import_care document with their plans and suspensions: a part of the import."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from contracting.commissioning.models import Service
from contracting.contracts.models import Contract
from kernel.bulk import BATCH, assign, update_rows
from kernel.tally import Tally
from reporting.care import hooks
from reporting.care.document.records import DecisionRecord
from reporting.care.models import Decision, Person, PlanSlot, Suspension
from reporting.care.rules import PLAN_FIELDS, plan_rows

_FIELDS = [
    "person_id",
    "service_id",
    "contract_id",
    "issued_on",
    "valid_from",
    "valid_to",
    "revoked_from",
    "superseded_from",
    "amends_id",
    "amount_per",
    "minutes",
    "activities",
    "two_workers",
]


def store_decisions(
    records: Sequence[DecisionRecord],
    *,
    stored: Mapping[str, Decision],
    service: Service,
    persons: Mapping[str, Person],
    contracts: Mapping[str, Contract],
) -> Tally:
    """Decisions by number, made or updated; an amending one ends its predecessor the day before it begins.

    Periods may overlap in between: the caller checks the constraints at the end of its transaction.
    """
    tally = Tally()
    rows = {each.number: stored.get(each.number) or Decision(number=each.number) for each in records}
    known = {**stored, **rows}
    successors = _successors(records, known)
    slots_before, suspensions_before = _parts_of([row.pk for row in rows.values()])
    new, updated, replanned, rested = [], [], [], []
    for each in records:
        row = rows[each.number]
        is_new = each.number not in stored
        values = _values(each, service, persons, contracts, known)
        changed = assign(row, {**values, "superseded_from": successors.get(each.number)})
        plan = set(plan_rows(each.plan))
        rests = {(rest.first_day, rest.last_day, rest.reason) for rest in each.suspensions}
        if is_new:
            new.append(row)
        elif changed:
            updated.append(row)
        if plan != slots_before[row.pk]:
            replanned.append((row, plan))
            changed.append("plan")
        if rests != suspensions_before[row.pk]:
            rested.append((row, rests))
            changed.append("suspensions")
        tally.count(each.number, is_new=is_new, changed=changed)
    updated += _shortened(known, rows, successors)
    update_rows(Decision, updated, _FIELDS)
    Decision.objects.bulk_create(new, batch_size=BATCH)
    _rewrite(PlanSlot, replanned, PLAN_FIELDS)
    _rewrite(Suspension, rested, ("first_day", "last_day", "reason"))
    touched = [*new, *updated, *(row for row, _ in (*replanned, *rested))]
    hooks.decisions_changed.fire(ids={row.pk for row in touched})
    return tally


def _values(
    each: DecisionRecord,
    service: Service,
    persons: Mapping[str, Person],
    contracts: Mapping[str, Contract],
    known: Mapping[str, Decision],
) -> dict[str, Any]:
    return {
        "person_id": persons[each.person].pk,
        "service_id": service.pk,
        "contract_id": contracts[each.contract].pk,
        "issued_on": each.issued,
        "valid_from": each.valid_from,
        "valid_to": each.valid_to,
        "revoked_from": each.revoked_from,
        "amends_id": known[each.amends].pk if each.amends else None,
        "amount_per": each.per,
        "minutes": each.minutes,
        "activities": list(each.activities),
        "two_workers": each.two_workers,
    }


def _successors(records: Sequence[DecisionRecord], known: Mapping[str, Decision]) -> dict[str, date]:
    """From when on each decision is superseded: by a decision of the document, or by a stored one it leaves alone."""
    named = {each.number for each in records}
    amending = Decision.objects.filter(amends__number__in=known).exclude(number__in=named)
    found: dict[str, date] = dict(amending.values_list("amends__number", "valid_from"))
    found.update({each.amends: each.valid_from for each in records if each.amends})
    return found


def _shortened(
    known: Mapping[str, Decision], rows: Mapping[str, Decision], successors: Mapping[str, date]
) -> list[Decision]:
    """Stored decisions that the document only refers to, where an amendment of the document ends them."""
    only_referred = [row for number, row in known.items() if number not in rows]
    return [row for row in only_referred if assign(row, {"superseded_from": successors.get(row.number)})]


def _parts_of(
    ids: Sequence[UUID],
) -> tuple[defaultdict[UUID, set[tuple[Any, ...]]], defaultdict[UUID, set[tuple[Any, ...]]]]:
    slots: defaultdict[UUID, set[tuple[Any, ...]]] = defaultdict(set)
    suspensions: defaultdict[UUID, set[tuple[Any, ...]]] = defaultdict(set)
    rows = PlanSlot.objects.filter(decision__in=ids)
    for decision_id, *slot in rows.values_list("decision_id", *PLAN_FIELDS):
        slots[decision_id].add(tuple(slot))
    rests = Suspension.objects.filter(decision__in=ids)
    for decision_id, *rest in rests.values_list("decision_id", "first_day", "last_day", "reason"):
        suspensions[decision_id].add(tuple(rest))
    return slots, suspensions


def _rewrite(
    model: Any, rewritten: Sequence[tuple[Decision, set[tuple[Any, ...]]]], fields: tuple[str, ...]
) -> None:
    model.objects.filter(decision__in=[decision.pk for decision, _ in rewritten]).delete()
    model.objects.bulk_create(
        [
            model(decision=decision, **dict(zip(fields, values, strict=True)))
            for decision, parts in rewritten
            for values in sorted(parts)
        ],
        batch_size=BATCH,
    )
