"""What a region's page shows: released cells as they are, and who is not in them yet; a few statements."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.utils.translation import gettext as _

from kernel.periods import Month
from reporting.statistics.disclosure import COUNTRY
from reporting.statistics.models import (
    DisclosureRule,
    FactsBatch,
    PeriodKind,
    Release,
    ReleasedCell,
    Standing,
)
from reporting.statistics.outliers import outliers
from reporting.statistics.periods_due import release_day, rule_of
from reporting.statistics.places import Moves
from reporting.statistics.words import few_text
from tenants.models import Tenant, Territory

MONTHS_SHOWN = 24
_PERSONS, _GRANTED, _DELIVERED = "care_persons", "care_hours_granted", "care_hours_delivered"
# The numerators of a cell, without the rest of it: a voivodeship has hundreds.
_NUMBERS = tuple(
    KeyTextTransform(1, KeyTransform(code, "figures")) for code in (_PERSONS, _GRANTED, _DELIVERED)
)
# The indicators of the line over the months.
LINES = (_GRANTED, _DELIVERED)
Level = ReleasedCell.Level


@dataclass(frozen=True, slots=True)
class Cell:
    """Care of one place in one month: persons, minutes granted and delivered; nothing of them where it is hidden.

    `shown_in` names the nearest coarser place that is shown and includes it. `note` says what the figures lack, `far`
    by which methods the fulfilment stands far from that of the other tenants shown.
    """

    key: str
    label: str
    persons: int = 0
    granted: int = 0
    delivered: int = 0
    hidden: str = ""
    shown_in: str = ""
    note: str = ""
    far: tuple[str, ...] = ()

    @property
    def fulfilment(self) -> Decimal | None:
        """Delivered of granted in percent with one decimal, half up; None where nothing was granted."""
        if not self.granted:
            return None
        return (Decimal(self.delivered * 100) / self.granted).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Coming:
    """A month that is not released yet: how many tenants told of it, and from which day on it is shown."""

    month: Month
    tenants: int
    day: date


@dataclass(frozen=True)
class RegionFigures:
    """One voivodeship in one released month, its months before, and the country beside it.

    `total` is None where nobody of the voivodeship stands in the month. `waiting` tenants told their figures too late
    to be shown alone, `silent` ones told none. `months` has a cell for each of the last 24 months with a release,
    `country` one for each voivodeship; `release` is the newest one of the month. `in_time` tenants told theirs by the
    day of release.
    """

    month: Month
    rule: DisclosureRule
    release: Release | None
    total: Cell | None
    tenants: tuple[Cell, ...]
    counties: tuple[Cell, ...]
    waiting: tuple[str, ...]
    silent: tuple[str, ...]
    months: tuple[Cell, ...]
    country: tuple[Cell, ...]
    in_time: int

    @property
    def expected(self) -> int:
        """How many tenants the month would have were it complete."""
        return len(self.tenants) + len(self.waiting) + len(self.silent)

    @property
    def few(self) -> str:
        """From how many persons on figures of care are shown, in words."""
        return few_text(self.rule.persons_threshold, self.rule.strictest_threshold)

    @property
    def hidden_count(self) -> int:
        return sum(1 for cell in self.tenants if cell.hidden)


def newest_month(voivodeship: str) -> Month | None:
    """The newest month of which figures of the voivodeship are released."""
    newest: date | None = (
        ReleasedCell.objects.care()
        .filter(level=Level.VOIVODESHIP, voivodeship=voivodeship)
        .aggregate(newest=Max("period"))["newest"]
    )
    return Month.of(newest) if newest else None


def coming_month(voivodeship: str) -> Coming | None:
    """The newest month of which tenants of the voivodeship told, and nothing is released."""
    # Who was moved since has told the same once more, from elsewhere.
    moved = FactsBatch.objects.filter(
        tenant=OuterRef("tenant"), kind=OuterRef("kind"), period=OuterRef("period")
    ).exclude(voivodeship=voivodeship)
    pushed = FactsBatch.objects.filter(
        ~Exists(moved.filter(version__gt=OuterRef("version"))),
        voivodeship=voivodeship,
        kind=PeriodKind.MONTH,
    )
    released = Release.objects.filter(kind=PeriodKind.MONTH).values("period")
    newest: date | None = pushed.exclude(period__in=released).aggregate(newest=Max("period"))["newest"]
    if newest is None:
        return None
    tenants = pushed.filter(period=newest).values("tenant").distinct().count()
    return Coming(Month.of(newest), tenants, release_day(PeriodKind.MONTH, newest))


def region_figures(voivodeship: str, month: Month) -> RegionFigures:
    """The figures of a region's page for a released month; statements do not depend on tenants or months."""
    rows = [
        _Row(*row)
        for row in ReleasedCell.objects.care()
        .filter(voivodeship=voivodeship, period=month.first)
        .values_list("place", "level", "hidden", "shown_place", *_NUMBERS)
    ]
    tenants = _living(voivodeship, month)
    names = _names_of(rows, tenants)
    known = {UUID(one) for one in (*tenants, *(row.place for row in rows if row.level == Level.TENANT))}
    told = _told(known, month)
    notes = {tenant: _note(one) for tenant, one in told.items()}
    cells = sorted((_cell(row, names, notes) for row in rows), key=lambda cell: cell.label)
    levels = {row.place: row.level for row in rows}
    standing = {cell.key for cell in cells if levels[cell.key] == Level.TENANT}
    months, country = _through_time(voivodeship, month)
    return RegionFigures(
        month=month,
        rule=rule_of(PeriodKind.MONTH, month.first),
        release=Release.objects.filter(kind=PeriodKind.MONTH, period=month.first).first(),
        total=next((cell for cell in cells if levels[cell.key] == Level.VOIVODESHIP), None),
        tenants=_marked([cell for cell in cells if levels[cell.key] == Level.TENANT]),
        counties=tuple(cell for cell in cells if levels[cell.key] == Level.COUNTY),
        # Who was moved after the release stands in it where it lay then.
        waiting=tuple(
            one.name
            for pk, one in tenants.items()
            if pk in told and pk not in standing and not told[pk]["stands"]
        ),
        silent=tuple(
            one.name
            for pk, one in tenants.items()
            if one.state == Tenant.State.ACTIVE and pk not in told and pk not in standing
        ),
        months=months,
        country=country,
        in_time=_told_in_time(known, month),
    )


def _marked(cells: list[Cell]) -> tuple[Cell, ...]:
    """The tenants, marked where their fulfilment stands far from the others'; only what is shown is compared."""
    shown = {cell.key: cell.fulfilment for cell in cells if not cell.hidden}
    far = outliers({key: value for key, value in shown.items() if value is not None})
    return tuple(replace(cell, far=far[cell.key]) if cell.key in far else cell for cell in cells)


def _told_in_time(tenants: Collection[UUID], month: Month) -> int:
    """How many of the tenants told of the month by its day of release."""
    day = release_day(PeriodKind.MONTH, month.first)
    first = FactsBatch.objects.filter(
        tenant__in=tenants, kind=PeriodKind.MONTH, period=month.first, version=1
    )
    return first.filter(pushed_at__date__lte=day).count()


class _Row(NamedTuple):
    """A released cell of care; without numbers where it is hidden."""

    place: str
    level: str
    hidden: str
    shown_place: str
    persons: str | None
    granted: str | None
    delivered: str | None

    @property
    def numbers(self) -> tuple[int, int, int]:
        return int(self.persons or 0), int(self.granted or 0), int(self.delivered or 0)


class _Living(NamedTuple):
    name: str
    state: str


def _living(voivodeship: str, month: Month) -> dict[str, _Living]:
    """The tenants that lay in the voivodeship in the month, by name; two statements."""
    moves = Moves()
    return {
        str(pk): _Living(name, state)
        for pk, name, state, today in moves.ever_in(voivodeship)
        .order_by("name")
        .values_list("pk", "name", "state", "voivodeship_id")
        if moves.voivodeship_on(month.first, pk, today) == voivodeship
    }


def _names_of(rows: Iterable[_Row], tenants: Mapping[str, _Living]) -> dict[str, str]:
    """Names of places: of tenants (also of those that moved away since), of counties, of the voivodeship."""
    places = {row.place for row in rows if row.level != Level.TENANT}
    places |= {row.shown_place for row in rows if row.shown_place}
    names = {pk: one.name for pk, one in tenants.items()} | {COUNTRY: _("the whole country")}
    elsewhere = [row.place for row in rows if row.level == Level.TENANT and row.place not in names]
    if elsewhere:
        names |= {
            str(pk): name for pk, name in Tenant.objects.filter(pk__in=elsewhere).values_list("pk", "name")
        }
    for territory in Territory.objects.filter(code__in=places):
        names[territory.code] = territory.full_name
    return names


def _told(tenants: Collection[UUID], month: Month) -> dict[str, dict[str, Any]]:
    """What the tenants told of the month, by tenant: whether it stands in the release, and how complete it is."""
    stands = Standing.objects.filter(batch=OuterRef("pk"), current=True)
    newest = (
        FactsBatch.objects.filter(tenant__in=tenants, kind=PeriodKind.MONTH, period=month.first)
        .order_by("tenant_id", "-version")
        .distinct("tenant_id")
        .annotate(stands=Exists(stands))
        .values("tenant_id", "contracts_accepted", "contracts_total", "stands")
    )
    return {str(row["tenant_id"]): dict(row) for row in newest}


def _note(told: Mapping[str, Any]) -> str:
    """What the tenant's month still lacks: contracts whose month was not accepted, or a correction that waits."""
    if not told["stands"]:
        return _("a correction waits: it would show the difference of few persons or one provider's business")
    if told["contracts_accepted"] == told["contracts_total"]:
        return ""
    return _("accepted %(accepted)s of %(contracts)s contracts") % {
        "accepted": told["contracts_accepted"],
        "contracts": told["contracts_total"],
    }


def _cell(row: _Row, names: Mapping[str, str], notes: Mapping[str, str]) -> Cell:
    label, note = names.get(row.place, row.place), notes.get(row.place, "")
    if row.hidden:
        return Cell(row.place, label, hidden=row.hidden, shown_in=names.get(row.shown_place, ""), note=note)
    return Cell(row.place, label, *row.numbers, note=note)


def _through_time(voivodeship: str, month: Month) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """The voivodeship in the last 24 months, and all voivodeships in the month. One statement."""
    first = month
    for _step in range(MONTHS_SHOWN - 1):
        first = first.previous()
    rows = (
        ReleasedCell.objects.care()
        .filter(level=Level.VOIVODESHIP, period__gte=first.first, period__lte=month.first)
        .filter(Q(voivodeship=voivodeship) | Q(period=month.first))
        .order_by("period", "place")
        .values_list("period", "place", "level", "hidden", "shown_place", *_NUMBERS)
    )
    months: list[Cell] = []
    country: list[Cell] = []
    for period, *cell in rows:
        row = _Row(*cell)
        if row.place == voivodeship:
            months.append(Cell(str(Month.of(period)), "", *row.numbers, hidden=row.hidden))
        if period == month.first:
            country.append(Cell(row.place, "", *row.numbers, hidden=row.hidden))
    return tuple(months), tuple(country)
