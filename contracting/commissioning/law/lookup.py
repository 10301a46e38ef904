"""Looking a limit up: the tenant's own value where it has one, else the one that comes with the product."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.law.known import BASES, BUNDLED, CODES, POINT_BASES
from contracting.commissioning.law.titles import TITLES
from contracting.commissioning.models import LegalLimit
from contracting.commissioning.rules.limits import Basis, Limit, Unit, in_force
from kernel.errors import DomainError
from ui.formatting import format_date_text


class LimitNotKnown(DomainError):
    """No value of a limit is known for a day: somebody has to enter it first."""


def as_limit(row: LegalLimit) -> Limit:
    """A row of the tenant as a limit."""
    return Limit(
        code=row.code,
        value=row.value,
        unit=Unit(row.unit),
        article=row.article,
        source=row.source,
        verified=row.verified,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        own=True,
        acts_from=row.acts_from,
    )


def rows_by_code() -> dict[str, list[Limit]]:
    """All rows of every code, the tenant's own included, in the order of the law's table. One query."""
    rows: dict[str, list[Limit]] = {code: [] for code in CODES}
    for row in [*BUNDLED, *map(as_limit, LegalLimit.objects.filter(code__in=CODES))]:
        rows[row.code].append(row)
    return rows


def limits_on(day: date) -> dict[str, Limit]:
    """Every limit that is known for the day, by code. One query; use it where several limits are needed."""
    found = {code: in_force(rows, day) for code, rows in rows_by_code().items()}
    return {code: row for code, row in found.items() if row is not None}


def find_limit(code: str, *, on: date) -> Limit | None:
    """The limit as it stands on the day, or None where no value is known for it. An unknown code raises KeyError."""
    if code not in CODES:
        raise KeyError(code)
    own = map(as_limit, LegalLimit.objects.filter(code=code))
    return in_force([*(row for row in BUNDLED if row.code == code), *own], on)


def limit(code: str, *, on: date) -> Limit:
    """The limit as it stands on the day. One query.

    Raises LimitNotKnown (`limit_unknown`) where no value is known for the day, and KeyError for an unknown code.
    """
    found = find_limit(code, on=on)
    if found is None:
        raise LimitNotKnown(
            "limit_unknown",
            _("No value of “%(title)s” is known for %(day)s: the director enters it on the page of the law.")
            % {"title": TITLES[code], "day": format_date_text(on)},
            value=code,
        )
    return found


def bases_on(day: date) -> dict[str, Basis]:
    """The articles on which each form of realisation rests on the day; no query. A partnership has none of its own."""
    return {basis.form: basis for basis in BASES if basis.holds_on(day)}


def point_articles_on(day: date) -> dict[str, str]:
    """The article of each point of the formal check as it stands on the day; no query."""
    return {basis.form: basis.article for basis in POINT_BASES if basis.holds_on(day)}
