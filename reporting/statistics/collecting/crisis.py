"""Crisis intervention of a quarter: cases, sessions, no-shows; and referrals, also of advice, that were refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from reporting.advice.models import Referral as AdviceReferral
from reporting.crisis.models import CrisisCase, Session
from reporting.crisis.models import Referral as CrisisReferral
from reporting.statistics.batches.figures import Figure, fewer_of, fewest_of
from reporting.statistics.batches.periods import Stretch

_DONE = Q(state=Session.State.DONE)
_MISSED = Q(state=Session.State.NO_SHOW)


def figures(quarter: Stretch) -> Iterator[Figure]:
    """Nothing where the tenant has no case at all; who is helped under an alias or not known may be anybody."""
    if not CrisisCase.objects.order_by().exists():
        return
    start, end = quarter.bounds()
    opened = CrisisCase.objects.filter(opened_at__gte=start, opened_at__lt=end).aggregate(
        cases=Count("pk"), helped=Count("person", distinct=True)
    )
    cases = opened["cases"]
    yield Figure("crisis_cases", Decimal(cases), None, fewest_of(opened["helped"], cases))
    told = Session.objects.filter(starts_at__gte=start, starts_at__lt=end).aggregate(
        done=Count("pk", filter=_DONE),
        helped=Count("case__person", distinct=True, filter=_DONE),
        missed=Count("pk", filter=_MISSED),
        away=Count("case__person", distinct=True, filter=_MISSED),
    )
    helped, away = fewest_of(told["helped"], told["done"]), fewest_of(told["away"], told["missed"])
    yield Figure("crisis_sessions", Decimal(told["done"]), None, helped)
    came_up = Decimal(told["missed"] + told["done"])
    yield Figure("crisis_no_show", Decimal(told["missed"]), came_up, fewer_of(away, helped))


def refused_referrals(quarter: Stretch) -> Iterator[Figure]:
    """Referrals whose outcome became known in the quarter, of advice and of crisis intervention together."""
    if not (AdviceReferral.objects.order_by().exists() or CrisisReferral.objects.order_by().exists()):
        return
    known = Q(outcome_on__gte=quarter.first, outcome_on__lte=quarter.last)
    refused, others = _Referred(), _Referred()
    of_advice = AdviceReferral.objects.filter(known).order_by()
    for outcome, person, organisation, alias in of_advice.values_list(
        "outcome", "appointment__person", "appointment__adviser__organisation_id", "appointment__alias"
    ):
        chosen = refused if outcome == AdviceReferral.Outcome.REFUSED else others
        chosen.count += 1
        if person:
            chosen.advised.add(person)
        elif alias:
            chosen.aliases.add((organisation, alias))
    of_crisis = CrisisReferral.objects.filter(known).order_by()
    for outcome, person in of_crisis.values_list("outcome", "case__person"):
        chosen = refused if outcome == CrisisReferral.Outcome.REFUSED else others
        chosen.count += 1
        if person:
            chosen.helped.add(person)
    persons = fewer_of(refused.fewest_persons(), others.fewest_persons())
    yield Figure("referrals_refused", Decimal(refused.count), Decimal(refused.count + others.count), persons)


@dataclass
class _Referred:
    """Referrals and whom they are of: registered persons of advice and of crisis intervention, and aliases in advice.

    An alias is somebody within one organisation.
    """

    count: int = 0
    advised: set[Any] = field(default_factory=set)
    aliases: set[Any] = field(default_factory=set)
    helped: set[Any] = field(default_factory=set)

    def fewest_persons(self) -> int:
        """How many there are at least: whom advice knows by an alias may be registered in crisis intervention."""
        known = max(len(self.advised) + len(self.aliases), len(self.advised | self.helped))
        return fewest_of(known, self.count)
