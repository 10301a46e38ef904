"""One of every deviation, put into a month of the demo, so that each can be seen and tried."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from kernel.periods import Month
from reporting.demo.world import ACTIVITIES, DemoVisit, DemoWorld

NEW_CARER = "W90"


class _Month:
    """The visits of one month by decision, for the slips to change."""

    def __init__(self, world: DemoWorld, month: Month) -> None:
        self.world, self.month = world, month
        self.visits = world.visits[month]

    def number(self, position: int) -> str:
        return str(self.world.document["decisions"][position - 1]["number"])

    def decision(self, position: int) -> dict[str, Any]:
        row: dict[str, Any] = self.world.document["decisions"][position - 1]
        return row

    def of(self, position: int) -> list[DemoVisit]:
        number = self.number(position)
        return [visit for visit in self.visits if visit.decision == number and visit.state == "done"]

    def put(self, old: DemoVisit, new: DemoVisit) -> None:
        self.visits[self.visits.index(old)] = new

    def drop(self, gone: Callable[[DemoVisit], bool]) -> None:
        self.visits[:] = [visit for visit in self.visits if not gone(visit)]

    def saturday(self) -> date:
        return next(day for day in self.month.days() if day.isoweekday() == 6 and day.day > 7)


def add_new_carer(world: DemoWorld, month: Month, organisation: str) -> None:
    """A carer who passes the course in the middle of the month and whom the contract does not name."""
    contract = world.document["contracts"][0]
    contract["named_staff"] = [worker["code"] for worker in world.document["workers"]]
    world.document["workers"].append(
        {
            "code": NEW_CARER,
            "surname": "Nowicka",
            "given_name": "Żaneta",
            "organisation": organisation,
            "qualifications": [
                {
                    "code": "carer_course",
                    "valid_from": month.first.replace(day=20).isoformat(),
                    "valid_to": None,
                }
            ],
        }
    )


def amend_decision(world: DemoWorld, month: Month, position: int) -> str:
    """A new decision for the same person from the 16th; the visits from then on belong to it. Returns its number."""
    old = world.document["decisions"][position - 1]
    number = f"D/{len(world.document['decisions']) + 1:03d}/{month.year}"
    begins = month.first.replace(day=16)
    world.document["decisions"].append(
        {
            **old,
            "number": number,
            "amends": old["number"],
            "issued": begins.isoformat(),
            "valid_from": begins.isoformat(),
        }
    )
    for visits in world.visits.values():
        visits[:] = [
            replace(visit, decision=number)
            if visit.decision == old["number"] and visit.day >= begins
            else visit
            for visit in visits
        ]
    return number


def add_slips(world: DemoWorld, month: Month) -> None:
    """H1 … T3 of compliance.md, each on a decision of its own, except C1 (see `cap_contract`)."""
    amended = amend_decision(world, month, 5)
    rows = _Month(world, month)
    _hospital_stay(rows)
    _duplicate_across_amendment(rows, amended)
    saturday = rows.saturday()
    # H1, D3: a long unplanned visit on a Saturday.
    model = rows.of(6)[0]
    rows.visits.append(
        replace(model, day=saturday, start=time(8), minutes=600, note="Pomoc po zalaniu mieszkania")
    )
    # H2, D4: three quarters of the planned visits did not happen; H3: none at all.
    kept = rows.of(7)[: max(1, len(rows.of(7)) // 4)]
    rows.drop(lambda visit: visit.decision == rows.number(7) and visit not in kept)
    rows.drop(lambda visit: visit.decision == rows.number(8))
    # S1: an activity that the decision does not grant; S2: one that it grants and nobody did.
    model = rows.of(9)[0]
    foreign = next(code for code, _name in ACTIVITIES if code not in rows.decision(9)["activities"])
    rows.put(model, replace(model, activities=(*model.activities, foreign)))
    forgotten = rows.decision(10)["activities"][-1]
    for visit in rows.of(10):
        others = tuple(code for code in visit.activities if code != forgotten)
        rows.put(visit, replace(visit, activities=others or (rows.decision(10)["activities"][0],)))
    _overlaps(rows)
    # W1, W2: the new carer came before she had passed the course.
    model = rows.of(13)[0]
    rows.put(model, replace(model, worker=NEW_CARER))
    # T1: written down late; T2: hardly a visit.
    model = rows.of(14)[0]
    rows.put(model, replace(model, entered_after_days=12))
    model = rows.of(15)[0]
    rows.put(model, replace(model, minutes=5, activities=model.activities[:1]))


def _hospital_stay(rows: _Month) -> None:
    """D2: a suspension of two weeks, and a visit inside it all the same."""
    first, last = rows.month.first.replace(day=8), rows.month.first.replace(day=21)
    rows.decision(3)["suspensions"].append(
        {"from": first.isoformat(), "to": last.isoformat(), "reason": "hospital"}
    )
    inside = [visit for visit in rows.of(3) if first <= visit.day <= last]
    rows.drop(lambda visit: visit in inside[1:])


def _duplicate_across_amendment(rows: _Month, amended: str) -> None:
    """D1, T3: one visit written down under the amending decision and under the one that had ended."""
    old = rows.number(5)
    visit = next(visit for visit in rows.visits if visit.decision == amended and visit.state == "done")
    rows.visits.append(replace(visit, decision=old))


def _overlaps(rows: _Month) -> None:
    """O1: one carer at two persons at once; O2: two carers at one person though the decision grants one."""
    model = rows.of(11)[0]
    elsewhere = next(
        v
        for v in rows.visits
        if v.worker == model.worker and v.decision == rows.number(17) and v.state == "done"
    )
    late = (
        datetime.combine(elsewhere.day, elsewhere.start) + timedelta(minutes=elsewhere.minutes - 15)
    ).time()
    rows.drop(
        lambda v: (
            v.worker == model.worker and v.day == elsewhere.day and v is not elsewhere and late <= v.start
        )
    )
    rows.visits.append(replace(model, day=elsewhere.day, start=late, minutes=45))
    model = rows.of(12)[0]
    other = "W01" if model.worker != "W01" else "W02"
    begins = (datetime.combine(model.day, model.start) + timedelta(minutes=30)).time()
    rows.drop(lambda v: v.worker == other and v.day == model.day)
    rows.visits.append(replace(model, worker=other, start=begins, minutes=60))


def cap_contract(world: DemoWorld, month: Month, short_by: int) -> None:
    """C1: the contract's cap lies `short_by` minutes below what is delivered up to and including the month."""
    delivered = sum(
        visit.minutes
        for key, visits in world.visits.items()
        if key <= month
        for visit in visits
        if visit.state == "done"
    )
    world.document["contracts"][0]["cap_minutes"] = delivered - short_by
