"""“Can I log this?”: what stands around an entry, read from the diary and said in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from contracting.commissioning.models import Activity, Qualification
from contracting.contracts.models import NamedStaff, Worker, WorkerQualification
from kernel.access import Access
from kernel.periods import Month, is_public_holiday
from reporting.care.grants import granted_minutes
from reporting.care.models import Decision
from reporting.delivery.files.reasons import ROW_REASONS
from reporting.delivery.knowing import known_to
from reporting.delivery.limits import entry_limits
from reporting.delivery.models import FrozenMonth, Visit
from reporting.delivery.rules import (
    DONE,
    Entry,
    Finding,
    Instants,
    OtherVisit,
    Surroundings,
    TimesRefused,
    judge_entry,
    resolve_visit,
)
from reporting.delivery.terms import read_terms
from ui.formatting import format_date_short, format_minutes_clock, format_minutes_text, format_time


@dataclass(frozen=True)
class Question:
    """An entry that somebody thinks of: `visit_id` is the stored visit that it would replace."""

    decision: Decision
    worker: Worker | None
    day: date
    start: time
    end: time
    state: str = DONE
    activities: frozenset[str] = frozenset()
    visit_id: UUID | None = None


@dataclass(frozen=True)
class Statement:
    """One thing said: `weight` is ok, note, warn or stop; `deviation` the code that the month would give it."""

    code: str
    weight: str
    text: str
    deviation: str | None = None


@dataclass(frozen=True)
class Answer:
    """All that is said of an entry; `left` minutes of the decision would remain in the month (None: unknown).

    `persons` are those whom the statements name.
    """

    day: date
    statements: tuple[Statement, ...]
    left: int | None = None
    persons: frozenset[UUID] = frozenset()

    @property
    def can_log(self) -> bool:
        """Whether it can be saved; deviations do not forbid it."""
        return all(statement.weight != "stop" for statement in self.statements)

    def as_json(self) -> dict[str, Any]:
        """`{"can_log", "date", "left", "line", "statements": [{code, weight, text, deviation}]}`."""
        return {
            "can_log": self.can_log,
            "date": self.day.isoformat(),
            "left": self.left,
            "line": f"{self.day:%d.%m}: " + " · ".join(statement.text for statement in self.statements),
            "statements": [
                {
                    "code": statement.code,
                    "weight": statement.weight,
                    "text": statement.text,
                    "deviation": statement.deviation,
                }
                for statement in self.statements
            ],
        }


def can_log(question: Question, access: Access) -> Answer:
    """What is to be said before the entry is saved; nothing is written and nothing is refused."""
    try:
        when = resolve_visit(question.day, question.start, question.end)
    except TimesRefused as fault:
        at = f"{fault.at:%H:%M}"
        text = str(ROW_REASONS[fault.code]).format(value=at, time=at, day=format_date_short(question.day))
        return Answer(question.day, (Statement(fault.code, "stop", text),))
    around = _surroundings(question, when, access)
    entry = Entry(question.day, question.start, when, question.state, question.activities)
    names = _names(question)
    findings = [
        finding
        for finding in judge_entry(entry, around, entry_limits())
        if question.worker is not None or not finding.code.startswith("worker_")
    ]
    spent = when.minutes if question.state == DONE else 0
    return Answer(
        question.day,
        tuple(
            Statement(finding.code, finding.weight, _say(finding, question, names), finding.deviation)
            for finding in findings
        ),
        around.granted_minutes - around.used_minutes - spent,
        frozenset(
            person for finding in findings if isinstance(person := finding.details.get("person"), UUID)
        ),
    )


def _surroundings(question: Question, when: Instants, access: Access) -> Surroundings:
    decision, month = question.decision, Month.of(question.day)
    terms = read_terms([decision])[decision.pk]
    others = Visit.objects.exclude(pk=question.visit_id) if question.visit_id else Visit.objects.all()
    used = others.filter(decision=decision, state=DONE, date__range=(month.first, month.last))
    frozen = FrozenMonth.objects.filter(contract_id=decision.contract_id, month=month.first).first()
    covering = (
        Decision.objects.visible_to(access)
        .filter(person_id=decision.person_id, service_id=decision.service_id)
        .in_force_on(question.day)
        .exclude(pk=decision.pk)
    )
    at_once = others.filter(starts_at__lt=when.ends_at, ends_at__gt=when.starts_at)
    return Surroundings(
        terms=terms,
        granted_minutes=granted_minutes(terms, month),
        used_minutes=used.aggregate(sum=Sum("minutes"))["sum"] or 0,
        now=timezone.now(),
        holiday=is_public_holiday(question.day),
        month_closed=frozen is not None and decision.pk not in frozen.open_decisions,
        covering=tuple(covering.values_list("number", flat=True)),
        of_worker=_of_worker(question, when, at_once, access),
        of_person=_of_person(question, when, at_once, access),
        worker_last_day=None if question.worker is None else question.worker.ended_on,
        missing_qualifications=_missing_qualifications(question),
        is_named=_is_named(question),
    )


def _of_worker(question: Question, when: Instants, at_once: Any, access: Access) -> tuple[OtherVisit, ...]:
    """Visits of the worker at that time; whose they are is told only where the reader may see the visit."""
    if question.worker is None:
        return ()
    visits = at_once.filter(worker=question.worker)
    visible = dict(visits.visible_to(access).values_list("pk", "decision_id"))
    known = known_to(access, visible.values())
    found = []
    for visit in visits.select_related("decision__person"):
        same_times = (visit.starts_at, visit.ends_at) == (when.starts_at, when.ends_at)
        same_visit = same_times and visit.decision_id == question.decision.pk
        if not same_visit and visit.state != DONE:
            continue
        decision, may_name = visit.decision, visible.get(visit.pk) in known
        found.append(
            _other(
                visit,
                _label(visit, visit.pk in visible, may_name),
                same_visit=same_visit,
                same_content=same_times and decision.person_id == question.decision.person_id,
                person=decision.person_id if may_name else None,
            )
        )
    return tuple(found)


def _label(visit: Visit, is_visible: bool, may_name: bool) -> str:
    """Whose visit it is, as far as the reader knows: with the name, by the number alone, or not at all."""
    if may_name:
        return f"{visit.decision.person}, {visit.decision.number}"
    return visit.decision.number if is_visible else _("another person")


def _of_person(question: Question, when: Instants, at_once: Any, access: Access) -> tuple[OtherVisit, ...]:
    """Visits to the person at that time; who makes them is told only where the reader may see the visit."""
    visits = at_once.filter(decision__person_id=question.decision.person_id, state=DONE)
    if question.worker is not None:
        visits = visits.exclude(worker=question.worker, starts_at=when.starts_at, ends_at=when.ends_at)
    visible = set(visits.visible_to(access).values_list("pk", flat=True))
    return tuple(
        _other(visit, str(visit.worker) if visit.pk in visible else _("a worker of another organisation"))
        for visit in visits.select_related("worker", "decision")
    )


def _other(visit: Visit, label: str, **known: Any) -> OtherVisit:
    return OtherVisit(
        Instants(visit.starts_at, visit.ends_at),
        visit.start,
        timezone.localtime(visit.ends_at).time(),
        label,
        visit.decision.two_workers,
        **known,
    )


def _missing_qualifications(question: Question) -> tuple[str, ...]:
    required = set(question.decision.service.required_qualifications)
    if not required or question.worker is None:
        return ()
    held = WorkerQualification.objects.filter(worker=question.worker, valid_from__lte=question.day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=question.day)
    )
    missing = required - set(held.values_list("code", flat=True))
    names = dict(Qualification.objects.filter(code__in=missing).values_list("code", "name"))
    return tuple(sorted(names.get(code, code) for code in missing))


def _is_named(question: Question) -> bool | None:
    named = list(
        NamedStaff.objects.filter(contract_id=question.decision.contract_id).values_list(
            "worker_id", "valid_from", "valid_to"
        )
    )
    if not named or question.worker is None:
        return None
    return any(
        worker_id == question.worker.pk
        and (first is None or first <= question.day)
        and (last is None or question.day <= last)
        for worker_id, first, last in named
    )


def _names(question: Question) -> dict[str, str]:
    """Names of the activities asked about, by code."""
    if not question.activities:
        return {}
    return dict(
        Activity.objects.filter(
            service_id=question.decision.service_id, code__in=question.activities
        ).values_list("code", "name")
    )


def _say(finding: Finding, question: Question, names: Mapping[str, str]) -> str:
    details = {
        "worker": str(question.worker or ""),
        **{key: _shown(key, value, names) for key, value in finding.details.items()},
    }
    return _sentences()[finding.code] % details


def _shown(key: str, value: object, names: Mapping[str, str]) -> str:
    if key in ("granted", "left", "over"):
        return format_minutes_clock(int(str(value)))
    if key == "minutes":
        return format_minutes_text(int(str(value)))
    if isinstance(value, date):
        return format_date_short(value)
    if isinstance(value, time):
        return format_time(value)
    if key == "planned" and isinstance(value, tuple):
        if not value:
            return pgettext("plan", "nothing")
        return ", ".join(f"{format_time(start)}–{format_time(end)}" for start, end in value)
    if isinstance(value, tuple):
        return ", ".join(names.get(code, code) for code in value)
    return str(value)


def _sentences() -> dict[str, str]:
    return {
        "month_closed": _("this month was handed in and is closed: ask the social unit to return it"),
        "not_begun": _("this visit has not begun yet: it can be logged when it begins"),
        "already_there": _("this visit is in the diary already"),
        "covered": _("decision %(number)s"),
        "covered_by_other": _(
            "decision %(number)s does not hold on this day; %(other)s does: enter it there"
        ),
        "not_covered": _("decision %(number)s does not hold on this day (it holds %(first)s – %(last)s)"),
        "suspended": _("the decision is suspended %(first)s – %(last)s"),
        "holiday": _("public holiday"),
        "left": _("%(left)s of %(granted)s left after this entry"),
        "over": _("%(over)s above the decision (granted %(granted)s)"),
        "worker_free": _("%(worker)s is free"),
        "worker_gone": _("%(worker)s: last day of work %(last)s, choose another worker"),
        "worker_busy": _("%(worker)s has another visit %(start)s–%(end)s (%(label)s), overlap %(minutes)s"),
        "duplicate": _("the same visit stands in the diary already, under another decision of the person"),
        "person_busy": _("%(label)s is with the person %(start)s–%(end)s, overlap %(minutes)s"),
        "outside_scope": _("outside the scope of the decision: %(activities)s"),
        "not_qualified": _("%(worker)s lacks a required qualification: %(qualifications)s"),
        "not_named": _("the contract does not name %(worker)s"),
        "short": _("only %(minutes)s"),
        "long": _("as long as %(minutes)s"),
        "fits_plan": _("fits the plan"),
        "off_plan": _("off the plan (planned: %(planned)s)"),
        "late": _("entered %(days)s days after the visit, more than %(limit)s"),
    }
