"""Limits that small grants of one year meet together: each grant, each organisation, the pool (art. 19a)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.law import limits_on
from contracting.commissioning.models import FundingSource
from contracting.commissioning.rules.forms import ENTRUST, PARTNERSHIP, SMALL_GRANT, SUPPORT
from contracting.tenders.actions.postings import problems_of_postings
from contracting.tenders.clock import database_now
from contracting.tenders.models import Award, Call
from contracting.tenders.rules import grants
from kernel.errors import Problem
from kernel.locks import hold
from kernel.periods import local_date
from ui.formatting import format_money

_ZERO = Decimal(0)
# Forms in which public money goes to organisations as grants.
_GRANTED_FORMS = (ENTRUST, SUPPORT, SMALL_GRANT, PARTNERSHIP)
_NOT_GRANTED = (FundingSource.Kind.OWN_CONTRIBUTION, FundingSource.Kind.PAYMENTS)


def problems_of_small_grants(call: Call, awards: Iterable[Award]) -> list[Problem]:
    """What the grants of a call would exceed, and which of their offers were not posted for comments as the law asks,
    in the transaction that decides; nothing for other kinds of calls.

    The pool is a share of the money that the year's cycles plan for tasks of organisations; where they plan none it
    is not known and not checked. Decisions on small grants wait for each other, so that two at once do not pass
    together what each could alone.
    """
    if call.kind != Call.Kind.SMALL_GRANT:
        return []
    hold("small grants")
    today = local_date(database_now())
    limits = limits_on(today)
    granted = [
        (award, award.amount)
        for award in awards
        if award.decision == Award.Outcome.GRANTED and award.amount is not None
    ]
    earlier = _given_earlier(call, today.year)
    largest = limits["small_grant_max_pln"].value
    most = limits["small_grant_year_per_organisation_pln"].value
    found, sums = problems_of_postings(award for award, _amount in granted), dict(earlier)
    for award, amount in granted:
        bidder = award.offer.organisation_id
        left = grants.left_for_organisation(sums.get(bidder, _ZERO), most)
        if grants.is_too_large(amount, largest):
            found.append(_problem("small_grant_too_large", award, amount, largest))
        if amount > left:
            found.append(_problem("small_grants_of_organisation", award, amount, left))
        sums[bidder] = sums.get(bidder, _ZERO) + amount
    planned = _planned(today.year)
    if planned:
        total = sum((amount for _award, amount in granted), _ZERO)
        left = grants.left_in_pool(
            sum(earlier.values(), _ZERO), planned, limits["small_grant_pool_percent"].value
        )
        if total > left:
            text = _(
                "Small grants of the year: {amount} would be granted, and {left} are left. Lower the amounts."
            )
            message = format_lazy(text, amount=format_money(total), left=format_money(left))
            found.append(Problem("small_grant_pool", message, None, str(total)))
    return found


def _given_earlier(call: Call, year: int) -> dict[UUID, Decimal]:
    """Small grants of the year by organisation, those of the call itself left out."""
    rows = (
        Award.objects.filter(
            decision=Award.Outcome.GRANTED,
            lot__call__kind=Call.Kind.SMALL_GRANT,
            lot__call__state=Call.State.DECIDED,
            decided_at__year=year,
        )
        .exclude(lot__call=call)
        .values_list("offer__organisation_id")
        .annotate(total=Sum("amount"))
    )
    return dict(rows)


def _planned(year: int) -> Decimal:
    sources = FundingSource.objects.filter(
        year=year, cycle__form_options__chosen=True, cycle__form_options__form__in=_GRANTED_FORMS
    ).exclude(kind__in=_NOT_GRANTED)
    total: Decimal | None = sources.aggregate(total=Sum("amount"))["total"]
    return total or _ZERO


_TEXTS: dict[str, Any] = {
    "small_grant_too_large": _(
        "Offer {number}: a small grant is at most {limit}; {amount} is more. Lower the amount."
    ),
    "small_grants_of_organisation": _(
        "Offer {number}: its organisation may still get {limit} in small grants this year; {amount} is more. "
        "Lower the amount."
    ),
}


def _problem(code: str, award: Award, amount: Decimal, limit: Decimal) -> Problem:
    message = format_lazy(
        _TEXTS[code], number=award.offer.number, amount=format_money(amount), limit=format_money(limit)
    )
    return Problem(code, message, f"offer-{award.offer_id}", str(amount))
