"""The numbers of the standard as they hold on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Terms:
    """Numbers by which a centre works, with their source; `valid_from` is None for those of the product."""

    session_limit: int
    duty_minimum: int
    meetings_per_week: int
    stay_warning_days: int
    debriefing_days: int
    source: str
    valid_from: date | None = None


# What holds until the tenant enters numbers of its own. Sessions, double duty and the weekly meeting are those of the
# standard as the pilots applied it; it names no days for the warning and the debriefing, which are proposals.
PRODUCT_TERMS = Terms(
    session_limit=8,
    duty_minimum=2,
    meetings_per_week=1,
    stay_warning_days=14,
    debriefing_days=3,
    source="Standard interwencji kryzysowej (pilotaż 2012–2013); terminy w dniach: propozycja systemu",
)


def terms_on(rows: Iterable[Terms], day: date) -> Terms:
    """Of these rows the one that holds on the day: the last that began by then, else the product's."""
    begun = [row for row in rows if row.valid_from is not None and row.valid_from <= day]
    return max(begun, key=lambda row: row.valid_from or date.min, default=PRODUCT_TERMS)
