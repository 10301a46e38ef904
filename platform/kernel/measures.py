"""Figures of the whole installation, by tenant: measured by the clock, kept in Redis, and only read by who watches.

An app registers where a figure comes from; several sources of one name are added up. Opening thousands of schemas
whenever somebody looks is what this saves.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from kernel.health import redis_server

_KEY = "siedem:measures"
# Under this name stands what belongs to no tenant.
PLATFORM = ""

Source = Callable[[], int]


@dataclass(frozen=True)
class Measured:
    """When it was measured (seconds since 1970), and for each name the figures by tenant."""

    at: float
    figures: dict[str, dict[str, int]]


ABOUT = {
    "siedem_months_late": "Months of contracts that nobody handed in in time.",
    "siedem_months_waiting": "Months that were handed in and wait for the social unit.",
    "siedem_mails_waiting": "Mails that are written and not sent.",
    "siedem_files_quarantined": "Files that nobody gets until the scanner has looked at them.",
    "siedem_files_unscannable": "Files at which the scanner failed so often that nobody waits for them any more.",
    "siedem_figures_held": "Figures that wait until somebody confirms them.",
}
_of_tenants: defaultdict[str, list[Source]] = defaultdict(list)
_of_platform: defaultdict[str, list[Source]] = defaultdict(list)


def measure(name: str, source: Source, *, of_platform: bool = False) -> None:
    """Let a figure come from this function, called in every tenant, or once in public; the same one counts once."""
    if name not in ABOUT:
        raise ValueError(f"{name} is not told of in kernel.measures.ABOUT")
    sources = (_of_platform if of_platform else _of_tenants)[name]
    if source not in sources:
        sources.append(source)


def figures_here(*, of_platform: bool = False) -> dict[str, int]:
    """Every figure of the tenant at hand, or of the platform."""
    return {
        name: sum(source() for source in sources)
        for name, sources in (_of_platform if of_platform else _of_tenants).items()
    }


def keep(by_place: dict[str, dict[str, int]]) -> None:
    """Keep the figures of each tenant by its slug, and those of the platform under PLATFORM. Raises RedisError."""
    figures: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for place, told in by_place.items():
        for name, figure in told.items():
            figures[name][place] = figure
    with redis_server() as server:
        server.set(_KEY, json.dumps({"at": time.time(), "figures": figures}))


def kept() -> Measured | None:
    """What was last measured; None where nothing was yet. Raises RedisError."""
    with redis_server() as server:
        told = server.get(_KEY)
    return Measured(**json.loads(str(told))) if told else None
