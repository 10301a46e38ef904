"""Tags of settlement: the rules and sums of an account in words, signed minutes, and months in addresses."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django import template

from contracting.contracts.models import Contract
from reporting.settlement.account import Account
from reporting.settlement.terms import cap_rule, rounding_rule, sums_of
from ui.formatting import format_minutes_clock, format_minutes_text

register = template.Library()


@register.simple_tag
def settlement_sums(account: Account, contract: Contract) -> list[tuple[str, Decimal]]:
    """The way from the costs to what is to be paid."""
    return sums_of(account, procured=contract.procured)


@register.simple_tag
def settlement_rules(account: Account) -> list[str]:
    """How the account is counted."""
    return [rule for rule in (rounding_rule(), cap_rule(account)) if rule]


@register.filter
def signed_clock(minutes: int) -> str:
    """Minutes with their sign: -90 → `−1:30`."""
    return f"{'−' if minutes < 0 else '+'}{format_minutes_clock(abs(minutes))}"


@register.filter
def signed_text(minutes: int) -> str:
    """Minutes in words, with a minus where there is one: -90 → `−1 h 30 min`."""
    return f"{'−' if minutes < 0 else ''}{format_minutes_text(abs(minutes))}"


@register.filter
def named(codes: Iterable[str], names: Mapping[str, str]) -> str:
    """Codes by their names, where they have any: `Zakupy, Higiena`."""
    return ", ".join(names.get(code, code) for code in codes)


@register.filter
def month_key(day: date) -> str:
    """The month of a day as addresses write it: `2026-10`."""
    return f"{day:%Y-%m}"
