"""Which form of which period a page was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reporting.statistics.prefilled.layout import Form, layouts
from reporting.statistics.prefilled.stretches import Year
from reporting.statistics.words import language

# In January a unit still reports the year that ended.
_LATE = timedelta(days=31)
_YEARS = 4


@dataclass(frozen=True)
class Asked:
    """A form and its period, with the others that may be chosen (key, name)."""

    form: Form
    period: Year
    forms: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str], ...]
    is_running: bool

    @property
    def query(self) -> str:
        """The question as an address writes it."""
        return f"form={self.form.code}&period={self.period}"


def asked_table(query: Mapping[str, str], today: date) -> Asked:
    """The form and period of a query; what it does not know becomes the first form and the year of a month ago."""
    known = layouts()
    code = query.get("form", "")
    code = code if code in known.codes else known.codes[0]
    newest = Year((today - _LATE).year)
    over_years = any(one.over_years for one in known.forms if one.code == code)
    offered = [Year(year) for year in range(today.year, today.year - _YEARS, -1)]
    if not over_years:
        offered = [each for one in offered for each in (one, Year(one.year, half=True))]
    try:
        period = Year.parse(query.get("period", ""))
    except ValueError:
        period = newest
    if period not in offered:
        period = newest
    form = known.form(code, period.year)
    if form is None:
        raise LookupError(code)
    titles = {one.code: one.titles[language()] for one in known.forms}
    return Asked(
        form,
        period,
        tuple(titles.items()),
        tuple((str(one), one.name) for one in offered),
        period.last >= today,
    )
