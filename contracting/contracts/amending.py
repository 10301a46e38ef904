"""Amendments as a page shows them: what changes, field by field, in words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracting.contracts.models import Commitment, Contract, ContractAmendment
from kernel.errors import Sentence
from ui.formatting import format_date_text, format_minutes_text, format_money, format_plain

_LABELS: dict[str, Sentence] = {
    "valid_to": gettext_lazy("Valid to (inclusive)"),
    "price_per_hour": gettext_lazy("Price of an hour"),
    "cap_minutes": gettext_lazy("Cap of hours"),
    "amount": pgettext_lazy("money", "Amount"),
    "outside_grant": gettext_lazy("Costs outside the grant"),
    "tranches": gettext_lazy("Money by budget year"),
    "commitments": gettext_lazy("Commitments"),
}


@dataclass(frozen=True)
class ChangeLine:
    """One field of an amendment, before and after."""

    label: Sentence
    before: str
    after: str


@dataclass(frozen=True)
class ShownAmendment:
    """An amendment with the lines that say what it changes."""

    amendment: ContractAmendment
    lines: list[ChangeLine]


def amendments_of(contract: Contract) -> list[ShownAmendment]:
    """The amendments of a contract with their signatures at hand, oldest first."""
    return [
        ShownAmendment(
            amendment,
            [
                _line(name, before, after)
                for name, (before, after) in sorted(
                    amendment.changes.items(), key=lambda change: list(_LABELS).index(change[0])
                )
            ],
        )
        for amendment in contract.amendments.prefetch_related("signatures")
    ]


def _line(name: str, before: Any, after: Any) -> ChangeLine:
    if name == "commitments":
        # Only those that differ, so that one changed promise is found among many.
        gone = [row for row in before if row not in after]
        new = [row for row in after if row not in before]
        before, after = gone, new
    return ChangeLine(_LABELS[name], _said(name, before), _said(name, after))


def _year(year: int, amount: str, minutes: int | None) -> str:
    money = f"{year}: {format_money(Decimal(amount))}"
    return money if minutes is None else f"{money} ({format_minutes_text(minutes)})"


def _promise(row: dict[str, str]) -> str:
    direction = Commitment.Direction(row["direction"]).label
    return f"{row['indicator']}: {direction} {format_plain(Decimal(row['promised']))} {row['unit']}".strip()


def _said(name: str, value: Any) -> str:
    if value is None or value == []:
        return _("none")
    if name == "tranches":
        return "; ".join(_year(*row) for row in value)
    if name == "commitments":
        return "; ".join(map(_promise, value))
    if name == "valid_to":
        return format_date_text(date.fromisoformat(value))
    return format_minutes_text(value) if name == "cap_minutes" else format_money(Decimal(value))
