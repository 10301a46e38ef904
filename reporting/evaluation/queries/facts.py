"""What surveys, inspections and programmes of a cycle say in figures: results that an evaluation can take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle
from contracting.contracts.arranged import contracts_of
from reporting.casework.chain import Works, works_of_cycle
from reporting.casework.models import Programme
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
    """A result with what it was computed from: `part` of `whole`; of a mean the sum of the points and the answers, of a
    count the whole is 1."""

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
    """Results of closed surveys, of inspections and of breaches of the cycle's contracts in its period, and what
    programmes, trainings and results of the cycle came to.

    Of a question that fewer answered than the tenant's least (5 or more) nothing is told. A constant number of queries.
    """
    contracts = contract_ids(cycle)
    of_works = list(_of_works(works_of_cycle(cycle)))
    return [*_of_supervision(cycle, contracts), *of_works] if contracts else of_works


def _of_supervision(cycle: Cycle, contracts: list[UUID]) -> list[Fact]:
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


def _of_works(works: Works) -> Iterator[Fact]:
    """What programmes came to, together and where there are several each; trainings, events, publications, gifts."""
    if works.programmes:
        yield from _of_programmes("programmes", _("programmes"), works.programmes)
        yield _count("programmes:all", _("programmes"), _("number of programmes"), len(works.programmes))
        yield _count(
            "programmes:groups", _("programmes"), _("participations in groups"), works.participations
        )
    if len(works.programmes) > 1:
        for one in works.programmes:
            source = _("programme “%(title)s”") % {"title": one.title}
            yield from _of_programmes(f"programme:{one.pk}", source, [one])
    if works.trainings:
        source = _("trainings")
        yield _count("trainings:all", source, _("number of trainings"), len(works.trainings))
        yield _count("trainings:staff", source, _("workers trained"), works.staff)
        yield _count("trainings:residents", source, _("residents trained"), works.residents)
    source = _("events, publications and contributions in kind")
    for kind, rows, held, size in (
        ("events", works.events, _("number of events"), _("participants of events")),
        ("publications", works.publications, _("number of publications"), _("copies of publications")),
        ("in_kind", works.in_kind, _("number of contributions in kind"), ""),
    ):
        if rows:
            yield _count(f"results:{kind}", source, held, len(rows))
        if size and any(row.quantity is not None for row in rows):
            yield _count(f"results:{kind}:size", source, size, sum(row.quantity or 0 for row in rows))


def _of_programmes(key: str, source: str, programmes: Sequence[Programme]) -> Iterator[Fact]:
    """Who finished, dropped out and goes on of those who started, and each of these as a count."""

    def persons(of: str) -> int:
        return sum(getattr(one, of) or 0 for one in programmes)

    started = persons("started")
    flow = (
        ("finished", _("persons who finished")),
        ("dropped", _("persons who dropped out")),
        ("continuing", _("persons who go on")),
    )
    if started:
        for of, name in flow:
            yield _share(
                f"{key}:{of}:share",
                source,
                _("%(who)s, of all who started") % {"who": name},
                persons(of),
                started,
            )
    if all(one.women is not None for one in programmes) and persons("finished"):
        name = _("women among those who finished")
        yield _share(f"{key}:women:share", source, name, persons("women"), persons("finished"))
    if any(one.planned is not None for one in programmes):
        yield _count(f"{key}:planned", source, _("persons planned"), persons("planned"))
    yield _count(f"{key}:started", source, _("persons who started"), started)
    for of, name in flow:
        yield _count(f"{key}:{of}", source, name, persons(of))


def _count(key: str, source: str, name: str, number: int) -> Fact:
    return Fact(key, TakenResult.Kind.COUNT, source, name, number, 1)


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
