"""The visits of an accepted month, each with what was accepted of it, as what was frozen says."""

from collections import defaultdict
from collections.abc import Collection, Mapping
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
    return accepted_lines_in([row])[row.pk]


def accepted_lines_in(rows: Collection[ContractMonth]) -> dict[UUID, list[Line]]:
    """The same of several accepted months, by id of their rows; one query, however many contracts and months.

    Raises ValueError where one of them is not accepted.
    """
    meant: dict[UUID, dict[str, UUID]] = {}
    for row in rows:
        if not row.snapshot:
            raise ValueError(f"the month {row.month:%Y-%m} of contract {row.contract_id} is not accepted")
        snapshot: dict[str, Any] = row.snapshot
        meant[row.pk] = {number: one.decision for number, one in identities_of(snapshot).items()}
    done = _visits({decision for found in meant.values() for decision in found.values()}, rows)
    return {row.pk: _accepted(row, meant[row.pk], done) for row in rows}


def _accepted(
    row: ContractMonth, meant: Mapping[str, UUID], done: Mapping[tuple[UUID, date], list[Line]]
) -> list[Line]:
    snapshot: dict[str, Any] = row.snapshot or {}
    refused = snapshot["refused"]
    return accepted_lines(
        [line for decision in meant.values() for line in done.get((decision, row.month), ())],
        of_visits=_refused_visits(snapshot, meant),
        of_decisions={meant[number]: minutes for number, minutes in refused["decisions"].items()},
        beyond=refused["beyond"],
    )


def _visits(
    decisions: Collection[UUID], rows: Collection[ContractMonth]
) -> Mapping[tuple[UUID, date], list[Line]]:
    """Visits made in the months of the rows, by decision and first day of the month."""
    found: dict[tuple[UUID, date], list[Line]] = defaultdict(list)
    if not rows:
        return found
    done = (
        Visit.objects.filter(decision__in=decisions, state=Visit.State.DONE)
        .filter(date__gte=min(row.month for row in rows), date__lt=_next(max(row.month for row in rows)))
        .values_list("pk", "decision_id", "date", "start", "worker__code", "minutes")
    )
    for values in done:
        line = Line(*values)
        found[line.decision, line.date.replace(day=1)].append(line)
    return found


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
