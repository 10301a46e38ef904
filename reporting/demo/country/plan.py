"""Which tenants a simulated country has, and how many persons each cares for: the same for the same seed."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from math import ceil, exp
from random import Random
from typing import Any


class Size(StrEnum):
    """Classes of tenants by what lives there, as the weights of `country.json` are named."""

    RURAL = "rural commune"
    MIXED = "urban and rural commune"
    URBAN = "urban commune"
    CITY = "city"
    CAPITAL = "capital"
    COUNTY = "county"


_CAPITAL = "1465011"
# The last digit of a commune's code: urban, rural, urban and rural (domain I-05).
_SIZES = {"1": Size.URBAN, "2": Size.RURAL, "3": Size.MIXED}
_CITIES_FROM = 61


@dataclass(frozen=True)
class PlannedTenant:
    """A tenant to make: code of its territory, its name, its class, the persons in its care and its inhabitants."""

    code: str
    name: str
    size: Size
    persons: int
    inhabitants: int | None = None

    @property
    def slug(self) -> str:
        return f"kraj-{self.code}"

    @property
    def contracts(self) -> list[int]:
        """Persons of each of its contracts: as many contracts as keep each to a size."""
        most = figures()["persons_of_a_contract"]
        count = ceil(self.persons / most)
        return [self.persons // count + (place < self.persons % count) for place in range(count)]


def figures() -> dict[str, Any]:
    """The invented figures: persons of the country, averages of each class, the most persons of a contract."""
    found: dict[str, Any] = json.loads(
        (resources.files("reporting.demo") / "data" / "country.json").read_text("utf-8")
    )
    return found


def size_of(code: str) -> Size | None:
    """The class of the tenant of a territory; None where the territory has none of its own."""
    is_city = len(code) >= 4 and int(code[2:4]) >= _CITIES_FROM
    if len(code) == 4:
        return None if is_city else Size.COUNTY
    if len(code) != 7 or code[6] not in _SIZES:
        return None
    if code == _CAPITAL:
        return Size.CAPITAL
    return Size.CITY if is_city else _SIZES[code[6]]


def plan_country(territories: Iterable[tuple[str, str]], share: float, seed: int) -> list[PlannedTenant]:
    """The tenants of that share of the country, of each class alike; a larger share has those of a smaller one.

    `territories` are codes and names of the register. Persons of a class lie around its average, and all tenants
    together have the persons of the country.
    """
    known = figures()
    sized = [(code, name, size) for code, name in sorted(territories) if (size := size_of(code))]
    weights = {code: known["average"][size] * _factor(code, seed) for code, _name, size in sized}
    scale = known["persons"] / (sum(weights.values()) or 1)
    chosen: list[PlannedTenant] = []
    for size in Size:
        of_size = sorted((one for one in sized if one[2] == size), key=lambda one: _place(one[0], seed))
        for code, name, _size in of_size[: round(share * len(of_size))]:
            inhabitants = round(known["inhabitants"][size] * _factor(code, seed))
            chosen.append(PlannedTenant(code, name, size, max(1, round(weights[code] * scale)), inhabitants))
    return sorted(chosen, key=lambda tenant: tenant.code)


def _factor(code: str, seed: int) -> float:
    """How much larger than its class's average: from about a third to three times."""
    return exp(max(-1.1, min(1.1, Random(f"{seed}-persons-{code}").gauss(0, 0.5))))  # noqa: S311


def _place(code: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}-share-{code}".encode()).hexdigest()
