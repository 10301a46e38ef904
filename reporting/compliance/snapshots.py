"""What is frozen when a month is accepted: the comparison with the answers, and its hash."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from reporting.compliance.answers import Answered
from reporting.compliance.rules import MonthComparison, deviation_to_json, to_json


def snapshot_of(comparison: MonthComparison, answered: Iterable[Answered], *, tenant: str) -> dict[str, Any]:
    """The document of `compare_month --format json` for one contract, with a list `resolutions` added.

    Minutes are whole, instants ISO 8601 in UTC. It holds numbers and codes, no names of persons in care.
    """
    document = to_json(comparison, tenant=tenant)
    document["resolutions"] = [
        {
            "decision": one.deviation.decision,
            "code": one.code,
            "subject": one.subject,
            "deviation": deviation_to_json(one.deviation),
            "kind": one.resolution.kind,
            "reason": one.resolution.reason,
            "note": one.resolution.note,
            "made_at": one.resolution.made_at.isoformat(),
            "made_by": None if one.resolution.made_by is None else str(one.resolution.made_by),
            "made_by_name": one.resolution.made_by_name,
        }
        for one in answered
        if one.resolution is not None
    ]
    return document


def digest_of(snapshot: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON (keys sorted, no spaces, UTF-8); the same after a trip to the database."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
