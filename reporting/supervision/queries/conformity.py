"""How far the standard of a service is carried out (S-087): what inspections saw of it, section by section."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from contracting.commissioning.models import StandardVersion
from reporting.supervision.models import SampledItem
from reporting.supervision.rules.completeness import score
from ui.formatting import percent_of


@dataclass(frozen=True, slots=True)
class SectionScore:
    """Answers yes of answers yes or no to the criteria of one section of the standard, in so many inspections."""

    section: str
    met: int
    asked: int
    inspections: int

    @property
    def words(self) -> str:
        """The name of the section."""
        return str(StandardVersion.Section(self.section).label)

    @property
    def percent(self) -> Decimal | None:
        """In percent with one decimal; None where nobody looked."""
        return percent_of(self.met, self.asked)


def conformity_of(contracts: Collection[UUID], first: date, last: date) -> list[SectionScore]:
    """Each section of the standard in its order, from samples of protocols sent, of inspections held in first..last.

    Both days are included; one query. A criterion outside the standard counts in no section.
    """
    rows = SampledItem.objects.filter(
        inspection__contract_id__in=list(contracts),
        inspection__sent_at__isnull=False,
        inspection__held_on__gte=first,
        inspection__held_on__lte=last,
        checked_at__isnull=False,
    ).values_list("inspection_id", "checks")
    answers: dict[str, list[str]] = defaultdict(list)
    seen: dict[str, set[UUID]] = defaultdict(set)
    for inspection, checks in rows:
        for check in checks:
            if check["answer"] in ("yes", "no"):
                answers[check.get("section", "")].append(check["answer"])
                seen[check.get("section", "")].add(inspection)
    return [
        SectionScore(section, *score(answers[section]), len(seen[section]))
        for section in StandardVersion.Section.values
    ]
