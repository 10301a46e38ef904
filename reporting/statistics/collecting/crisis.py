"""Crisis intervention of a quarter: cases, sessions, no-shows; and referrals, also of advice, that were refused."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Cast, Concat

from reporting.advice.models import Referral as AdviceReferral
from reporting.crisis.models import CrisisCase, Session
from reporting.crisis.models import Referral as CrisisReferral
from reporting.statistics.batches.figures import Figure, fewer_of
from reporting.statistics.batches.periods import Stretch

_ALIAS = Case(
    When(appointment__alias="", then=None),
    default=Concat(
        Cast("appointment__adviser__organisation_id", CharField()), Value(" "), F("appointment__alias")
    ),
    output_field=CharField(),
)
_DONE = Q(state=Session.State.DONE)
_MISSED = Q(state=Session.State.NO_SHOW)


def figures(quarter: Stretch) -> Iterator[Figure]:
    """Nothing where the tenant has no case at all; a case counts as the one person it helps."""
    if not CrisisCase.objects.order_by().exists():
        return
    start, end = quarter.bounds()
    opened = CrisisCase.objects.filter(opened_at__gte=start, opened_at__lt=end).count()
    yield Figure("crisis_cases", Decimal(opened), None, opened)
    told = Session.objects.filter(starts_at__gte=start, starts_at__lt=end).aggregate(
        done=Count("pk", filter=_DONE),
        cases=Count("case", distinct=True, filter=_DONE),
        missed=Count("pk", filter=_MISSED),
        away=Count("case", distinct=True, filter=_MISSED),
    )
    yield Figure("crisis_sessions", Decimal(told["done"]), None, told["cases"])
    missed, came_up = Decimal(told["missed"]), Decimal(told["missed"] + told["done"])
    yield Figure("crisis_no_show", missed, came_up, fewer_of(told["away"], told["cases"]))


def refused_referrals(quarter: Stretch) -> Iterator[Figure]:
    """Referrals whose outcome became known in the quarter, of advice and of crisis intervention together."""
    of_advice = _counted(
        AdviceReferral.objects,
        AdviceReferral.Outcome.REFUSED,
        quarter,
        "appointment__person",
        # Names without a person are of one organisation; of all who gave none, each might be the same.
        _ALIAS,
    )
    of_crisis = _counted(CrisisReferral.objects, CrisisReferral.Outcome.REFUSED, quarter, "case")
    if of_advice["ever"] or of_crisis["ever"]:
        refused, others, of_refused, of_others = (
            of_advice[name] + of_crisis[name] for name in ("refused", "others", "of_refused", "of_others")
        )
        persons = fewer_of(of_refused, of_others)
        yield Figure("referrals_refused", Decimal(refused), Decimal(refused + others), persons)


def _counted(rows: Any, outcome: str, quarter: Stretch, *behind: Any) -> dict[str, int]:
    """Referrals that were refused and the others, with the fewest persons that either can be of."""
    known = Q(outcome_on__gte=quarter.first, outcome_on__lte=quarter.last)
    groups = {"refused": known & Q(outcome=outcome), "others": known & ~Q(outcome=outcome)}
    found: dict[str, int] = rows.order_by().aggregate(
        ever=Count("pk"),
        **{name: Count("pk", filter=rule) for name, rule in groups.items()},
        **{
            f"{name}_{number}": Count(one, distinct=True, filter=rule)
            for name, rule in groups.items()
            for number, one in enumerate(behind)
        },
    )
    for name in groups:
        known_ones = sum(found[f"{name}_{number}"] for number, _one in enumerate(behind))
        found[f"of_{name}"] = known_ones or min(found[name], 1)
    return found
