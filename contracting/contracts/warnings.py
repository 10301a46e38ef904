"""What threatens a contract: it ends soon, its hours or its money run out before it ends."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.contracts.consumption import Delivered, delivered_under
from contracting.contracts.models import Contract
from contracting.contracts.rules.drafting import minutes_paid
from contracting.contracts.rules.lasting import rate_of, runs_out_on
from kernel.errors import Sentence
from ui.formatting import format_date_text

# A call takes at least three weeks, a committee and signatures a month: a quarter is the last moment to begin.
END_SOON = timedelta(days=90)


def warnings_of(
    contracts: Sequence[Contract], *, today: date, with_hours: bool = True
) -> dict[UUID, list[Sentence]]:
    """The warnings of each contract that has any, most urgent first. Two queries for all of them.

    Without `with_hours` nothing is said of the cap of hours, for a page that tells of it itself.
    """
    delivered = delivered_under([contract.pk for contract in contracts])
    found: dict[UUID, list[Sentence]] = {}
    for contract in contracts:
        if contract.valid_to < today:
            continue
        sentences = [
            *_of_use(contract, delivered.get(contract.pk), with_hours=with_hours),
            *_of_end(contract, today),
        ]
        if sentences:
            found[contract.pk] = sentences
    return found


def _of_end(contract: Contract, today: date) -> list[Sentence]:
    if contract.valid_to - today > END_SOON:
        return []
    day = format_date_text(contract.valid_to)
    return [_("The contract ends on %(day)s. Prepare the next call or an amendment.") % {"day": day}]


def _of_use(contract: Contract, delivered: Delivered | None, *, with_hours: bool) -> list[Sentence]:
    caps = [contract.cap_minutes] if contract.cap_minutes is not None else []
    if contract.amount is not None and contract.price_per_hour:
        # The price of an hour is of all costs, so the hours of the money are those that all costs pay.
        costs = contract.amount + contract.outside_grant
        caps.append(minutes_paid(costs, contract.price_per_hour, contract.cap_minutes))
    if not caps or delivered is None:
        return []
    cap = min(caps)
    by_money = cap != contract.cap_minutes
    if not by_money and not with_hours:
        return []
    left = cap - delivered.minutes
    if left <= 0 and delivered.until < contract.valid_to:
        return [
            _("The money of the contract is used up: what is delivered from now on is not covered.")
            if by_money
            else _("The hours of the contract are used up: what is delivered from now on is not covered.")
        ]
    day = runs_out_on(left, rate_of(delivered.daily, contract.valid_from))
    if day is None or day >= contract.valid_to:
        return []
    facts = {"day": format_date_text(day), "end": format_date_text(contract.valid_to)}
    if by_money:
        return [_("At the present pace the money ends on %(day)s, before the contract (%(end)s).") % facts]
    return [_("At the present pace the hours end on %(day)s, before the contract (%(end)s).") % facts]
