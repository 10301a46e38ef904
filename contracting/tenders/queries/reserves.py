"""Results after their publication: the money of each part, who is next on its reserve list, what changed and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracting.tenders.models import Award, Call, Lot, ResultsChange

_Outcome = Award.Outcome


@dataclass(frozen=True)
class LotResults:
    """A part with its awards by rank. Money in PLN; `freed` is what bidders of the part gave up."""

    lot: Lot
    awards: list[Award]

    @property
    def granted(self) -> Decimal:
        return _sum(award for award in self.awards if award.decision == _Outcome.GRANTED)

    @property
    def freed(self) -> Decimal:
        return _sum(award for award in self.awards if award.decision == _Outcome.GIVEN_UP)

    @property
    def left(self) -> Decimal:
        """What the part has beside its present grants."""
        return max(self.lot.funds - self.granted, Decimal(0))

    @property
    def reserve(self) -> list[Award]:
        """Offers that still wait, the next one first."""
        return [award for award in self.awards if award.decision == _Outcome.RESERVE]

    @property
    def may_grant(self) -> bool:
        return bool(self.reserve and self.freed and self.left)


@dataclass(frozen=True)
class ShownChange:
    """A change of the results with the awards it concerned; those without an amount are places on the reserve list."""

    change: ResultsChange
    given_up: list[Award] = field(default_factory=list)
    granted: list[Award] = field(default_factory=list)

    @property
    def is_public(self) -> bool:
        """Whether it changed who gets money: the reserve list itself is not published."""
        return bool(self.granted) or any(award.amount is not None for award in self.given_up)


def _sum(awards: Iterable[Award]) -> Decimal:
    return sum((award.amount or Decimal(0) for award in awards), Decimal(0))


def _rank(award: Award) -> int:
    return award.rank if award.rank is not None else 32_767


def results_by_lot(call: Call) -> list[LotResults]:
    """The parts of a call with their awards and offers, no content; two queries."""
    awards = list(
        Award.objects.filter(lot__call=call)
        .select_related("offer__organisation", "offer__opened", "lot", "given_up_in", "granted_in")
        .defer("offer__draft", "offer__opened__content", "offer__opened__content_key")
    )
    awards.sort(key=lambda award: (_rank(award), award.offer.number or 0))
    return [LotResults(lot, [one for one in awards if one.lot_id == lot.pk]) for lot in call.lots.all()]


def changes_in(awards: Iterable[Award], changes: Iterable[ResultsChange]) -> list[ShownChange]:
    """The changes in their order, each with the awards that point to it; no queries."""
    found = {change.pk: ShownChange(change) for change in changes}
    for award in awards:
        if award.given_up_in_id in found:
            found[award.given_up_in_id].given_up.append(award)
        if award.granted_in_id in found:
            found[award.granted_in_id].granted.append(award)
    return list(found.values())


def out_of_turn(awards: Iterable[Award], chosen: Sequence[Award]) -> list[tuple[Award, Award]]:
    """Chosen awards before which another of the same part waits on the reserve list: pairs of the two."""
    taken = {award.pk for award in chosen}
    waiting: dict[UUID, Any] = {}
    for award in awards:
        if award.decision == _Outcome.RESERVE and award.pk not in taken:
            first = waiting.get(award.lot_id)
            if first is None or _rank(award) < _rank(first):
                waiting[award.lot_id] = award
    return [
        (award, waiting[award.lot_id])
        for award in chosen
        if award.lot_id in waiting and _rank(waiting[award.lot_id]) < _rank(award)
    ]
