"""What to look at in the bases of a payment: changes of income too small to change it, and interviews grown old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from contracting.commissioning.law import rows_by_code
from contracting.commissioning.payment_cases import criterion_code
from contracting.commissioning.rules.limits import Limit, in_force
from reporting.settlement.models import PaymentBasis

_CHANGE, _INTERVIEW = "income_change_percent", "interview_update_months"


@dataclass(frozen=True)
class BasisRow:
    """A basis, with the change of income (PLN for a person) that is within `allowed` (PLN), 0 where there is none."""

    basis: PaymentBasis
    change: Decimal = Decimal(0)
    allowed: Decimal = Decimal(0)


def judged_bases(bases: Sequence[PaymentBasis]) -> list[BasisRow]:
    """Bases of a decision, the newest first, each measured against the one before it.

    A change of no more than `income_change_percent` of the criterion does not change a payment (art. 106(3b) of the
    act on social assistance); one living alone and one in a family have criteria of their own and are not compared.
    """
    ordered, limits = sorted(bases, key=lambda one: one.valid_from), rows_by_code()
    rows = [BasisRow(one) for one in ordered[:1]]
    for earlier, basis in pairwise(ordered):
        share = in_force(limits[_CHANGE], basis.valid_from)
        criterion = in_force(limits[criterion_code(basis.household)], basis.valid_from)
        alike = (earlier.household is None) == (basis.household is None) and not (
            earlier.exempt or basis.exempt
        )
        change = abs(_of_person(basis) - _of_person(earlier))
        allowed = share.value * criterion.value / 100 if share and criterion else Decimal(0)
        small = alike and 0 < change <= allowed
        rows.append(BasisRow(basis, change, allowed) if small else BasisRow(basis))
    return rows[::-1]


def _of_person(basis: PaymentBasis) -> Decimal:
    return basis.income / (basis.household or 1)


def stale_after(bases: Sequence[PaymentBasis], today: date) -> Limit | None:
    """The rule by which the newest basis is too old (`interview_update_months`), None where it is not; one query."""
    newest = max((one.valid_from for one in bases), default=None)
    rule = in_force(rows_by_code()[_INTERVIEW], today)
    if newest is None or rule is None:
        return None
    months = (today.year - newest.year) * 12 + today.month - newest.month - (today.day <= newest.day)
    return rule if months >= rule.whole else None
