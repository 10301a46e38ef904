"""What waits for a person in supervision, on both sides, for their start page."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.commissioning.waiting import MOST_NAMED, Wait, and_more, first_of, line_of_more
from contracting.contracts.models import Contract
from kernel.access import Access
from kernel.periods import Month, local_date, resolve_wall_time
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Penalty
from reporting.settlement.permissions import SETTLE
from reporting.supervision.models import (
    Breach,
    DecisionAdvice,
    Dossier,
    Inspection,
    Recommendation,
    ServiceTask,
    Survey,
)
from reporting.supervision.permissions import ANSWER, DECIDE_BREACH, INSPECT, RECOMMEND, SETTLE_TASKS, SURVEY
from reporting.supervision.queries.late import awaited_reports
from reporting.supervision.queries.terms import settings_at_hand
from tenants.addresses import tenant_url
from ui.formatting import format_date_text, format_money, format_month

_SOON = timedelta(days=14)
_State = Inspection.State


def waiting_in_supervision(access: Access, today: date) -> Iterator[Wait]:
    """Deadlines of inspections, of recommendations, of answers, of tasks to change decisions.

    Each kind one query, and at most a few lines with one that counts the others.
    """
    if access.may(INSPECT):
        yield from _of_inspectors(today)
    if access.may(SETTLE_TASKS):
        yield from _tasks(access, today)
    if access.may(RECOMMEND):
        yield from _service_tasks(access, today)
    if access.may(RECOMMEND) or access.may(ANSWER):
        yield from _dossiers_not_begun(access, today)
        yield from _dossiers(access, today)
        yield from _reports(access, today)
    if access.may(DECIDE_BREACH) or access.may(ANSWER):
        yield from _breaches(access, today)
    if access.may(SETTLE):
        yield from _penalties(access)
    if access.may(SURVEY):
        yield from _surveys(access, today)
    if access.may(ANSWER):
        yield from _of_provider(access, today)


def _of_inspectors(today: date) -> Iterator[Wait]:
    rows = Inspection.objects.filter(
        Q(state=_State.PLANNED, planned_on__lte=today + _SOON)
        | Q(state__in=[_State.HELD, _State.ANSWERED])
        | Q(state=_State.SENT, answer_due_on__lt=today)
    ).select_related("contract__organisation")
    named = first_of(rows.order_by("planned_on", "number"))
    for row in named:
        said = {"number": row, "day": format_date_text(row.answer_due_on or row.planned_on)}
        if row.state == _State.PLANNED:
            late = row.planned_on < today
            title = (
                _("Inspection %(number)s was planned for %(day)s")
                if late
                else _("Inspection %(number)s is planned for %(day)s")
            )
            yield _inspection("must" if late else "note", title % said, row, _("See the plan"))
        elif row.state == _State.HELD:
            title = _("The protocol of inspection %(number)s is not sent yet")
            yield _inspection("warn", title % said, row, _("Finish the protocol"))
        elif row.state == _State.SENT:
            title = _("No answer to the protocol of inspection %(number)s by %(day)s")
            yield _inspection("must", title % said, row, _("See the inspection"))
        else:
            title = _("The organisation answered the protocol of inspection %(number)s")
            yield _inspection("warn", title % said, row, _("Read the answer"))
    yield from _more(named, _("Inspections"), "supervision:inspections")
    yield from _recommendations(Recommendation.objects.all(), today, of_unit=True)


def _of_provider(access: Access, today: date) -> Iterator[Wait]:
    rows = Inspection.objects.visible_to(access).filter(
        Q(state=_State.SENT)
        | Q(state=_State.PLANNED, announced=True, planned_on__range=(today, today + _SOON))
    )
    named = first_of(rows.select_related("contract__organisation").order_by("planned_on", "number"))
    for row in named:
        said = {"number": row, "day": format_date_text(row.answer_due_on or row.planned_on)}
        if row.state == _State.PLANNED:
            title = _("The social unit inspects on %(day)s (%(number)s)")
            yield _inspection("note", title % said, row, _("See the plan"))
        else:
            late = row.answer_due_on < today
            title = (
                _("The answer to protocol %(number)s was due on %(day)s")
                if late
                else _("Answer protocol %(number)s by %(day)s")
            )
            yield _inspection("must" if late else "warn", title % said, row, _("Answer the protocol"))
    yield from _more(named, _("Inspections"), "supervision:inspections")
    yield from _recommendations(Recommendation.objects.visible_to(access), today, of_unit=False)


def _recommendations(rows: Any, today: date, *, of_unit: bool) -> Iterator[Wait]:
    """For the unit what was reported or is late, for the organisation what is due soon or late.

    What of one inspection waits for the same thing by the same day is one line.
    """
    states = Recommendation.State
    wanted = (
        Q(state=states.REPORTED) | Q(state=states.OPEN, due_on__lt=today)
        if of_unit
        else Q(state=states.OPEN, due_on__lte=today + _SOON)
    )
    named: list[Recommendation] = first_of(
        rows.unsettled()
        .filter(wanted)
        .select_related("finding__inspection__contract__organisation")
        .order_by("due_on", "pk")
    )
    alike = Counter((one.finding.inspection, one.state, one.due_on) for one in named)
    reported: Counter[Inspection] = Counter()
    for (inspection, state, due_on), count in alike.items():
        if state == states.REPORTED:
            reported[inspection] += count
            continue
        late = due_on < today
        title = (
            ngettext(
                "A recommendation of %(number)s was due on %(day)s",
                "%(count)s recommendations of %(number)s were due on %(day)s",
                count,
            )
            if late
            else ngettext(
                "A recommendation of %(number)s is due on %(day)s",
                "%(count)s recommendations of %(number)s are due on %(day)s",
                count,
            )
        )
        said = {"number": inspection, "day": format_date_text(due_on), "count": count}
        verb = ngettext("See the recommendation", "See the recommendations", count)
        yield _inspection("must" if late else "warn", title % said, inspection, verb, part="#findings")
    for inspection, count in reported.items():
        title = ngettext(
            "A recommendation of %(number)s is reported as carried out",
            "%(count)s recommendations of %(number)s are reported as carried out",
            count,
        )
        said = {"number": inspection, "count": count}
        verb = ngettext("Check it", "Check them", count)
        yield _inspection("warn", title % said, inspection, verb, part="#findings")
    yield from _more(named, _("Recommendations of inspections"), "supervision:inspections")


def _more(named: Sequence[Any], what: str, page: str) -> Iterator[Wait]:
    return and_more(named, "warn", what, tenant_url(page), _("See all"))


def _inspection(kind: str, title: str, row: Inspection, verb: str, *, part: str = "") -> Wait:
    about = f"{row.contract.number} · {row.contract.organisation}"
    return Wait(kind, title, about, tenant_url("supervision:inspection", row.pk) + part, verb)


def _tasks(access: Access, today: date) -> Iterator[Wait]:
    """Tasks to change decisions, each until it is settled: nothing is slept through (S-063)."""
    rows = DecisionAdvice.objects.visible_to(access).filter(task=DecisionAdvice.Task.OPEN)
    named = first_of(rows.select_related("decision", "dossier__contract").order_by("due_on", "pk"))
    for row in named:
        said = {"number": row.decision.number, "day": format_date_text(row.due_on)}
        late = row.due_on < today
        title = (
            _("The change of decision %(number)s was due on %(day)s")
            if late
            else _("Change decision %(number)s by %(day)s")
        )
        about = (
            f"{row.get_verdict_display()} · {row.dossier.contract.number}, {format_month(row.dossier.month)}"
        )
        yield Wait(
            "must" if late else "warn",
            title % said,
            about,
            tenant_url("supervision:tasks"),
            _("See the task"),
        )
    yield from _more(named, _("Tasks to change decisions"), "supervision:tasks")


def _service_tasks(access: Access, today: date) -> Iterator[Wait]:
    """What is to become of services, each until it is settled; one query."""
    rows = ServiceTask.objects.visible_to(access).filter(state=ServiceTask.State.OPEN)
    named = first_of(rows.select_related("dossier__contract__service").order_by("due_on", "pk"))
    for row in named:
        late = row.due_on < today
        title = (
            _("The recommendation on the service under %(number)s was to be acted on by %(day)s")
            if late
            else _("Act on the recommendation on the service under %(number)s by %(day)s")
        )
        said = {"number": row.dossier.contract.number, "day": format_date_text(row.due_on)}
        of = f"{row.dossier.contract.service}, {format_month(row.dossier.month)}"
        about = f"{row.dossier.get_verdict_display()} · {of}"
        href = tenant_url("supervision:service_tasks")
        yield Wait("must" if late else "warn", title % said, about, href, _("See the task"))
    yield from _more(named, _("Tasks on services"), "supervision:service_tasks")


def _dossiers_not_begun(access: Access, today: date) -> Iterator[Wait]:
    """Months accepted longer ago than the term of the tenant into whose dossier nobody wrote (S-063); two queries."""
    term = timedelta(days=settings_at_hand().dossier_days)
    begun = Dossier.objects.filter(contract=OuterRef("contract"), month=OuterRef("month"))
    rows = (
        ContractMonth.objects.visible_to(access)
        .filter(
            ~Exists(begun),
            state__in=[ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED],
            accepted_at__lt=resolve_wall_time(today - term, time()),
        )
        .defer("snapshot")
    )
    named = first_of(rows.select_related("contract__organisation").order_by("month", "contract__number"))
    for row in named:
        title = (
            _("Nobody has begun the dossier of %(month)s; it was due on %(day)s")
            if access.may(RECOMMEND)
            else _("The report of problems of %(month)s was due on %(day)s")
        )
        said = {
            "month": format_month(row.month),
            "day": format_date_text(local_date(row.accepted_at) + term),
        }
        about = f"{row.contract.number} · {row.contract.organisation}"
        href = tenant_url("supervision:dossier", row.contract_id, str(Month.of(row.month)))
        yield Wait("must", title % said, about, href, _("Begin the dossier"))
    yield from _more(named, _("Dossiers that nobody has begun"), "supervision:dossiers")


def _dossiers(access: Access, today: date) -> Iterator[Wait]:
    """Dossiers that were begun, of months that have ended: to be reported to, and to be concluded; one query."""
    rows = Dossier.objects.visible_to(access).filter(
        state=Dossier.State.OPEN, month__lt=Month.of(today).first
    )
    if not access.may(RECOMMEND):
        rows = rows.filter(reported_at__isnull=True)
    named = first_of(rows.select_related("contract__organisation").order_by("month", "contract__number"))
    for row in named:
        about = f"{row.contract.number} · {row.contract.organisation}"
        href = tenant_url("supervision:dossier", row.contract_id, str(Month.of(row.month)))
        month = {"month": format_month(row.month)}
        if access.may(RECOMMEND):
            yield Wait(
                "warn",
                _("The dossier of %(month)s is not concluded") % month,
                about,
                href,
                _("See the dossier"),
            )
        else:
            title = _("Write the report of problems of %(month)s")
            yield Wait("warn", title % month, about, href, _("See the dossier"))
    yield from _more(named, _("Dossiers"), "supervision:dossiers")


def _reports(access: Access, today: date) -> Iterator[Wait]:
    """Reports of services without a month close that nobody has written, however old: to the provider from the month's
    end, to the unit once the days of grace are over. Those whose dossier was begun stand among dossiers; four queries.
    """
    rows = awaited_reports(Contract.objects.visible_to(access), today)
    begun = set(
        Dossier.objects.filter(contract__in={one.contract.pk for one in rows}).values_list(
            "contract", "month"
        )
    )
    rows = [
        one
        for one in rows
        if (one.contract.pk, one.month.first) not in begun
        and (today >= one.since or not access.may(RECOMMEND))
    ]
    for one in rows[:MOST_NAMED]:
        said = {
            "month": format_month(one.month),
            "day": format_date_text(one.deadline),
            "grace": format_date_text(one.since - timedelta(days=1)),
        }
        if today <= one.deadline:
            title = _("Hand in the report of %(month)s by %(day)s")
        elif today < one.since:
            title = _("The report of %(month)s was due on %(day)s; handed in by %(grace)s it is not late")
        else:
            title = _("The report of problems of %(month)s was due on %(day)s")
        yield Wait(
            "must" if today > one.deadline else "warn",
            title % said,
            f"{one.contract.number} · {one.contract.organisation}",
            tenant_url(one.page, one.contract.pk, str(one.month)),
            _("See the dossier"),
        )
    href = tenant_url("supervision:dossiers")
    more = len(rows) - MOST_NAMED
    yield from line_of_more(more, "warn", _("Reports of problems"), href, _("See all"))


def _penalties(access: Access) -> Iterator[Wait]:
    """Penalties decided on that no settlement deducts yet, whatever its state; one query."""
    deducted = Penalty.objects.filter(proposal__isnull=False).values("proposal")
    rows = Breach.objects.visible_to(access).filter(
        state=Breach.State.DECIDED, outcome=Breach.Outcome.PENALTY
    )
    rows = rows.exclude(pk__in=deducted).select_related("contract__organisation")
    named = first_of(rows.order_by("month", "number"))
    for row in named:
        month = Month.of(row.month)
        said = {"number": row, "amount": format_money(row.amount), "month": format_month(month)}
        yield Wait(
            "warn",
            _("The penalty of breach %(number)s, %(amount)s, is not deducted: %(month)s") % said,
            f"{row.contract.number} · {row.contract.organisation}",
            tenant_url("settlement:settlement", row.contract_id, str(month)),
            _("Open the settlement"),
        )
    yield from and_more(
        named, "warn", _("Penalties not deducted"), tenant_url("settlement:list"), _("Settlements")
    )


def _breaches(access: Access, today: date) -> Iterator[Wait]:
    """Breaches to be answered by the organisation, or to be decided on by the unit; one query."""
    reported = Q(state=Breach.State.REPORTED)
    wanted = (
        Q(state=Breach.State.ANSWERED) | reported & Q(answer_due_on__lt=today)
        if access.may(DECIDE_BREACH)
        else reported
    )
    rows = Breach.objects.visible_to(access).filter(wanted).select_related("contract__organisation")
    named = first_of(rows.order_by("answer_due_on", "number"))
    for row in named:
        about = f"{row.contract.number} · {row.contract.organisation}"
        href = tenant_url("supervision:breach", row.pk)
        said = {"number": row, "day": format_date_text(row.answer_due_on)}
        late = row.answer_due_on < today
        if access.may(DECIDE_BREACH):
            title = _("Breach %(number)s waits for a decision")
            yield Wait("must", title % said, about, href, _("Decide"))
        else:
            title = (
                _("The answer on breach %(number)s was due on %(day)s")
                if late
                else _("Answer on breach %(number)s by %(day)s")
            )
            yield Wait("must" if late else "warn", title % said, about, href, _("Answer the report"))
    yield from _more(named, _("Breaches"), "supervision:breaches")


def _surveys(access: Access, today: date) -> Iterator[Wait]:
    """Surveys whose last day for answers has passed: results wait for their closing; one query."""
    rows = Survey.objects.visible_to(access).filter(state=Survey.State.RUNNING, closes_on__lt=today)
    named = first_of(rows.select_related("contract__organisation").order_by("closes_on", "number"))
    for row in named:
        title = _("Survey %(number)s took answers until %(day)s: close it to see its results")
        said = {"number": row, "day": format_date_text(row.closes_on)}
        about = f"{row.contract.number} · {row.contract.organisation}"
        href = tenant_url("supervision:survey", row.pk)
        yield Wait("warn", title % said, about, href, _("See the survey"))
    yield from _more(named, _("Surveys"), "supervision:surveys")
