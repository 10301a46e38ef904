"""What an exported month says: the frozen snapshot of an accepted month, else the comparison of now."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract
from kernel.access import Access
from kernel.periods import Month, local_date, local_datetime
from kernel.tenancy import require_tenant
from reporting.care.models import Person
from reporting.care.permissions import READ_PERSONS
from reporting.compliance.answers import answered_month
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.telling import workers_told_to
from reporting.compliance.rules import SEVERITIES, Code, Severity
from reporting.compliance.snapshots import Identity, identities_of, snapshot_of
from reporting.compliance.terms import CODE_NAMES, SEVERITY_NAMES, describe_shown
from reporting.delivery.models import Visit
from ui.formatting import format_date_short, format_minutes_text, format_month, percent_of

_REASONS = dict([*Resolution.Reason.choices, *Resolution.Refusal.choices])


@dataclass(frozen=True)
class DecisionLine:
    """One decision: whole minutes, percent with one decimal or None; `codes` like `("D4 ×9", "H2")`."""

    number: str
    person_name: str
    granted_minutes: int
    delivered_minutes: int
    percent: float | None
    codes: tuple[str, ...]


@dataclass(frozen=True)
class DeviationLine:
    """One deviation with its answer ("" while there is none); `where` is the number of the decision or contract."""

    where: str
    code: str
    name: str
    is_must: bool
    severity: str
    day: date | None
    about: str
    minutes: int | None
    answer: str


@dataclass(frozen=True)
class VisitLine:
    """One visit in the diary, whatever its state; times are local."""

    decision: str
    day: date
    start: time
    end: datetime
    minutes: int
    worker: str
    worker_name: str
    activities: str
    state: str
    entered_on: date


@dataclass(frozen=True)
class MonthReport:
    """Everything that the exports of a contract's month say. `person_ids` are those whose names it holds."""

    unit_name: str
    tenant_name: str
    contract: Contract
    month: Month
    state: str
    history: tuple[str, ...]
    granted_minutes: int
    delivered_minutes: int
    refused_minutes: int
    percent: Decimal | None
    decisions: tuple[DecisionLine, ...]
    deviations: tuple[DeviationLine, ...]
    visits: tuple[VisitLine, ...]
    snapshot_sha256: str
    has_names: bool
    person_ids: frozenset[UUID]

    def head(self) -> list[tuple[str, str]]:
        """What the month is about and how far it got, as pairs of a name and a value."""
        return [
            (_("Contract"), self.contract.number),
            (_("Provider"), str(self.contract.organisation)),
            (_("Service"), str(self.contract.service)),
            (_("Month"), format_month(self.month)),
            (_("State"), "; ".join([self.state, *self.history])),
        ]

    def open_count(self, *, must: bool) -> int:
        """Deviations without an answer, of one severity."""
        return sum(line.is_must is must and not line.answer for line in self.deviations)


def report_of(contract: Contract, month: Month, access: Access) -> MonthReport:
    """The report in the active language; the number of queries does not grow with persons or visits.

    Names of persons in care are in it only for those who may read them, and people of an organisation are not told
    which worker of another one a visit overlaps with.
    """
    with_names = access.may(READ_PERSONS)
    workers = workers_told_to(access)
    row = ContractMonth.objects.filter(contract=contract, month=month.first).first()
    tenant = require_tenant()
    frozen = row is not None and row.snapshot is not None
    document: dict[str, Any] = row.snapshot if frozen else _document_of_now(contract, month)
    activities = dict(Activity.objects.filter(service_id=contract.service_id).values_list("code", "name"))
    meant = identities_of(document)
    persons = _persons(meant, access) if with_names else {}
    granted = sum(line["granted_minutes"] for line in document["decisions"])
    delivered = sum(line["delivered_minutes"] for line in document["contracts"])
    return MonthReport(
        unit_name=tenant.unit_name,
        tenant_name=tenant.name,
        contract=contract,
        month=month,
        state=str(row.get_state_display() if row is not None else ContractMonth.State.OPEN.label),
        history=(*_history(row), *_still_running(month)),
        granted_minutes=granted,
        delivered_minutes=delivered,
        refused_minutes=sum(document["refused"]["decisions"].values()) + document["refused"]["beyond"],
        percent=percent_of(delivered, granted),
        decisions=tuple(_decision_lines(document, persons)),
        deviations=tuple(_deviation_lines(document, activities, workers)),
        visits=tuple(_visit_lines(contract, month, activities, meant)),
        snapshot_sha256=row.snapshot_sha256 if row is not None else "",
        has_names=with_names,
        person_ids=frozenset(person.pk for person in persons.values()),
    )


def _document_of_now(contract: Contract, month: Month) -> dict[str, Any]:
    comparison = compare_month(month, contracts=[contract.pk]).so_far(timezone.localdate())
    return snapshot_of(comparison, answered_month(comparison), tenant=require_tenant().slug)


def _persons(meant: Mapping[str, Identity], access: Access) -> dict[str, Person]:
    """The persons whom the numbers of decisions mean, as far as one may see them today."""
    ids = {one.person for one in meant.values()}
    found = {person.pk: person for person in Person.objects.visible_to(access).filter(pk__in=ids)}
    return {number: found[one.person] for number, one in meant.items() if one.person in found}


def _history(row: ContractMonth | None) -> Iterator[str]:
    if row is None:
        return
    if row.submitted_at is not None:
        yield _("handed in %(date)s by %(name)s") % {
            "date": format_date_short(local_date(row.submitted_at)),
            "name": row.submitted_by_name,
        }
    if row.state == ContractMonth.State.RETURNED and row.returned_at is not None:
        yield _("returned %(date)s: %(reason)s") % {
            "date": format_date_short(local_date(row.returned_at)),
            "reason": row.return_reason,
        }
    if row.accepted_at is not None:
        yield _("accepted %(date)s by %(name)s") % {
            "date": format_date_short(local_date(row.accepted_at)),
            "name": row.accepted_by_name,
        }


def _still_running(month: Month) -> Iterator[str]:
    today = timezone.localdate()
    if today <= month.last:
        yield _(
            "the month is not over; as of %(date)s, days to come count neither as missed nor as too little"
        ) % {"date": format_date_short(today)}


def _decision_lines(document: Mapping[str, Any], persons: Mapping[str, Person]) -> Iterator[DecisionLine]:
    for line in document["decisions"]:
        counted = Counter(one["code"] for one in line["deviations"])
        yield DecisionLine(
            number=line["number"],
            person_name=str(persons[line["number"]]) if line["number"] in persons else "",
            granted_minutes=line["granted_minutes"],
            delivered_minutes=line["delivered_minutes"],
            percent=line["fulfilment_percent"],
            codes=tuple(
                code if count == 1 else f"{code} ×{count}" for code, count in sorted(counted.items())
            ),
        )


def _deviation_lines(
    document: Mapping[str, Any], activities: Mapping[str, str], workers: frozenset[str] | None
) -> Iterator[DeviationLine]:
    answers = list(document["resolutions"])
    for owner, is_decision in [
        *((line, True) for line in document["decisions"]),
        *((line, False) for line in document["contracts"]),
    ]:
        for shown in owner["deviations"]:
            code = Code(shown["code"])
            answer = _take_answer(answers, owner["number"] if is_decision else None, shown)
            moment = shown["visit"] or shown["slot"]
            yield DeviationLine(
                where=owner["number"],
                code=code.value,
                name=str(CODE_NAMES[code]),
                is_must=SEVERITIES[code] is Severity.MUST,
                severity=str(SEVERITY_NAMES[SEVERITIES[code]]),
                day=date.fromisoformat(moment["date"]) if moment else None,
                about=_about(shown, activities, workers),
                minutes=shown["minutes"],
                answer=_answer_line(answer),
            )


def _about(shown: Mapping[str, Any], activities: Mapping[str, str], workers: frozenset[str] | None) -> str:
    other = shown["other"]
    if workers is None or other is None or other["worker"] in workers:
        return describe_shown(shown, activities)
    parts = [describe_shown({**shown, "other": None}, activities), _("with a visit of another organisation")]
    return " · ".join(parts)


def _take_answer(
    answers: list[dict[str, Any]], decision: str | None, shown: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The first answer to what is shown; each is taken once, for two deviations may look the same."""
    for place, answer in enumerate(answers):
        if answer["decision"] == decision and answer["deviation"] == shown:
            return answers.pop(place)
    return None


def _answer_line(answer: Mapping[str, Any] | None) -> str:
    if answer is None:
        return ""
    words = [str(Resolution.Kind(answer["kind"]).label)]
    if answer["reason"]:
        words = [f"{words[0]}: {_REASONS[answer['reason']]}"]
    if answer["refused_minutes"]:
        words.append(_("less %(minutes)s") % {"minutes": format_minutes_text(answer["refused_minutes"])})
    if answer["note"]:
        words.append(answer["note"])
    made_on = format_date_short(local_date(datetime.fromisoformat(answer["made_at"])))
    words.append(f"{answer['made_by_name']}, {made_on}" if answer["made_by_name"] else made_on)
    return " · ".join(words)


def _visit_lines(
    contract: Contract, month: Month, activities: Mapping[str, str], meant: Mapping[str, Identity]
) -> Iterator[VisitLine]:
    """Visits by decision, numbered and ordered as the report's decisions are, then by time."""
    numbers = {one.decision: number for number, one in meant.items()}
    places = {one.decision: place for place, one in enumerate(meant.values())}
    visits = (
        Visit.objects.filter(decision__contract=contract)
        .beginning_in(month.first, month.last)
        .select_related("decision", "worker")
        .order_by("decision__number", "starts_at", "worker__code", "ends_at", "pk")
    )
    # Sorting is stable: decisions that are not compared come last, each with its visits in the order just read.
    for visit in sorted(visits, key=lambda one: places.get(one.decision_id, len(places))):
        yield VisitLine(
            decision=numbers.get(visit.decision_id, visit.decision.number),
            day=visit.date,
            start=visit.start,
            end=local_datetime(visit.ends_at),
            minutes=visit.minutes,
            worker=visit.worker.code,
            worker_name=str(visit.worker),
            activities=", ".join(activities.get(code, code) for code in visit.activities),
            state=str(visit.get_state_display()),
            entered_on=local_date(visit.entered_at),
        )
