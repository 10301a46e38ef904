"""What comes with the product: dated limits with article and source, and the national table of payments."""

from pathlib import Path

from contracting.commissioning.rules.limits import Basis, Limit, read_bases, read_limits
from contracting.commissioning.rules.payments import Band, read_bands

_HERE = Path(__file__).parent


def _lines(name: str) -> list[str]:
    return (_HERE / name).read_text("utf-8").splitlines()


BUNDLED: tuple[Limit, ...] = read_limits(_lines("limits.csv"))
UNIT_OF = {row.code: row.unit for row in BUNDLED}
CODES: tuple[str, ...] = tuple(UNIT_OF)

# The articles on which forms of realisation rest; a partnership's stand in its agreement.
BASES: tuple[Basis, ...] = read_bases(_lines("bases.csv"))

# The articles from which the points of the formal check of an offer follow; some points rest on the call alone.
POINT_BASES: tuple[Basis, ...] = read_bases(_lines("formal_points.csv"), key="point")

# What the regulation on specialist care services says; ordinary care has the commune's own table.
NATIONAL_BANDS: tuple[Band, ...] = read_bands(_lines("specialist_payments.csv"))
NATIONAL_BANDS_SOURCE = "rozporządzenie w sprawie specjalistycznych usług opiekuńczych, Dz.U. 2024 poz. 816"
