"""What was confirmed of doubtful figures in the versions before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from reporting.statistics.batches.document import read
from reporting.statistics.batches.figures import Figure
from reporting.statistics.models import FactsBatch, HeldFact

# A batch, and the place of a figure in it.
Spot = tuple[UUID, tuple[str, str, str]]


@dataclass(frozen=True)
class Confirmed:
    """A doubtful figure that is right, with who said so and why."""

    figure: Figure
    held: HeldFact


def confirmed_before(batches: Iterable[FactsBatch]) -> Mapping[Spot, Confirmed]:
    """What stands confirmed in the version right before each of these batches, by batch and place. One query."""
    following = {one.previous_sha256: one.pk for one in batches if one.previous_sha256}
    rows = HeldFact.objects.filter(
        state=HeldFact.State.CONFIRMED, batch__content_sha256__in=[*following]
    ).select_related("batch")
    found: dict[Spot, Confirmed] = {}
    figures: dict[UUID, dict[tuple[str, str, str], Figure]] = {}
    for held in rows:
        older = held.batch
        if older.pk not in figures:
            figures[older.pk] = {one.place: one for one in read(older.document).content.figures}
        found[following[older.content_sha256], held.place] = Confirmed(figures[older.pk][held.place], held)
    return found
