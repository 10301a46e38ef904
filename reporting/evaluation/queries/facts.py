"""What surveys and inspections of a cycle's contracts say in figures: results that an evaluation can take."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle
from contracting.contracts.arranged import contracts_of
from reporting.evaluation.models import TakenResult
from reporting.supervision.models import Survey
from reporting.supervision.queries.breaches import breach_counts
from reporting.supervision.queries.conformity import SectionScore, conformity_of
from reporting.supervision.queries.findings import finding_counts
from reporting.supervision.queries.surveys import QuestionResult, closed_surveys, results_of
from reporting.supervision.queries.terms import settings_at_hand
from reporting.supervision.rules.surveys import LOWEST, SCALE, TEXT

# The two best steps of the scale count as satisfied.
_GOOD = 4


@dataclass(frozen=True, slots=True)
class Fact:
    """A result with what it was computed from: `part` of `whole`; of a mean the sum of the points and the answers."""

    key: str
    kind: str
    source: str
    name: str
    part: int
    whole: int

    @property
    def value(self) -> Decimal:
        """As it is kept when it is taken."""
        return TakenResult(kind=self.kind, part=self.part, whole=self.whole).value


def contract_ids(cycle: Cycle) -> list[UUID]:
    """The contracts of the cycle; one query."""
    return list(contracts_of(cycle).values_list("pk", flat=True))


def conformity(cycle: Cycle) -> list[SectionScore]:
    """The standard section by section, as inspections of the cycle's contracts saw it in its period."""
    return conformity_of(contract_ids(cycle), cycle.period_from, cycle.period_to)


def facts_of(cycle: Cycle) -> list[Fact]:
    """Results of closed surveys, of inspections and of breaches of the cycle's contracts in its period.

    Of a question that fewer answered than the tenant's least (5 or more) nothing is told. A constant number of queries.
    """
    contracts = contract_ids(cycle)
    if not contracts:
        return []
    first, last = cycle.period_from, cycle.period_to
    least = settings_at_hand().survey_least
    found = [fact for survey in closed_surveys(contracts, first, last) for fact in _of_survey(survey, least)]
    findings = finding_counts(contracts, first, last)
    breaches = breach_counts(contracts, first, last)
    counted = [
        ("findings:closed", _("findings settled"), findings.closed, findings.closed + findings.open),
        ("findings:critical", _("critical findings"), findings.critical, findings.closed + findings.open),
    ]
    inspections, of_breaches = _("inspections"), _("breaches of contracts")
    found += [_share(key, inspections, name, part, whole) for key, name, part, whole in counted if whole]
    for score in conformity_of(contracts, first, last):
        if score.asked:
            name = _("standard carried out: %(section)s") % {"section": score.words}
            found.append(_share(f"standard:{score.section}", inspections, name, score.met, score.asked))
    if breaches.reported:
        name = _("breaches decided on as founded")
        found.append(_share("breaches:founded", of_breaches, name, breaches.founded, breaches.reported))
    return found


def _share(key: str, source: str, name: str, part: int, whole: int) -> Fact:
    return Fact(key, TakenResult.Kind.SHARE, source, name, part, whole)


def _of_survey(survey: Survey, least: int) -> Iterator[Fact]:
    source = f"{survey} · {survey.questionnaire.title}"
    for result in results_of(survey, least=least):
        if not result.hidden and result.kind != TEXT and result.answered:
            yield from _of_question(survey, source, result)


def _of_question(survey: Survey, source: str, result: QuestionResult) -> Iterator[Fact]:
    key, asked = f"survey:{survey.pk}:{result.number}", f"{result.number}. {result.text}"
    if result.kind == SCALE:
        points = sum(step * count for step, count in enumerate(result.counts, start=LOWEST))
        mean = _("%(question)s – mean of the scale 1–5") % {"question": asked}
        yield Fact(f"{key}:mean", TakenResult.Kind.MEAN, source, mean, points, result.answered)
        good = sum(result.counts[_GOOD - LOWEST :])
        name = _("%(question)s – answers 4 or 5") % {"question": asked}
        yield _share(f"{key}:good", source, name, good, result.answered)
        return
    for place, (label, count) in enumerate(zip(result.labels, result.counts, strict=True)):
        yield _share(f"{key}:{place}", source, f"{asked} – {label}", count, result.answered)
