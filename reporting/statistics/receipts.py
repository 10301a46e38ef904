"""What left a tenant or would leave it, as its people read it: periods, batches, and the figures in them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from django.db.models import Count
from django.utils import timezone

from contracting.commissioning.models import Service
from kernel.signing import holds
from kernel.tenancy import require_tenant
from reporting.statistics.batches.document import Batch, read, same_content
from reporting.statistics.batches.figures import EVERY_SERVICE, Collected, Figure
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.models import FactsBatch, HeldFact, PeriodKind
from reporting.statistics.periods import Period
from reporting.statistics.queries.confirmed import Confirmed, Spot, confirmed_before
from reporting.statistics.words import category_name, term_text, topic_name, value_text, words_of

_QUARTERS_OFFERED = 5


@dataclass(frozen=True)
class Line:
    """A figure with its words; `held` where it waits for a look or was confirmed.

    `earlier` is what was confirmed of it in the version before, with another value.
    """

    indicator: Indicator
    figure: Figure
    held: HeldFact | None = None
    service: str = ""
    earlier: Confirmed | None = None

    @property
    def name(self) -> str:
        return words_of(self.indicator).name

    @property
    def may_tell_of_health(self) -> bool:
        """Whether it stands on a group of health, for which the region has a threshold of its own."""
        service = self.figure.service
        is_plain = service == EVERY_SERVICE or service in dictionary().plain_services
        return self.indicator.health or not is_plain

    @property
    def category(self) -> str:
        return category_name(self.indicator, self.figure.category)

    @property
    def value(self) -> str:
        return self._value_of(self.figure)

    @property
    def earlier_value(self) -> str:
        return self._value_of(self.earlier.figure) if self.earlier else ""

    def _value_of(self, figure: Figure) -> str:
        numbers = [figure.numerator] if figure.denominator is None else [figure.numerator, figure.denominator]
        if not all(number.is_finite() for number in numbers):
            return str(figure.numerator)
        return value_text(self.indicator, self.indicator.value(figure.numerator, figure.denominator))

    @property
    def numerator(self) -> str:
        """Empty where the figure is a count: its value says it already."""
        return (
            term_text(self.indicator, "numerator", self.figure.numerator) if self.indicator.is_ratio else ""
        )

    @property
    def denominator(self) -> str:
        return term_text(self.indicator, "denominator", self.figure.denominator)


@dataclass(frozen=True)
class Topic:
    """Figures of one group of indicators."""

    name: str
    lines: list[Line]


def lines_of(
    batch: FactsBatch, held: Collection[HeldFact], confirmed: Mapping[Spot, Confirmed]
) -> list[Line]:
    """The held figures of a batch, in the order of the dictionary, with what was confirmed of them before."""
    places = {row.place for row in held}
    chosen = Collected(tuple(one for one in content_of(batch).figures if one.place in places))
    lines = [line for topic in topics_of(chosen, held) for line in topic.lines]
    return [replace(line, earlier=confirmed.get((batch.pk, line.figure.place))) for line in lines]


def topics_of(content: Collected, held: Iterable[HeldFact] = ()) -> list[Topic]:
    """The figures in the order of the dictionary, by topic; totals before services and categories."""
    known = {(one.code, one.version): (place, one) for place, one in enumerate(dictionary().indicators)}
    by_place = {row.place: row for row in held}
    ordered = sorted(
        (figure for figure in content.figures if (figure.indicator, figure.version) in known),
        key=lambda one: (known[one.indicator, one.version][0], one.service, _rank(known, one)),
    )
    services = _service_names(ordered)
    lines = [
        Line(
            known[one.indicator, one.version][1],
            one,
            by_place.get(one.place),
            services.get(one.service, one.service),
        )
        for one in ordered
    ]
    return [
        Topic(topic_name(code), list(found))
        for code, found in groupby(lines, key=lambda line: line.indicator.topic)
    ]


def _service_names(figures: Iterable[Figure]) -> dict[str, str]:
    """Names of the tenant's services by code, empty for all of them; a query where any figure has a service."""
    codes = {one.service for one in figures} - {EVERY_SERVICE}
    names = dict(Service.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return {**names, EVERY_SERVICE: ""}


def _rank(known: Mapping[tuple[str, int], tuple[int, Indicator]], figure: Figure) -> int:
    """The place of a category in its breakdown; the whole stands first."""
    breakdown = known[figure.indicator, figure.version][1].breakdown
    if not figure.category or breakdown is None:
        return -1
    return list(breakdown.categories).index(figure.category)


def content_of(batch: FactsBatch) -> Collected:
    """The figures of a batch as they were signed."""
    return read(batch.document).content


def says_the_same(batch: FactsBatch, content: Collected) -> bool:
    """Whether these figures are what the batch says already."""
    sent = read(batch.document)
    return same_content(sent, Batch(sent.header, content))


def is_genuine(batch: FactsBatch) -> bool:
    """Whether the signature of the batch holds under the tenant's public key."""
    return holds(batch.key.public_key, batch.document, batch.signature)


def period_of(batch: FactsBatch) -> Period:
    """The period of a batch."""
    return Period(batch.kind, batch.period)


def newest_batches() -> list[tuple[Period, FactsBatch, int]]:
    """The newest version of every period that the tenant sent, with how many of its figures wait; newest first."""
    tenant = require_tenant()
    batches = (
        FactsBatch.objects.filter(tenant=tenant)
        .order_by("-period", "kind", "-version")
        .distinct("period", "kind")
        .defer("document")
    )
    waiting = HeldFact.objects.filter(tenant=tenant, state=HeldFact.State.WAITING).order_by()
    counts = dict(waiting.values_list("batch_id").annotate(Count("pk")))
    return [(period_of(batch), batch, counts.get(batch.pk, 0)) for batch in batches]


def waiting_figures() -> list[Line]:
    """Figures of the tenant that wait for a look; constant queries."""
    rows = HeldFact.objects.filter(tenant=require_tenant(), state=HeldFact.State.WAITING).select_related(
        "batch"
    )
    ordered = groupby(rows.order_by("-batch__period", "batch_id"), key=lambda row: row.batch)
    waiting = [(batch, list(held)) for batch, held in ordered]
    confirmed = confirmed_before(batch for batch, _held in waiting)
    return [line for batch, held in waiting for line in lines_of(batch, held, confirmed)]


def open_quarters(closed: Iterable[date]) -> list[Period]:
    """The last quarters that are over and were not closed, newest first."""
    known = set(closed)
    quarter, found = Quarter.of(timezone.localdate()).previous(), []
    for _step in range(_QUARTERS_OFFERED):
        if quarter.first not in known:
            found.append(Period(PeriodKind.QUARTER, quarter.first))
        quarter = quarter.previous()
    return found
