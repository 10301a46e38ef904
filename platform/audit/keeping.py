"""The log of readings past its term: names of readers and of those they read about go, how often and where stays."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import ExtractYear
from django.utils import timezone
from django.utils.translation import ngettext

from audit.checkpoints import Span, clearing
from audit.models import Reading
from kernel.anonymity import ANONYMISED
from kernel.clearing import Keeper, Matter
from kernel.periods import WARSAW


class Readings(Keeper):
    """Readings of the schema at hand by calendar years, each over with its last day; subjects are years ("2024")."""

    kind = "reading"
    classes = ("reading",)
    subject_type = "readings"
    by_worker = True

    def closed_before(self, day: date) -> Sequence[str]:
        """Years over before the day in which somebody is still named; two queries."""
        before = _named().filter(at__lt=datetime(day.year, 1, 1, tzinfo=WARSAW))
        ends = before.aggregate(first=Min("at"), last=Max("at"))
        if ends["first"] is None:
            return []
        years = range(timezone.localdate(ends["first"]).year, timezone.localdate(ends["last"]).year + 1)
        return self.hold([str(year) for year in years])

    def matters(self, subjects: Collection[str], today: date) -> Iterator[Matter]:
        """The year itself: nothing holds it but a case that somebody named."""
        for year in subjects:
            yield Matter(year, self.kind, date(int(year), 12, 31))

    def hold(self, subjects: Collection[str]) -> list[str]:
        """Those with a reading that names somebody: nobody changes the readings of a year that is over."""
        return sorted(_counts(subjects, _named()))

    def names(self, subjects: Collection[str]) -> dict[str, str]:
        """The year, and how many readings it has, also once nobody is named in them."""
        counts = _counts(subjects, Reading.objects.all())
        return {
            year: ngettext("%(year)s: %(count)s reading", "%(year)s: %(count)s readings", counts.get(year, 0))
            % {"year": year, "count": counts.get(year, 0)}
            for year in subjects
        }

    def take_off(self, subjects: Collection[str]) -> set[str]:
        """Nothing here: web servers only add to the log (decision 0036)."""
        return set()

    def erase(self, subjects: Collection[str]) -> None:
        """Take names off the readings of these years, and note outside the database that this was done."""
        years = self.hold(subjects)
        if not years:
            return
        with transaction.atomic(), clearing([_span(year) for year in years]):
            for year in years:
                _within([year], _named()).update(actor_id=None, actor_label=ANONYMISED, subject_ids=[])


def _named() -> QuerySet[Reading]:
    """Readings that lead to who read or to whom they read about; what the reader was called says neither."""
    return Reading.objects.exclude(actor_id__isnull=True, subject_ids=[])


def _span(year: str) -> Span:
    return datetime(int(year), 1, 1, tzinfo=WARSAW), datetime(int(year) + 1, 1, 1, tzinfo=WARSAW)


def _within(years: Collection[str], readings: QuerySet[Reading]) -> QuerySet[Reading]:
    """Of these readings those from the first of the years to the last."""
    return readings.filter(at__gte=_span(min(years))[0], at__lt=_span(max(years))[1])


def _counts(years: Collection[str], readings: QuerySet[Reading]) -> dict[str, int]:
    """Of these years, those with any of these readings, and how many; one query."""
    if not years:
        return {}
    rows = _within(years, readings).annotate(year=ExtractYear("at", tzinfo=WARSAW)).order_by().values("year")
    found = {str(row["year"]): row["count"] for row in rows.annotate(count=Count("pk"))}
    return {year: found[year] for year in years if year in found}
