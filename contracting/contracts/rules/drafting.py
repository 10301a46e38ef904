"""Pure rules of drafting a contract: its years, its cap, its longest time, when its hours run out."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from kernel.money import GROSZ, to_grosz


def split_by_year(
    amount: Decimal, first: date, last: date, weights: Mapping[int, Decimal] | None = None
) -> dict[int, Decimal]:
    """An amount (PLN) over the calendar years of a period; the parts sum to the amount to the grosz.

    `weights` are what the offer's budget has in each year; without them the days of each year weigh. The last year
    takes what rounding left.
    """
    years = range(first.year, last.year + 1)
    given = {year: weights[year] for year in years if weights and weights.get(year)}
    if not given:
        given = {year: Decimal(_days_of(year, first, last)) for year in years}
    whole = sum(given.values())
    parts = {
        year: (amount * weight / whole).quantize(GROSZ, rounding=ROUND_DOWN) for year, weight in given.items()
    }
    newest = max(parts)
    parts[newest] += amount - sum(parts.values())
    return parts


def _days_of(year: int, first: date, last: date) -> int:
    return (min(last, date(year, 12, 31)) - max(first, date(year, 1, 1))).days + 1


def minutes_for(amount: Decimal, price_per_hour: Decimal) -> int:
    """How many whole minutes an amount pays at a price of an hour (both PLN)."""
    return int(amount * 60 / price_per_hour)


def minutes_paid(costs: Decimal, price_per_hour: Decimal, cap: int | None) -> int:
    """How many minutes the costs (PLN, whoever covers them) pay at a price of an hour, where a cap (minutes) holds.

    Prices are rounded to a grosz: costs that miss the cap by no more than that pay all of it.
    """
    if cap is not None and (price_per_hour - GROSZ / 2) * cap <= costs * 60:
        return max(cap, minutes_for(costs, price_per_hour))
    return minutes_for(costs, price_per_hour)


def longest_end(first: date, years: int) -> date:
    """The last day that a contract beginning on `first` may have when it lasts at most so many years (art. 16)."""
    try:
        anniversary = first.replace(year=first.year + years)
    except ValueError:
        anniversary = date(first.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def share_minutes(minutes: int | None, weights: Mapping[int, Decimal]) -> dict[int, int | None]:
    """Minutes over years in proportion to their weights (PLN); the parts sum to the minutes.

    Each part is rounded down, and the minutes that are left go to the largest remainders, the earlier year first.
    """
    whole = sum(weights.values())
    if minutes is None or whole <= 0:
        return dict.fromkeys(weights, minutes)
    exact = {year: minutes * weight / whole for year, weight in weights.items()}
    parts = {year: int(share) for year, share in exact.items()}
    by_remainder = sorted(parts, key=lambda year: (parts[year] - exact[year], year))
    for year in by_remainder[: minutes - sum(parts.values())]:
        parts[year] += 1
    return {**parts}


def scale_minutes(minutes: int | None, part: Decimal, whole: Decimal) -> int | None:
    """Minutes of an offer in proportion to the part of its amount that was granted."""
    if minutes is None or whole <= 0:
        return minutes
    return int(minutes * part / whole)


def own_part(outside: Decimal, own: Decimal, others: Decimal) -> Decimal:
    """What the organisation itself bears of the costs outside a grant (PLN).

    `own` of the `others` (all that the offer covers outside its grant) is its own; the rest is paid by persons.
    """
    if others <= 0 or own <= 0:
        return Decimal(0)
    return to_grosz(outside * min(own, others) / others)


def years_of_budget(costs: Sequence[Mapping[str, object]]) -> dict[int, Decimal]:
    """What an offer's budget has in each year (PLN); rows without a year are left out."""
    sums: dict[int, Decimal] = {}
    for cost in costs:
        year = str(cost.get("year") or "")
        if year.isdecimal():
            sums[int(year)] = sums.get(int(year), Decimal(0)) + Decimal(str(cost.get("amount") or "0"))
    return sums
