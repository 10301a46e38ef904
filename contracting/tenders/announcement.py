"""The check list before a call is published: what is there, what is missing, the article, and where it is mended."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from contracting.commissioning.law import Limit, limits_on
from contracting.tenders.lawfulness import grace
from contracting.tenders.models import Call
from contracting.tenders.rules.announcing import ITEMS, CallFacts, Finding, Limits, Point, findings
from kernel.errors import Problem, Sentence
from kernel.periods import local_date
from ui.formatting import format_date_text, format_instant_text, format_money, format_percent

# Point → (what it is, section of the call where it is mended, code of the limit that holds its article).
_POINTS: dict[Point, tuple[Promise, str, str]] = {
    Point.TASK: (gettext_lazy("1. Kind of the task"), "texts", "announcement_items"),
    Point.FUNDS: (gettext_lazy("2. Public funds for the task"), "parameters", "announcement_items"),
    Point.RULES: (gettext_lazy("3. Rules of granting"), "texts", "announcement_items"),
    Point.CONDITIONS: (gettext_lazy("4. Dates and conditions of delivery"), "texts", "announcement_items"),
    Point.DEADLINE: (gettext_lazy("5. Deadline for offers"), "parameters", "announcement_items"),
    Point.SELECTION: (
        gettext_lazy("6. Procedure, criteria and date of the choice"),
        "texts",
        "announcement_items",
    ),
    Point.EARLIER: (
        gettext_lazy("7. Tasks of this kind this year and last, with their costs"),
        "texts",
        "announcement_items",
    ),
    Point.NUMBER: (gettext_lazy("Number of the call"), "basics", ""),
    Point.TERM: (gettext_lazy("Time for offers after the last publication"), "parameters", "call_days_min"),
    Point.WEIGHTS: (gettext_lazy("Weights of the criteria sum to 100 %"), "criteria", ""),
    Point.FORM: (gettext_lazy("Own contribution fits the form"), "parameters", ""),
    Point.SMALL_GRANT: (gettext_lazy("Limits of a small grant"), "parameters", "small_grant_max_pln"),
    Point.LENGTH: (gettext_lazy("Length of the task"), "parameters", "contract_max_years"),
    Point.CONCEPT: (gettext_lazy("Questions of the service concept"), "concept", ""),
}
# Where a field is mended, when that is not where its point is.
_SECTION_OF = {
    "task_from": "parameters",
    "task_to": "parameters",
    "decision_due_on": "parameters",
    "lots": "lots",
    "criteria": "criteria",
}

_SENTENCES: dict[str, Promise] = {
    "task_kind_missing": gettext_lazy(
        "Kind of the task: nothing is written. Describe what is to be delivered."
    ),
    "grant_rules_missing": gettext_lazy(
        "Rules of granting: nothing is written. Say who may get how much for what."
    ),
    "conditions_missing": gettext_lazy(
        "Dates and conditions of delivery: nothing is written. Describe them."
    ),
    "selection_missing": gettext_lazy(
        "Procedure of the choice: nothing is written. Say how offers are weighed."
    ),
    "earlier_tasks_missing": gettext_lazy(
        "Earlier tasks: nothing is written. List those of this year and last with their costs, "
        "or write that there were none."
    ),
    "number_missing": gettext_lazy("Number: the call has none. Give it one, for example 1/2027."),
    "concept_without_questions": gettext_lazy(
        "Service concept: it is required, but asks nothing. Write at least one question, or do not require it."
    ),
    "funds_missing": gettext_lazy("Funds: no amount is given. Enter the public money for the whole call."),
    "lots_missing": gettext_lazy(
        "Parts: there is none. Add at least one part; a call without parts has one."
    ),
    "lots_do_not_add_up": gettext_lazy(
        "Parts: their funds sum to %(sum)s, the call has %(funds)s. Correct the parts or the funds."
    ),
    "grant_above_funds": gettext_lazy(
        "Largest grant: %(grant)s is more than the funds of the call, %(funds)s. Correct one of them."
    ),
    "task_from_missing": gettext_lazy("Task begins: no day is given. Enter the first day of delivery."),
    "task_to_missing": gettext_lazy("Task ends: no day is given. Enter the last day of delivery."),
    "deadline_missing": gettext_lazy("Deadline: none is given. Enter the day and the hour."),
    "deadline_past": gettext_lazy("Deadline: %(deadline)s has passed. Choose a later one."),
    "decision_due_on_missing": gettext_lazy("Date of the choice: none is given. Enter the day."),
    "choice_before_deadline": gettext_lazy(
        "Date of the choice: %(day)s comes before the deadline for offers, %(deadline)s. Choose a later day."
    ),
    "task_before_deadline": gettext_lazy(
        "Task begins: %(day)s comes before the deadline for offers, %(deadline)s. Choose a later day, or an earlier "
        "deadline."
    ),
    "task_soon_after_deadline": gettext_lazy(
        "Task begins: %(day)s is less than %(days)s days after the deadline for offers, %(deadline)s. Opening, choice, "
        "results and the contract must fit in between: think of a later day."
    ),
    "term_short": gettext_lazy(
        "Deadline: %(deadline)s is too early. The last publication is of %(last)s, then %(days)s must pass: "
        "choose %(earliest)s or later."
    ),
    "criteria_missing": gettext_lazy("Criteria: there is none. Add those by which offers are compared."),
    "weights_not_100": gettext_lazy(
        "Weights: they sum to %(sum)s %%. Change them so that they sum to 100 %%."
    ),
    "entrusted_with_own_share": gettext_lazy(
        "Own contribution: %(share)s is demanded, but an entrusted task is financed in full. "
        "Enter 0, or choose supporting."
    ),
    "supported_without_own_share": gettext_lazy(
        "Own contribution: none is demanded, but a supported task is financed in part only. "
        "Enter the smallest share, or choose entrusting."
    ),
    "small_grant_without_max": gettext_lazy("Largest grant: none is given. A small grant needs it."),
    "small_grant_too_large": gettext_lazy(
        "Largest grant: %(grant)s is more than a small grant may be. Enter %(most)s or less."
    ),
    "small_grant_too_long": gettext_lazy(
        "Task ends: the task would last %(days)s days, a small grant at most %(most)s. Choose an earlier end."
    ),
    "contract_too_long": gettext_lazy(
        "Task ends: %(task_to)s is later than a contract of %(years)s may last. Choose %(last)s or earlier."
    ),
}


@dataclass(frozen=True)
class Line:
    """A line of the check list: what it is, the article, whether it is done, what is wrong, where that is mended."""

    point: Point
    label: Sentence
    article: str
    section: str
    problems: tuple[Problem, ...] = field(default=())
    # What is worth a thought and keeps nothing from being published.
    advice: tuple[str, ...] = field(default=())

    @property
    def is_done(self) -> bool:
        return not self.problems

    @property
    def address(self) -> str:
        """The name of the address at which it is mended."""
        return f"calls:edit_{self.section}"


def check_call(call: Call, *, now: datetime) -> list[Line]:
    """The check list of a call as it stands; four queries.

    Raises LimitNotKnown where a limit has no value on the day.
    """
    limits = limits_on(local_date(now))
    wrong: dict[Point, list[Finding]] = {}
    facts = facts_of(call)
    for finding in findings(facts, _limits(limits), now=now):
        wrong.setdefault(finding.point, []).append(finding)
    points = [*ITEMS, *(point for point in _POINTS if point not in ITEMS and _concerns(point, call, facts))]
    return [_line(point, wrong.get(point, []), limits) for point in points]


def problems_in(lines: Iterable[Line]) -> list[Problem]:
    """Everything that keeps the call from being published."""
    return [problem for line in lines for problem in line.problems]


def facts_of(call: Call) -> CallFacts:
    """What the call says, for the rules; three queries."""
    posted = call.publications.filter(subject="announcement").values_list("posted_on", flat=True)
    return CallFacts(
        kind=call.kind,
        number=call.number or "",
        task_kind=call.task_kind,
        grant_rules=call.grant_rules,
        conditions=call.conditions,
        selection=call.selection,
        earlier_tasks=call.earlier_tasks,
        funds=call.funds,
        grant_min=call.grant_min,
        grant_max=call.grant_max,
        own_share_min=call.own_share_min,
        task_from=call.task_from,
        task_to=call.task_to,
        deadline=call.deadline,
        decision_due_on=call.decision_due_on,
        lot_funds=tuple(call.lots.values_list("funds", flat=True)),
        weights=tuple(call.criteria.values_list("weight", flat=True)),
        concept_required=call.concept_required,
        concept_questions=sum(1 for question in call.concept_questions.values() if question.strip()),
        posted_on=tuple(posted),
    )


def _limits(limits: dict[str, Limit]) -> Limits:
    return Limits(
        call_days=limits["call_days_min"].whole,
        contract_years=limits["contract_max_years"].whole,
        small_grant_max=limits["small_grant_max_pln"].value,
        small_grant_days=limits["small_grant_max_days"].whole,
        grace=grace(),
    )


def _concerns(point: Point, call: Call, facts: CallFacts) -> bool:
    """Whether the line says anything of a call of this kind."""
    if point is Point.SMALL_GRANT:
        return bool(call.kind == Call.Kind.SMALL_GRANT)
    if point in {Point.TERM, Point.FORM}:
        return call.kind in {Call.Kind.ENTRUST, Call.Kind.SUPPORT}
    if point is Point.LENGTH:
        return bool(call.kind != Call.Kind.PROCUREMENT)
    if point is Point.CONCEPT:
        return bool(call.concept_required)
    if point is Point.WEIGHTS:
        return bool(facts.weights)
    return True


def _line(point: Point, wrong: list[Finding], limits: dict[str, Limit]) -> Line:
    label, section, code = _POINTS[point]
    if wrong:
        section = _SECTION_OF.get(wrong[0].field, section)
    article = limits[code].article if code in limits else _OTHER_ARTICLES.get(point, "")
    problems = tuple(
        Problem(one.code, sentence_of(one), one.field, _text(next(iter(one.values.values()), None)) or None)
        for one in wrong
        if one.must
    )
    advice = tuple(sentence_of(one) for one in wrong if not one.must)
    return Line(point, label, article, section, problems, advice)


_OTHER_ARTICLES = {
    Point.FORM: "art. 5 ust. 4 ustawy o działalności pożytku publicznego i o wolontariacie",
}


# Numbers that the sentence declines.
_COUNTED: dict[str, tuple[str, Callable[[int], str]]] = {
    "term_short": (
        "days",
        lambda days: ngettext("%(count)s full day", "%(count)s full days", days) % {"count": days},
    ),
    "contract_too_long": (
        "years",
        lambda years: ngettext("%(count)s year", "%(count)s years", years) % {"count": years},
    ),
}


def sentence_of(finding: Finding) -> str:
    """What is wrong, in a sentence that names field, value and remedy."""
    values = {
        name: format_percent(value) if name == "share" else _text(value)
        for name, value in finding.values.items()
    }
    if finding.code in _COUNTED:
        name, counted = _COUNTED[finding.code]
        values[name] = counted(finding.values[name])
    return str(_SENTENCES[finding.code]) % values


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_instant_text(value)
    if isinstance(value, date):
        return format_date_text(value)
    if isinstance(value, Decimal):
        return format_money(value)
    return str(value)
