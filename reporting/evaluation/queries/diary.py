"""The diary of one contract as the rules of evaluation want to be told it: a constant number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from contracting.contracts.models import Contract, NamedStaff, WorkerQualification
from kernel.periods import Month, local_date
from reporting.care.models import Decision, PlanSlot
from reporting.care.models import Suspension as StoredSuspension
from reporting.compliance.queries import thresholds_at_hand
from reporting.compliance.rules import (
    Amount,
    AmountPer,
    DecisionFacts,
    NamedWorker,
    Qualification,
    Slot,
    Suspension,
    VisitFacts,
    VisitState,
    WorkerFacts,
    is_unnamed,
    lacks_qualification,
)
from reporting.delivery.models import Visit
from reporting.evaluation.models import SETTING_FIELDS, MeasuringSettings
from reporting.evaluation.rules.measures import Staffing
from reporting.evaluation.rules.work import Conditions, MonthWork, work_of
from reporting.settlement.queries import late_visits_of, visits_not_held

_COUNTED = (Visit.State.DONE, Visit.State.NO_SHOW)


def conditions_at_hand() -> Conditions:
    """What the tenant calls on time, evening and a replacement; two queries."""
    row = MeasuringSettings.objects.first() or MeasuringSettings()
    tolerance = thresholds_at_hand().slot_tolerance_minutes
    return Conditions(
        slot_tolerance_minutes=tolerance, **{name: getattr(row, name) for name in SETTING_FIELDS}
    )


@dataclass(frozen=True)
class Diary:
    """Decisions and visits of one contract over some months, with who was qualified and named for each visit.

    The visits are those that were held, whenever that came to be known: late visits, added to a month that was
    accepted, are among them on their own day, with the carer and the minutes that stand; visits of which a correction
    says that they were not held are not. Other corrections change what is paid, not what was done.
    """

    decisions: tuple[DecisionFacts, ...]
    visits: tuple[VisitFacts, ...]
    staffing: Staffing
    conditions: Conditions

    def work_in(self, month: Month, today: date) -> MonthWork:
        """The work of one of the months that were read."""
        return work_of(month, self.decisions, self.visits, self.conditions, today=today)

    @property
    def numbers(self) -> dict[str, str]:
        """The number of each decision by its id as text."""
        return {decision.key: decision.number for decision in self.decisions}


def read_diary(contract: Contract, first: date, last: date, conditions: Conditions) -> Diary:
    """The diary of the contract from first to last, with the days after, in which replacements may come: 8 queries."""
    until = last + timedelta(days=conditions.replacement_within_hours // 24 + 2)
    late = late_visits_of(contract, first, until)
    visited = Visit.objects.filter(
        decision=OuterRef("pk"), date__gte=first, date__lte=until, state__in=_COUNTED
    )
    decisions = list(
        Decision.objects.filter(contract=contract)
        .filter(
            Q(valid_from__lte=until, ends_before__gt=first)
            | Exists(visited)
            | Q(pk__in={one.decision for one in late})
        )
        .select_related("service")
        .order_by("number")
    )
    ids = [decision.pk for decision in decisions]
    slots: dict[UUID, list[Slot]] = defaultdict(list)
    for key, *slot in PlanSlot.objects.filter(decision__in=ids).values_list(
        "decision_id", "weekday", "start", "minutes", "on_holidays"
    ):
        slots[key].append(Slot(*slot))
    rests: dict[UUID, list[Suspension]] = defaultdict(list)
    for key, begins, ends in StoredSuspension.objects.filter(decision__in=ids).values_list(
        "decision_id", "first_day", "last_day"
    ):
        rests[key].append(Suspension(begins, ends))
    facts = tuple(_facts(one, tuple(slots[one.pk]), tuple(rests[one.pk])) for one in decisions)
    not_held = visits_not_held(contract, first, until)
    rows = (
        Visit.objects.filter(decision__in=ids, date__gte=first, date__lte=until, state__in=_COUNTED)
        .order_by("starts_at", "id")
        .values_list(
            "id",
            "decision_id",
            "decision__person_id",
            "worker__code",
            "date",
            "start",
            "starts_at",
            "ends_at",
            "minutes",
            "entered_at",
            "state",
        )
    )
    visits = [_visit(row) for row in rows if row[0] not in not_held]
    visits = sorted([*visits, *late], key=lambda one: (one.starts_at, one.id))
    return Diary(facts, tuple(visits), _staffing(contract, facts, visits), conditions)


Row = tuple[UUID, UUID, UUID, str, date, object, datetime, datetime, int, datetime, str]


def _facts(one: Decision, plan: tuple[Slot, ...], rests: tuple[Suspension, ...]) -> DecisionFacts:
    return DecisionFacts(
        key=str(one.pk),
        number=one.number,
        person=str(one.person_id),
        contract=str(one.contract_id),
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        amount=Amount(AmountPer(one.amount_per), one.minutes),
        plan=plan,
        scope=frozenset(one.activities),
        required_qualifications=frozenset(one.service.required_qualifications),
        two_workers=one.two_workers,
        suspensions=rests,
        revoked_from=one.revoked_from,
        superseded_from=one.superseded_from,
    )


def _visit(row: Row) -> VisitFacts:
    pk, decision, person, worker, day, start, starts_at, ends_at, minutes, entered_at, state = row
    return VisitFacts(
        id=str(pk),
        decision=str(decision),
        person=str(person),
        worker=worker,
        date=day,
        start=start,  # type: ignore[arg-type]
        starts_at=starts_at.astimezone(UTC),
        ends_at=ends_at.astimezone(UTC),
        minutes=minutes,
        entered_on=local_date(entered_at),
        state=VisitState(state),
    )


def _staffing(
    contract: Contract, decisions: tuple[DecisionFacts, ...], visits: Sequence[VisitFacts]
) -> Staffing:
    """Who was qualified and named on the day of each visit, by the rules W1 and W2 of the comparison."""
    held: dict[str, list[Qualification]] = defaultdict(list)
    for worker, *qualification in WorkerQualification.objects.filter(
        worker__code__in={visit.worker for visit in visits}
    ).values_list("worker__code", "code", "valid_from", "valid_to"):
        held[worker].append(Qualification(*qualification))
    staff: dict[str, list[NamedWorker]] = defaultdict(list)
    for named in NamedStaff.objects.filter(contract=contract).values_list(
        "worker__code", "valid_from", "valid_to"
    ):
        staff[named[0]].append(NamedWorker(*named))
    required = {decision.key: decision.required_qualifications for decision in decisions}
    unqualified, unnamed = set(), set()
    for visit in visits:
        carer = WorkerFacts(visit.worker, tuple(held[visit.worker]))
        if lacks_qualification(required[visit.decision], carer, visit.date):
            unqualified.add(visit.id)
        if is_unnamed(staff, visit.worker, visit.date):
            unnamed.add(visit.id)
    return Staffing(frozenset(unqualified), frozenset(unnamed), any(required.values()))
