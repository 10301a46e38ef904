"""What is frozen when a month is accepted: the comparison with the answers, and its hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reporting.compliance.answers import Answered, refused_in
from reporting.compliance.rules import (
    SEVERITIES,
    Code,
    DecisionFacts,
    MonthComparison,
    Severity,
    deviation_to_json,
    to_json,
)
from reporting.compliance.rules.grants import planned_minutes, suspended_minutes


def snapshot_of(
    comparison: MonthComparison,
    answered: Iterable[Answered],
    *,
    tenant: str,
    terms: Mapping[str, DecisionFacts] | None = None,
) -> dict[str, Any]:
    """The document of `compare_month --format json` for one contract, with what was made of it added.

    Minutes are whole, instants ISO 8601 in UTC. It holds numbers, codes and ids, no names of persons in care.
    `identities` says which decision and person each number meant then: a number may be corrected and used anew.
    `terms` says what the plans of visits foresaw and what suspensions took off, of the decisions that are given by key.
    `resolutions` are the answers; `refused` the minutes refused by number of the decision, and of the contract beyond.
    """
    told = list(answered)
    document = to_json(comparison, tenant=tenant)
    document["identities"] = [
        {"number": one.number, "decision": one.key, "person": one.person} for one in comparison.decisions
    ]
    if terms is not None:
        document["terms"] = [
            {
                "number": one.number,
                "planned_minutes": planned_minutes(terms[one.key], comparison.month),
                "suspended_minutes": suspended_minutes(terms[one.key], comparison.month),
            }
            for one in comparison.decisions
        ]
    document["resolutions"] = [
        {
            "decision": one.deviation.decision,
            "code": one.code,
            "subject": one.subject,
            "deviation": deviation_to_json(one.deviation),
            "kind": one.resolution.kind,
            "reason": one.resolution.reason,
            "refused_minutes": one.resolution.refused_minutes,
            "note": one.resolution.note,
            "made_at": one.resolution.made_at.isoformat(),
            "made_by": None if one.resolution.made_by is None else str(one.resolution.made_by),
            "made_by_name": one.resolution.made_by_name,
        }
        for one in told
        if one.resolution is not None
    ]
    by_decision, beyond = refused_in(told)
    document["refused"] = {
        "decisions": {
            one.number: by_decision[one.key] for one in comparison.decisions if one.key in by_decision
        },
        "beyond": beyond,
    }
    return document


def digest_of(snapshot: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8); the same after a trip to the database."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def shows_the_same(snapshot: dict[str, Any], comparison: MonthComparison) -> bool:
    """Whether what was frozen is what the comparison of its contract shows now; answers aside.

    An excess over the cap that was refused on acceptance is no excess any more, and no change either.
    """
    now = to_json(comparison, tenant="")
    if snapshot["decisions"] != now["decisions"]:
        return False
    was_refused = any(
        one["code"] == Code.CONTRACT_CAP and one["refused_minutes"] for one in snapshot["resolutions"]
    )
    return bool(_contracts(snapshot, was_refused) == _contracts(now, was_refused))


def _contracts(document: dict[str, Any], without_cap: bool) -> list[dict[str, Any]]:
    if not without_cap:
        return list(document["contracts"])
    return [
        {**line, "deviations": [one for one in line["deviations"] if one["code"] != Code.CONTRACT_CAP]}
        for line in document["contracts"]
    ]


@dataclass(frozen=True, slots=True)
class Identity:
    """Which decision, of which person, a number in a snapshot means."""

    decision: UUID
    person: UUID


def identities_of(snapshot: dict[str, Any]) -> dict[str, Identity]:
    """What each number of a decision in the snapshot means, in the order of its decisions."""
    return {
        one["number"]: Identity(UUID(one["decision"]), UUID(one["person"])) for one in snapshot["identities"]
    }


@dataclass(frozen=True, slots=True)
class FrozenFigures:
    """The sums of an accepted month: ids of persons, minutes, deviations and how many had no answer."""

    persons: frozenset[UUID]
    granted: int
    delivered: int
    must: int
    note: int
    open_note: int


def figures_of(snapshot: dict[str, Any]) -> FrozenFigures:
    """The figures that a snapshot holds."""
    decisions = snapshot["decisions"]
    severities = [
        SEVERITIES[Code(shown["code"])]
        for owner in [*decisions, *snapshot["contracts"]]
        for shown in owner["deviations"]
    ]
    must = severities.count(Severity.MUST)
    note = len(severities) - must
    noted = sum(SEVERITIES[Code(answer["code"])] is Severity.NOTE for answer in snapshot["resolutions"])
    return FrozenFigures(
        persons=frozenset(one.person for one in identities_of(snapshot).values()),
        granted=sum(line["granted_minutes"] for line in decisions),
        delivered=sum(line["delivered_minutes"] for line in snapshot["contracts"]),
        must=must,
        note=note,
        open_note=note - noted,
    )
