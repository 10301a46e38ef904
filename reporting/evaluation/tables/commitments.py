"""The commitments of a contract as its page and workbook show them: one line a commitment, one cell a month."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracting.contracts.models import Contract
from kernel.access import Access
from kernel.periods import Month
from reporting.advice.permissions import READ_ADVICE
from reporting.compliance.permissions import READ_MONTHS
from reporting.crisis.permissions import READ_DUTY, known_cases
from reporting.evaluation.models import Measurement
from reporting.evaluation.queries.months import Cell, MonthOfPromises, Outcome, Records, unit_of
from reporting.evaluation.queries.promises import Promise
from reporting.evaluation.rules.measures import Behind
from reporting.evaluation.rules.services import MEASURED, OF_ROSTER
from reporting.evaluation.words import BEHIND, IN_MINUTES, OUTCOMES, REASONS
from tenants.addresses import tenant_url
from ui.charts import Chart, Series, Unit, line_chart
from ui.formatting import (
    format_decimal,
    format_minutes_text,
    format_month,
    format_month_short,
    format_plain,
    format_whole,
)

_KINDS = {Outcome.MET: "ok", Outcome.NOT_MET: "warn", Outcome.UNMEASURED: "neutral", Outcome.RUNNING: "note"}
_GLYPHS = {Outcome.MET: "✓", Outcome.NOT_MET: "▲", Outcome.UNMEASURED: "–", Outcome.RUNNING: "…"}
_MOST_IN_CHART = 12
# Values that are days or counts: no places after the comma where there are none.
_WHOLE = frozenset({"advice_wait_days", "sessions"})


@dataclass(frozen=True)
class MonthCell:
    """A cell as it is shown: `value` with its unit, `of` what it was computed from, `words` of the outcome."""

    cell: Cell
    value: str
    of: str
    words: str
    kind: str
    glyph: str
    why: str
    behind_href: str
    state_href: str
    confirm_href: str = ""

    @property
    def promised(self) -> str:
        """The promise as it stood in the month: direction, value, unit."""
        return promised_text(self.cell.promise)

    @property
    def month(self) -> Month:
        return self.cell.month

    @property
    def side(self) -> str:
        """Who stands behind a value that people stated; empty where it was measured."""
        side = self.cell.side
        return "" if side in ("", Measurement.Side.MEASURED) else str(Measurement.Side(side).label)

    @property
    def is_own_word(self) -> bool:
        """Whether only the organisation says so."""
        return self.cell.side == Measurement.Side.STATED


@dataclass(frozen=True)
class PromiseLine:
    """A commitment with its months, oldest first, and its chart where any month has a value."""

    promise: Promise
    unit: str
    promised: str
    cells: list[MonthCell]
    chart: Chart | None
    by_hand: bool

    @property
    def newest(self) -> MonthCell | None:
        """The newest month that is over; None in the first."""
        over = [one for one in self.cells if one.cell.outcome is not Outcome.RUNNING]
        return over[-1] if over else None

    @property
    def met(self) -> int:
        return sum(one.cell.counts and one.cell.outcome is Outcome.MET for one in self.cells)

    @property
    def judged(self) -> int:
        return sum(one.cell.counts for one in self.cells)

    @property
    def stated(self) -> int:
        """In how many months there is only the word of the organisation."""
        over = [one.cell for one in self.cells if one.cell.outcome is not Outcome.RUNNING]
        return sum(cell.side == Measurement.Side.STATED for cell in over)


def promise_lines(
    contract: Contract, months: Sequence[MonthOfPromises], *, may_state: bool, may_confirm: bool = False
) -> list[PromiseLine]:
    """The commitments in the order of the newest month, each with the months in which it was promised."""
    newest: dict[str, Promise] = {}
    for month in months:
        for key, cell in month.cells.items():
            newest[key] = cell.promise
    return [
        _line(
            promise,
            [
                month_cell(contract, month.cells[key], may_state=may_state, may_confirm=may_confirm)
                for month in months
                if key in month.cells
            ],
        )
        for key, promise in sorted(newest.items(), key=lambda item: item[1].position)
    ]


def _line(promise: Promise, shown: list[MonthCell]) -> PromiseLine:
    unit = unit_of(promise)
    return PromiseLine(
        promise=promise,
        unit=unit,
        promised=promised_text(promise),
        cells=shown,
        chart=_chart(promise, shown, unit),
        by_hand=promise.measure not in MEASURED,
    )


def promised_text(promise: Promise) -> str:
    """A promise in words: at least 80 %."""
    return f"{promise.direction_words} {format_plain(promise.promised)}\u00a0{unit_of(promise)}".strip()


def value_text(cell: Cell) -> str:
    """The value with its unit; a dash where there is none."""
    if cell.value is None:
        return format_decimal(None)
    plain = cell.promise.measure in _WHOLE or cell.promise.measure not in MEASURED
    number = format_plain(cell.value) if plain else format_decimal(cell.value)
    return f"{number}\u00a0{unit_of(cell.promise)}".strip()


def of_text(cell: Cell) -> str:
    """What a value was computed from, in a few words; empty where it was not computed."""
    measure, part, whole = cell.promise.measure, cell.part, cell.whole
    if measure == "evening_hours" or part is None or whole is None:
        return ""
    if measure in ("delivered_hours", "main_carer_minutes") or measure in OF_ROSTER:
        return _("%(part)s of %(whole)s") % {
            "part": format_minutes_text(part),
            "whole": format_minutes_text(whole),
        }
    told = {"part": format_whole(part), "whole": format_whole(whole)}
    if measure == "replacement_hours":
        return (
            ngettext(
                "the longest wait; %(part)s of %(whole)s missed visit made up for in time",
                "the longest wait; %(part)s of %(whole)s missed visits made up for in time",
                whole,
            )
            % told
        )
    if measure == "advice_wait_days":
        return _("first advice: %(whole)s; the longest wait: %(part)s d") % told
    if measure == "carers_per_person":
        return _("carers: %(part)s, persons: %(whole)s") % told
    return _("%(part)s of %(whole)s") % told


def month_cell(contract: Contract, cell: Cell, *, may_state: bool, may_confirm: bool = False) -> MonthCell:
    """A cell with its words and addresses."""
    place = (contract.pk, str(cell.month), cell.promise.key)
    measured = cell.promise.measure in MEASURED and cell.value is not None
    confirms = may_confirm and cell.waits_for_confirmation
    return MonthCell(
        cell=cell,
        value=value_text(cell),
        of=of_text(cell),
        words=str(OUTCOMES[cell.outcome]),
        kind=_KINDS[cell.outcome],
        glyph=_GLYPHS[cell.outcome],
        why=str(REASONS.get(cell.reason, "")),
        behind_href=tenant_url("evaluation:behind", *place) if measured else "",
        state_href=tenant_url("evaluation:state_value", *place) if may_state and cell.takes_statement else "",
        confirm_href=tenant_url("evaluation:confirm_value", *place) if confirms else "",
    )


def _chart(promise: Promise, cells: Sequence[MonthCell], unit: str) -> Chart | None:
    """Promised and delivered over the months; None where there is nothing to draw."""
    shown = [one for one in cells if one.cell.outcome is not Outcome.RUNNING][-_MOST_IN_CHART:]
    if sum(one.cell.value is not None for one in shown) < 2:
        return None
    links: list[str | None] = [one.behind_href or None for one in shown]
    promised: list[Decimal] = [one.cell.promise.promised for one in shown]
    return line_chart(
        title=promise.indicator,
        description=_("Promised and delivered from %(first)s to %(last)s")
        % {"first": format_month(shown[0].month), "last": format_month(shown[-1].month)},
        head=_("Month"),
        labels=[format_month_short(one.month) for one in shown],
        series=[
            Series(_("promised"), promised, kind="granted"),
            Series(_("delivered"), [one.cell.value for one in shown], links=links, kind="delivered"),
        ],
        unit=Unit.PERCENT if unit == "%" else Unit.DECIMAL,
    )


def sheet_rows(lines: Sequence[PromiseLine]) -> list[list[object]]:
    """The rows of the workbook: one for each commitment and month, in the order of its columns."""
    return [_sheet_row(line, one) for line in lines for one in line.cells]


def _sheet_row(line: PromiseLine, one: MonthCell) -> list[object]:
    cell, said = one.cell, one.cell.stated
    return [
        cell.promise.indicator,
        cell.month.first,
        str(cell.promise.direction_words),
        cell.promise.promised,
        cell.value,
        line.unit,
        one.words,
        str(Measurement.Side(cell.side).label) if cell.side else "",
        one.of,
        one.why,
        said.evidence if said else "",
        said.stated_by_name if said else "",
    ]


@dataclass(frozen=True)
class BehindLine:
    """A line behind a value: decision, appointment or case with its page, day and start, and what is said of it."""

    number: str
    href: str
    day: date | None
    start: time | None
    told: str
    figure: str


def behind_lines(lines: Sequence[Behind], records: Records, month: Month, access: Access) -> list[BehindLine]:
    """The lines behind a value by what they are of and time; with the pages that the reader may open.

    Of crisis cases that the reader may not know there is only how many sessions. One query where there are any.
    """
    numbers = {} if records.diary is None else records.diary.numbers
    places = records.services.places
    cases = {key: UUID(place.pk) for key, place in places.items() if place.kind == "case"}
    known = known_cases(access, [cases[line.decision] for line in lines if line.decision in cases])

    def is_told(line: Behind) -> bool:
        return line.decision not in cases or cases[line.decision] in known

    def name(line: Behind) -> str:
        if not line.decision:
            return _("Duty roster")
        return numbers[line.decision] if line.decision in numbers else places[line.decision].number

    def address(line: Behind) -> str:
        if line.decision in numbers:
            reads = access.may(READ_MONTHS)
            return tenant_url("compliance:decision_month", line.decision, str(month)) if reads else ""
        if not line.decision:
            return tenant_url("crisis:roster") if access.may(READ_DUTY) else ""
        place = places[line.decision]
        if place.kind == "advice":
            return tenant_url("advice:card", place.pk) if access.may(READ_ADVICE) else ""
        return tenant_url("crisis:case", place.pk)

    found = [
        BehindLine(
            number=name(line),
            href=address(line),
            day=line.day,
            start=line.start,
            told=str(BEHIND[line.said]),
            figure=_figure(line),
        )
        for line in lines
        if is_told(line)
    ]
    found.sort(key=lambda line: (line.number, line.day or month.first, line.start or time()))
    return found + _counted([line for line in lines if not is_told(line)])


def _counted(untold: Sequence[Behind]) -> list[BehindLine]:
    """Sessions of cases that the reader may not know: how many of each kind, and neither day nor number."""
    return [
        BehindLine(
            number=_("Sessions of crisis intervention"),
            href="",
            day=None,
            start=None,
            told=str(BEHIND[said]),
            figure=format_whole(count),
        )
        for said, count in Counter(line.said for line in untold).items()
    ]


def _figure(line: Behind) -> str:
    if line.number is None:
        return ""
    write: Any = format_minutes_text if line.said in IN_MINUTES else format_whole
    if line.of is None:
        return str(write(line.number))
    return _("%(part)s of %(whole)s") % {"part": write(line.number), "whole": write(line.of)}
