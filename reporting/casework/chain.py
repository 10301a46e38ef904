"""What programmes, trainings and results came to under a contract or in a cycle: their place in the chain."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Contribution, Link
from contracting.commissioning.models import Cycle
from contracting.contracts.arranged import contracts_of
from contracting.contracts.models import Contract
from kernel.access import Access
from reporting.casework.models import GroupForm, Programme, Result, Training
from reporting.casework.words import belongs_text
from tenants.addresses import tenant_url
from ui.formatting import format_whole


@dataclass(frozen=True)
class Works:
    """Programmes, trainings and results, the newest first, each read with what it belongs to.

    `participations` are those of the groups of the programmes: one person may take part in several.
    """

    programmes: Sequence[Programme]
    trainings: Sequence[Training]
    results: Sequence[Result]
    participations: int

    def __bool__(self) -> bool:
        return bool(self.programmes or self.trainings or self.results)

    @property
    def started(self) -> int:
        return self.persons("started")

    @property
    def finished(self) -> int:
        return self.persons("finished")

    @property
    def dropped(self) -> int:
        return self.persons("dropped")

    @property
    def continuing(self) -> int:
        return self.persons("continuing")

    def persons(self, of: str) -> int:
        """Persons of all programmes together, `of` being a field of a programme; what is not given counts as none."""
        return sum(getattr(one, of) or 0 for one in self.programmes)

    @property
    def trained(self) -> int:
        return self.staff + self.residents

    @property
    def staff(self) -> int:
        return sum(one.staff for one in self.trainings)

    @property
    def residents(self) -> int:
        return sum(one.residents for one in self.trainings)

    @property
    def training_minutes(self) -> int:
        return sum(one.minutes for one in self.trainings)

    @property
    def events(self) -> list[Result]:
        return self._of(Result.Kind.EVENT)

    @property
    def publications(self) -> list[Result]:
        return self._of(Result.Kind.PUBLICATION)

    @property
    def in_kind(self) -> list[Result]:
        return self._of(Result.Kind.IN_KIND)

    @property
    def value(self) -> Decimal:
        """What the contributions in kind are worth (PLN), as far as it was estimated."""
        return sum((one.value or Decimal(0) for one in self.in_kind), Decimal(0))

    def _of(self, kind: str) -> list[Result]:
        return [one for one in self.results if one.kind == kind]


def works_of_contract(contract: Contract) -> Works:
    """What belongs to the contract; four queries."""
    return _read(lambda rows: rows.filter(contract=contract))


def works_of_cycle(cycle: Cycle) -> Works:
    """What belongs to the cycle, or in its period to its contracts or its service; a constant number of queries."""
    contracts = contracts_of(cycle).values("pk")
    return _read(lambda rows: rows.of_cycle(cycle, contracts))


def _read(narrowed: Any) -> Works:
    programmes = _told(narrowed(Programme.objects.with_chain()))
    groups = GroupForm.objects.filter(programme__in=[one.pk for one in programmes])
    return Works(
        programmes,
        _told(narrowed(Training.objects.with_chain())),
        _told(narrowed(Result.objects.with_chain())),
        groups.aggregate(all=Sum("participants", default=0))["all"],
    )


def _told(rows: Any) -> list[Any]:
    """The rows, each with the words for what it belongs to (`of`)."""
    found = list(rows)
    for one in found:
        one.of = belongs_text(one)
    return found


def tell_works(cycle: Cycle, access: Access | None) -> Contribution:
    """The links of step 6 to what was done beside care; nothing where nothing was."""
    works, href = works_of_cycle(cycle), tenant_url("casework:works_of_cycle", cycle.pk)
    links = []
    if works.programmes:
        told = {
            "started": format_whole(works.started),
            "finished": format_whole(works.finished),
        }
        flow = _("started %(started)s, finished %(finished)s") % told
        links.append(Link(_("persons of programmes"), href, value=flow))
    if works.trainings:
        trained = format_whole(works.trained)
        links.append(Link(_("persons trained"), f"{href}#trainings", value=trained))
    if works.results:
        done = format_whole(len(works.results))
        links.append(Link(_("events, publications and contributions in kind"), f"{href}#results", value=done))
    return Contribution(links=tuple(links))
