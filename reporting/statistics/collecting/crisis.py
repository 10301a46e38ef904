"""Crisis intervention of a quarter: cases, sessions, no-shows; and referrals, also of advice, that were refused."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from reporting.advice.models import Referral as AdviceReferral
from reporting.crisis.models import CrisisCase, Session
from reporting.crisis.models import Referral as CrisisReferral
from reporting.statistics.batches.figures import Figure
from reporting.statistics.batches.periods import Stretch

_DONE = Q(state=Session.State.DONE)
_CAME_UP = Q(state__in=[Session.State.DONE, Session.State.NO_SHOW])


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
        came_up=Count("pk", filter=_CAME_UP),
        expected=Count("case", distinct=True, filter=_CAME_UP),
    )
    yield Figure("crisis_sessions", Decimal(told["done"]), None, told["cases"])
    missed = Decimal(told["came_up"] - told["done"])
    yield Figure("crisis_no_show", missed, Decimal(told["came_up"]), told["expected"])


def refused_referrals(quarter: Stretch) -> Iterator[Figure]:
    """Referrals whose outcome became known in the quarter, of advice and of crisis intervention together."""
    of_advice = _counted(AdviceReferral.objects, "appointment", AdviceReferral.Outcome.REFUSED, quarter)
    of_crisis = _counted(CrisisReferral.objects, "case", CrisisReferral.Outcome.REFUSED, quarter)
    if of_advice["ever"] or of_crisis["ever"]:
        refused, known, persons = (
            of_advice[name] + of_crisis[name] for name in ("refused", "known", "behind")
        )
        yield Figure("referrals_refused", Decimal(refused), Decimal(known), persons)


def _counted(rows: Any, behind: str, refused: str, quarter: Stretch) -> dict[str, int]:
    known = Q(outcome_on__gte=quarter.first, outcome_on__lte=quarter.last)
    found: dict[str, int] = rows.order_by().aggregate(
        ever=Count("pk"),
        known=Count("pk", filter=known),
        refused=Count("pk", filter=known & Q(outcome=refused)),
        behind=Count(behind, distinct=True, filter=known),
    )
    return found
