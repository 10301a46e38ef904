"""What is due for a month: accepted minutes × the price of the day, the cap, corrections, penalties, advances.

The rounding: minutes of one decision at one price are added up, and the product with the price of an hour is rounded
half up to the grosz; so is each correction and the part that the commune bears. Sums are not rounded again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from uuid import UUID

from kernel.money import price_of_minutes, to_grosz
from reporting.settlement.rules.lines import Line

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that the month carries: of which decision and day, by how many minutes.

    `never_paid` are the minutes of one that takes off which the cap did not pay when they were accepted: nothing is
    returned for them.
    """

    key: UUID
    decision: UUID
    date: date
    minutes: int
    never_paid: int = 0

    @property
    def taken_back(self) -> int:
        """Minutes that were paid and are returned, 0 of a correction that adds."""
        return max(0, -self.minutes - self.never_paid)


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of the settlement: minutes of a decision at one price of an hour, and what they cost (PLN).

    `over_cap` are minutes accepted that the contract's cap does not pay, below zero where a correction takes off such
    minutes. A correction names itself in `correction`.
    """

    decision: UUID
    price: Decimal
    first: date
    last: date
    accepted: int
    over_cap: int
    amount: Decimal
    correction: UUID | None = None

    @property
    def paid(self) -> int:
        """Minutes paid."""
        return self.accepted - self.over_cap


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract says of the month's money.

    `cap_left` are the minutes left under the cap (None: no cap), `money_left` what is left of the amount (None: no
    amount), `share` the part of the costs that the commune bears, `penalties` what is deducted, `advance_left` what was
    paid beforehand and not settled yet, `never_paid` what of earlier months the amount did not pay.
    """

    price_on: Callable[[date], Decimal]
    cap_left: int | None = None
    money_left: Decimal | None = None
    share: Fraction = Fraction(1)
    penalties: Decimal = ZERO
    advance_left: Decimal = ZERO
    never_paid: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Bill:
    """The month's account (PLN): `cost` of all charges, `part` of the commune, and what becomes of it.

    `over_amount` is what the contract's amount does not pay, below zero where corrections take off what it did not pay
    in earlier months; `over_penalties` what penalties take beyond what is due.
    """

    charges: tuple[Charge, ...]
    over_cap_of: Mapping[UUID, int]
    cost: Decimal
    share_of_cost: Decimal
    over_amount: Decimal
    penalties: Decimal
    over_penalties: Decimal
    due: Decimal
    from_advance: Decimal

    @property
    def part(self) -> Decimal:
        """What the commune owes for the care, before penalties."""
        return self.share_of_cost - self.over_amount

    @property
    def to_pay(self) -> Decimal:
        """What is still to be paid."""
        return self.due - self.from_advance

    @property
    def minutes(self) -> int:
        """Minutes paid, corrections included."""
        return sum(charge.paid for charge in self.charges)


def bill_of(lines: Sequence[Line], corrections: Sequence[Corrected], terms: Terms) -> Bill:
    """The account of a month. `lines` are in time, as `accepted_lines` gives them.

    Minutes above the cap are not paid: they are the last visits of the month, then the last corrections that add.
    Corrections cost the price of the day they correct, and return what was paid alone.
    """
    over = _over_cap(lines, corrections, terms.cap_left)
    charges = (*_care(lines, over, terms.price_on), *_corrections(corrections, over, terms.price_on))
    cost = sum((charge.amount for charge in charges), ZERO)
    share = to_grosz(Decimal(terms.share.numerator) * cost / Decimal(terms.share.denominator))
    over_amount = _over_amount(share, terms)
    owed = share - over_amount
    # Corrections may exceed the care of the month: the organisation returns the difference. Penalties never do that.
    due = owed if owed <= 0 else max(ZERO, owed - terms.penalties)
    return Bill(
        charges=charges,
        over_cap_of=over,
        cost=cost,
        share_of_cost=share,
        over_amount=over_amount,
        penalties=terms.penalties,
        over_penalties=max(ZERO, terms.penalties - max(ZERO, owed)),
        due=due,
        from_advance=min(max(ZERO, due), max(ZERO, terms.advance_left)),
    )


def with_never_paid(corrections: Iterable[Corrected], never_paid: Mapping[date, int]) -> list[Corrected]:
    """The corrections with what the cap never paid of those that take minutes off, in their order.

    `never_paid` are the minutes above the cap by the first day of the month of their visits. A correction takes these
    off first, whichever visits they were: without them the month would have stayed that much below the cap.
    """
    left = dict(never_paid)
    told = []
    for one in corrections:
        origin = one.date.replace(day=1)
        part = max(0, min(-one.minutes, left.get(origin, 0)))
        left[origin] = left.get(origin, 0) - part
        told.append(replace(one, never_paid=part))
    return told


def _over_amount(share: Decimal, terms: Terms) -> Decimal:
    if terms.money_left is None:
        return ZERO
    if share < 0:
        return -min(-share, max(ZERO, terms.never_paid))
    return max(ZERO, share - max(ZERO, terms.money_left))


def _over_cap(
    lines: Sequence[Line], corrections: Sequence[Corrected], cap_left: int | None
) -> dict[UUID, int]:
    """Minutes that the cap does not pay, by visit or correction."""
    if cap_left is None:
        return {}
    units = [(line.visit, line.accepted) for line in lines]
    # Corrections that add are taken last of all: they stand before the visits in the order of going backwards.
    units = [*[(one.key, one.minutes) for one in corrections if one.minutes > 0], *units]
    taken = sum(minutes for _key, minutes in units) - sum(one.taken_back for one in corrections)
    excess = taken - max(0, cap_left)
    over: dict[UUID, int] = {}
    for key, minutes in reversed(units):
        if excess <= 0:
            break
        if part := min(minutes, excess):
            over[key] = part
            excess -= part
    return over


def _care(
    lines: Iterable[Line], over: Mapping[UUID, int], price_on: Callable[[date], Decimal]
) -> list[Charge]:
    groups: dict[tuple[UUID, Decimal], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.decision, price_on(line.date)].append(line)
    made = []
    for (decision, price), group in groups.items():
        accepted = sum(line.accepted for line in group)
        unpaid = sum(over.get(line.visit, 0) for line in group)
        days = [line.date for line in group]
        amount = price_of_minutes(accepted - unpaid, price)
        made.append(Charge(decision, price, min(days), max(days), accepted, unpaid, amount))
    return made


def _corrections(
    corrections: Iterable[Corrected], over: Mapping[UUID, int], price_on: Callable[[date], Decimal]
) -> list[Charge]:
    made = []
    for one in corrections:
        price, unpaid = price_on(one.date), over.get(one.key, 0) - one.never_paid
        amount = price_of_minutes(one.minutes - unpaid, price)
        made.append(Charge(one.decision, price, one.date, one.date, one.minutes, unpaid, amount, one.key))
    return made


def shares_of(paid: Sequence[int], price_of: Callable[[int], Decimal]) -> list[Decimal]:
    """What each of the visits of a line costs (PLN), from their minutes in time and what so many minutes cost.

    It is what the line comes to with the visit, less what it came to before: they add up to the line, and the rest of
    rounding falls on the visit at which it becomes a whole grosz.
    """
    reached = [price_of(minutes) for minutes in accumulate(paid, initial=0)]
    return [after - before for before, after in pairwise(reached)]
