"""Pure rules of advice: lead time, waiting time, no-show rate, the states of an appointment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

# Days from booking to the appointment, as they are told: first and last day of each band (S-101); None is open.
LEAD_BANDS: tuple[tuple[int, int | None], ...] = ((0, 3), (4, 7), (8, 14), (15, None))


@dataclass(frozen=True)
class ShowRate:
    """Appointments that took place and those to which nobody came."""

    done: int
    no_show: int

    @property
    def due(self) -> int:
        """All that ought to have taken place."""
        return self.done + self.no_show


def lead_band(days: int) -> int:
    """The position in LEAD_BANDS of so many days; what was booked after it took place counts as day 0."""
    days = max(days, 0)
    return next(at for at, (first, last) in enumerate(LEAD_BANDS) if last is None or first <= days <= last)


def rates_by_lead(rows: Iterable[tuple[int | None, str, int]]) -> dict[int | None, ShowRate]:
    """Shows and no-shows by band; rows are (days from booking, "done" or "no_show", count).

    None stands for appointments whose booking is not known, such as those of a file.
    """
    counted: dict[int | None, list[int]] = {band: [0, 0] for band in (*range(len(LEAD_BANDS)), None)}
    for days, state, count in rows:
        counted[None if days is None else lead_band(days)][state == "no_show"] += count
    return {band: ShowRate(*pair) for band, pair in counted.items()}


def median_days(waits: Iterable[tuple[date, date]]) -> Decimal | None:
    """The median of days from a request to its first appointment; None without one."""
    days = [(first - requested).days for requested, first in waits]
    return Decimal(str(median(days))) if days else None


@dataclass(frozen=True)
class Bounds:
    """Between which days advice is entered, both inclusive, and how many minutes a session lasts at most."""

    first: date
    last: date
    longest: int

    def breaks(self, day: date, minutes: int) -> list[str]:
        """What of them advice breaks: `too_early`, `too_far`, `too_long`."""
        broken = {
            "too_early": day < self.first,
            "too_far": day > self.last,
            "too_long": minutes > self.longest,
        }
        return [code for code, holds in broken.items() if holds]


class TotalsDiffer(RuntimeError):
    """Sums by type do not give the total: a defect of the program or of the data, never shown as if all were well."""


def require_sums(total: int, parts: Mapping[str, int], what: str) -> None:
    """Raise TotalsDiffer unless the parts add up to the total, which was counted apart (S-100)."""
    if sum(parts.values()) != total:
        raise TotalsDiffer(f"{what}: parts give {sum(parts.values())}, the total is {total}")
