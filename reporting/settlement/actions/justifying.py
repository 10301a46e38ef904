"""What speaks against counting more of an accepted month: the rules of the comparison, asked once more.

A late visit or a correction that adds was never compared. It is not refused for what the comparison would report, as
a visit of the diary is not: somebody writes why it is paid all the same, and that stands with the correction.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Activity
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.queries.papers import contracts_and_workers, decisions_by_id
from reporting.compliance.rules import Code, granted_minutes, is_unnamed, lacks_qualification, outside_scope
from reporting.compliance.rules.visits import staff_by_code
from reporting.compliance.snapshots import identities_of
from reporting.delivery.models import Visit
from reporting.settlement.models import AcceptedLine
from reporting.settlement.queries import accepted_lines_of, adjusted_between
from ui.formatting import format_minutes_text

# A code of the comparison, or what is not one of its findings, and the sentence of it.
Point = tuple[str, Any]

REFUSED_BEFORE = "refused_before"
_GROUNDS = dict(Resolution.Refusal.choices)


def justified_words(words: str, justification: str, points: list[Point]) -> str:
    """The words of a correction with its justification. Raises DomainError `justification_missing` without one."""
    reason = justification.strip()
    if points and not reason:
        raise DomainError(
            "justification_missing",
            format_lazy(
                _("{points} Write why it is to be paid all the same, or do not add it."),
                points=format_lazy(" ".join(["{}"] * len(points)), *[text for _code, text in points]),
            ),
            field="justification",
            value=[str(code) for code, _text in points],
        )
    return " ".join(part for part in (words.strip(), reason) if part)


def above_the_grant(row: ContractMonth, decision: Decision, minutes: int) -> Iterator[Point]:
    """H1 where the decision would count more in the accepted month than it grants there."""
    month = Month.of(row.month)
    facts = decisions_by_id({str(decision.pk)})[str(decision.pk)]
    accepted = sum(line.accepted for line in accepted_lines_of(row) if line.decision == decision.pk)
    counted = accepted + sum(adjusted_between([decision.pk], month, month, by_original=True).values())
    granted = granted_minutes(facts, month)
    if counted + minutes > granted:
        yield (
            Code.OVER_DELIVERED,
            format_lazy(
                _("Decision {number} grants {granted} in the month, and {counted} would be counted."),
                number=decision.number,
                granted=format_minutes_text(granted),
                counted=format_minutes_text(counted + minutes),
            ),
        )


def against_more(row: ContractMonth, line: AcceptedLine, minutes: int) -> Iterator[Point]:
    """All that speaks against counting more of an accepted visit, or of one added late."""
    yield from refused_before(row, line, minutes)
    yield from above_the_grant(row, line.decision, minutes)
    activities = line.activities
    if not line.is_late:
        activities = Visit.objects.values_list("activities", flat=True).get(pk=line.visit_id)
    yield from beyond_the_scope(line.decision, activities)
    yield from wrong_worker(row, line.decision, line.worker, line.date)


def refused_before(row: ContractMonth, line: AcceptedLine, minutes: int) -> Iterator[Point]:
    """Minutes of the visit that were refused when the month was accepted and that a correction would count after all.

    What is counted beyond what was accepted is the refused part first, then a longer visit.
    """
    refused = next((one.refused for one in accepted_lines_of(row) if one.visit == line.visit_id), 0)
    standing = line.adjusted_minutes
    again = min(refused, max(0, standing + minutes)) - min(refused, max(0, standing))
    if again > 0:
        grounds = list(_grounds(row, line))
        sentence = _(
            "Of this visit {refused} were refused when the month was accepted ({grounds}), and {again} of them would "
            "be counted after all."
        )
        said = {"refused": format_minutes_text(refused), "again": format_minutes_text(again)}
        together = format_lazy(", ".join(["{}"] * len(grounds)), *grounds) if grounds else "–"
        yield REFUSED_BEFORE, format_lazy(sentence, grounds=together, **said)


def _grounds(row: ContractMonth, line: AcceptedLine) -> Iterator[Any]:
    """The reasons for which minutes of the visit, its decision or the whole contract were refused, each once."""
    snapshot: dict[str, Any] = row.snapshot or {}
    numbers = {number for number, one in identities_of(snapshot).items() if one.decision == line.decision_id}
    place = {"date": line.date.isoformat(), "start": f"{line.start:%H:%M}", "worker": line.worker}
    told: list[str] = []
    for answer in snapshot["resolutions"]:
        visit = answer["deviation"]["visit"]
        if (
            answer["kind"] == Resolution.Kind.REFUSED
            and answer["decision"] in {None, *numbers}
            and (visit is None or {name: visit[name] for name in place} == place)
            and answer["reason"] not in told
        ):
            told.append(answer["reason"])
            yield _GROUNDS[answer["reason"]]


def beyond_the_scope(decision: Decision, activities: Collection[str]) -> Iterator[Point]:
    """S1 where something was done that the decision does not grant."""
    facts = decisions_by_id({str(decision.pk)})[str(decision.pk)]
    outside = outside_scope(set(activities), facts)
    if outside:
        names = dict(Activity.objects.filter(service=decision.service_id).values_list("code", "name"))
        yield (
            Code.OUTSIDE_SCOPE,
            format_lazy(
                _("Decision {number} does not grant: {activities}."),
                number=decision.number,
                activities=", ".join(names.get(code, code) for code in outside),
            ),
        )


def wrong_worker(row: ContractMonth, decision: Decision, code: str, day: date) -> Iterator[Point]:
    """W1 and W2 where the worker was not qualified on the day, or not named by the contract."""
    contract = str(row.contract_id)
    contracts, workers = contracts_and_workers(Month.of(row.month), {contract}, {code})
    required = decisions_by_id({str(decision.pk)})[str(decision.pk)].required_qualifications
    said = {"worker": code, "day": f"{day:%d.%m.%Y}"}
    if lacks_qualification(required, workers[0], day):
        sentence = _("Worker {worker} did not hold on {day} what the service requires.")
        yield Code.NOT_QUALIFIED, format_lazy(sentence, **said)
    staff = staff_by_code(next(one for one in contracts if one.key == contract))
    if is_unnamed(staff, code, day):
        sentence = _("Worker {worker} is not among those whom the contract names on {day}.")
        yield Code.NOT_NAMED, format_lazy(sentence, **said)
