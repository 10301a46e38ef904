"""Which periods of every indicator are released; one statement for all."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date

from reporting.statistics.desk.spans import Span
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY
from reporting.statistics.models import ReleasedCell
from reporting.statistics.populations import population_of


def spans_of_all() -> Callable[[Indicator, str], list[Span]]:
    """Asks once, and then tells of each indicator and kind of period what is released of the country, newest first."""
    rows = ReleasedCell.objects.current().filter(place=COUNTRY, part=ALL_SERVICES)
    told: dict[tuple[str, str], set[date]] = defaultdict(set)
    for kind, population, period in rows.values_list("kind", "population", "period"):
        told[kind, population].add(period)

    def spans(indicator: Indicator, kind: str) -> list[Span]:
        days: set[date] = set()
        for one in dictionary().versions(indicator.code):
            days |= told[indicator.period, population_of(one)]
        found = {Span.of(kind, day) for day in days}
        return sorted((one for one in found if days.issuperset(one.parts(indicator.period))), reverse=True)

    return spans
