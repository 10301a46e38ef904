"""Limits of small grants (art. 19a of the act on public benefit activity); without Django. Money is PLN."""

from datetime import date
from decimal import Decimal

from contracting.tenders.rules.terms import days_inclusive


def is_too_large(amount: Decimal, most: Decimal) -> bool:
    """Whether a small grant is over the limit: 10 000,00 is not, 10 000,01 is."""
    return amount > most


def is_too_long(first: date, last: date, most: int) -> bool:
    """Whether the task lasts more days than a small grant may, both days included: 90 are not, 91 are."""
    return days_inclusive(first, last) > most


def left_for_organisation(given: Decimal, most: Decimal) -> Decimal:
    """What an organisation may still get in small grants in the calendar year, never below 0."""
    return max(most - given, Decimal(0))


def left_in_pool(given: Decimal, planned: Decimal, percent: Decimal) -> Decimal:
    """What may still be given as small grants in the year: a percentage of the money planned for organisations."""
    return max(planned * percent / 100 - given, Decimal(0))
