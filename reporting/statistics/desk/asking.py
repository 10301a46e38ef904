"""What an address asks of the desk: a cut, with what else could be asked; for what is wrong something else is shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from reporting.statistics.desk.cuts import Cut, Level, is_coarse, kinds_of, parts_of, released_spans
from reporting.statistics.desk.spans import Kind, Span
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY

PLACES, TIME = "places", "time"
FIRST_ASKED = "care_fulfilment"
LEVELS = (Level.TENANT, Level.COUNTY, Level.VOIVODESHIP)
# How many periods a line has: two years of months, three of quarters.
_LINE = {Kind.MONTH: 24, Kind.QUARTER: 12, Kind.YEAR: 10}


@dataclass(frozen=True)
class Asked:
    """What is asked, made whole, and what could be asked instead; `span` is None where nothing is released.

    `voivodeship` is where the reader stands, empty for the whole country; `levels` are those that may be read there.
    """

    voivodeship: str
    levels: tuple[str, ...]
    view: str
    indicator: Indicator
    kind: Kind
    span: Span | None
    spans: tuple[Span, ...]
    level: str
    part: str
    parts: tuple[str, ...]
    place: str
    beside: str
    sort: str

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return kinds_of(self.indicator)

    @property
    def is_coarse(self) -> bool:
        """Whether the part that is asked for is released of voivodeships and the country only."""
        return self.levels == (Level.VOIVODESHIP,)

    @property
    def within(self) -> str:
        """Where the places of the level lie: voivodeships in the country, all others in the reader's own."""
        return "" if self.level in (Level.VOIVODESHIP, Level.COUNTRY) else self.voivodeship

    def places_cut(self) -> Cut:
        """All places of the level in the period."""
        return Cut(self.indicator.code, self._asked(), self.level, self.within, part=self.part)

    def line_cut(self) -> Cut:
        """The place, and the one beside it, in the periods up to the one asked for."""
        if self.span is None:
            raise ValueError("nothing is released")
        chosen = tuple(dict.fromkeys(one for one in (self.place, self.beside) if one))
        spans = tuple(one for one in self.span.last_ones(_LINE[self.kind]) if one >= self.spans[-1])
        return Cut(self.indicator.code, spans, places=chosen, part=self.part, region=self.voivodeship)

    def cut(self) -> Cut:
        """The cut of the view."""
        return self.line_cut() if self.view == TIME else self.places_cut()

    def frame_cut(self) -> Cut:
        """The voivodeship and the country in the period, to compare with."""
        places = tuple(one for one in (self.voivodeship, COUNTRY) if one)
        return Cut(self.indicator.code, self._asked(), places=places, part=self.part)

    def _asked(self) -> tuple[Span, ...]:
        if self.span is None:
            raise ValueError("nothing is released")
        return (self.span,)

    def holds(self, period: str) -> bool:
        """Whether the period is shown, or lies within or around the one shown: its kind was changed."""
        return self.span is not None and _holds(period, self.span)

    def query(self, **changes: str) -> str:
        """The address's query that asks this, with changes; the same question is always written the same."""
        known = {
            "view": self.view,
            "indicator": self.indicator.code,
            "kind": self.kind.value,
            "period": str(self.span) if self.span else "",
            "level": self.level,
            "part": self.part,
            "place": self.place if self.view == TIME else "",
            "beside": self.beside if self.view == TIME else "",
            "sort": self.sort if self.view == PLACES else "",
        }
        return urlencode({key: value for key, value in (known | changes).items() if value})


def cut_asked(
    query: Mapping[str, str], voivodeship: str, choices: Collection[str], levels: tuple[str, ...] = LEVELS
) -> Asked:
    """What the query of an address asks for; three statements. In place of what does not exist stands the usual.

    `choices` are the places of which a line may be asked (`places_of`).
    """
    code = query.get("indicator", "")
    versions = dictionary().versions(code) or dictionary().versions(FIRST_ASKED)
    indicator = versions[-1]
    kinds = kinds_of(indicator)
    kind = next((one for one in kinds if one == query.get("kind", "")), kinds[0])
    spans = released_spans(indicator, kind)
    own = released_spans(indicator, kind, voivodeship) if voivodeship else spans
    span = _span(query.get("period", ""), spans, own)
    parts = parts_of(indicator, (span,)) if span else ()
    part = query.get("part", "")
    part = part if part in parts else ALL_SERVICES
    if part != ALL_SERVICES and is_coarse(indicator):
        levels = (Level.VOIVODESHIP,)
        choices = [one for one in choices if len(one) == len(COUNTRY)]
    level = query.get("level", "")
    if level not in levels:
        level = Level.COUNTY if voivodeship and Level.COUNTY in levels else Level.VOIVODESHIP
    place = query.get("place", "")
    if place not in choices:
        place = voivodeship or COUNTRY
    beside = query.get("beside", "")
    return Asked(
        voivodeship=voivodeship,
        levels=levels,
        view=TIME if query.get("view") == TIME else PLACES,
        indicator=indicator,
        kind=kind,
        span=span,
        spans=spans,
        level=level,
        part=part,
        parts=parts,
        place=place,
        beside=beside if beside in choices and beside != place else "",
        sort=query.get("sort", "")
        if query.get("sort", "").removeprefix("-") in ("name", "value")
        else "-value",
    )


def _span(text: str, spans: tuple[Span, ...], own: tuple[Span, ...]) -> Span | None:
    """The period asked for, or the newest within it or around it where it has another length; else the newest of which
    the reader's own place tells something, or anybody."""
    held = (one for one in spans if _holds(text, one))
    return next(held, None) or next(iter((*own, *spans)), None)


def _holds(text: str, span: Span) -> bool:
    try:
        return Span.parse(text).touches(span)
    except ValueError:
        return False
