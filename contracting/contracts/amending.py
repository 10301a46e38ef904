"""Amendments as a page shows them: what changes, field by field, in words."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracting.contracts.models import Contract, ContractAmendment
from kernel.errors import Sentence
from ui.formatting import format_date_text, format_minutes_text, format_money

_LABELS: dict[str, Sentence] = {
    "valid_to": gettext_lazy("Valid to (inclusive)"),
    "price_per_hour": gettext_lazy("Price of an hour"),
    "cap_minutes": gettext_lazy("Cap of hours"),
    "amount": pgettext_lazy("money", "Amount"),
    "outside_grant": gettext_lazy("Costs outside the grant"),
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
                ChangeLine(_LABELS[name], _said(name, before), _said(name, after))
                for name, (before, after) in amendment.changes.items()
            ],
        )
        for amendment in contract.amendments.prefetch_related("signatures")
    ]


def _said(name: str, value: Any) -> str:
    if value is None:
        return _("none")
    if name == "valid_to":
        return format_date_text(date.fromisoformat(value))
    return format_minutes_text(value) if name == "cap_minutes" else format_money(Decimal(value))
