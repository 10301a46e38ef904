"""The visits of an accepted month, each with what was accepted of it, as what was frozen says."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, time
from typing import Any
from uuid import UUID

from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.snapshots import identities_of
from reporting.delivery.models import Visit
from reporting.settlement.rules.lines import Line, Place, accepted_lines


def accepted_lines_of(row: ContractMonth) -> list[Line]:
    """The visits that count of an accepted or settled month of a contract, in time; one query.

    Raises ValueError where the month is not accepted: nothing is frozen then.
    """
    if not row.snapshot:
        raise ValueError(f"the month {row.month:%Y-%m} of contract {row.contract_id} is not accepted")
    snapshot: dict[str, Any] = row.snapshot
    meant = {number: one.decision for number, one in identities_of(snapshot).items()}
    refused = snapshot["refused"]
    return accepted_lines(
        _visits(row, list(meant.values())),
        of_visits=_refused_visits(snapshot, meant),
        of_decisions={meant[number]: minutes for number, minutes in refused["decisions"].items()},
        beyond=refused["beyond"],
    )


def _visits(row: ContractMonth, decisions: list[UUID]) -> list[Line]:
    found = (
        Visit.objects.filter(decision__in=decisions, state=Visit.State.DONE)
        .filter(date__gte=row.month, date__lt=_next(row.month))
        .values_list("pk", "decision_id", "date", "start", "worker__code", "minutes")
    )
    return [Line(*values) for values in found]


def _next(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def _refused_visits(snapshot: dict[str, Any], meant: Mapping[str, UUID]) -> dict[Place, int]:
    """Minutes that answers refused of single visits."""
    found: dict[Place, int] = defaultdict(int)
    for answer in snapshot["resolutions"]:
        visit = answer["deviation"]["visit"]
        if answer["kind"] == Resolution.Kind.REFUSED and visit is not None and answer["decision"]:
            place = (
                meant[answer["decision"]],
                date.fromisoformat(visit["date"]),
                time.fromisoformat(visit["start"]),
                visit["worker"],
            )
            found[place] += answer["refused_minutes"]
    return found
