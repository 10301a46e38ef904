"""Cases with their sessions counted against the limit of the standard."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from kernel.periods import local_date
from reporting.crisis.models import CrisisCase, Referral, Session
from reporting.crisis.queries.terms import all_terms
from reporting.crisis.rules import PRODUCT_TERMS, Terms, crisis_limit, terms_on


@dataclass(frozen=True)
class Counted:
    """A case with its sessions: how many of how many, and whether K1 says that the limit needs an answer."""

    case: CrisisCase
    done: int
    no_show: int
    limit: int
    is_over: bool


def _of_case(rows: QuerySet[Any], **counts: Count) -> Any:
    grouped = rows.filter(case=OuterRef("pk")).order_by().values("case")
    (name, count), *_rest = counts.items()
    return Coalesce(Subquery(grouped.annotate(**{name: count}).values(name)), 0)


def with_sessions(cases: QuerySet[Any]) -> QuerySet[Any]:
    """The cases with sessions done and missed, reasons beyond the limit and referrals counted."""
    done = Session.objects.filter(state=Session.State.DONE)
    missed = Session.objects.filter(state=Session.State.NO_SHOW)
    annotated: QuerySet[Any] = cases.annotate(
        sessions_done=_of_case(done, count=Count("pk")),
        sessions_missed=_of_case(missed, count=Count("pk")),
        reasons=_of_case(done, count=Count("pk", filter=~Q(beyond=""))),
        referred=_of_case(Referral.objects.all(), count=Count("pk")),
    )
    return annotated


def counted(case: Any, terms: list[Terms]) -> Counted:
    """What the counts of `with_sessions` mean: the limit is that of the day on which the case began."""
    limit = terms_on(terms, local_date(case.opened_at)).session_limit
    over = crisis_limit(case.sessions_done, limit, reasons=case.reasons, referrals=case.referred)
    return Counted(case, case.sessions_done, case.sessions_missed, limit, over)


def over_the_limit(cases: QuerySet[Any]) -> list[Counted]:
    """Of these cases, those of which K1 speaks; two queries."""
    terms = all_terms()
    least = min(row.session_limit for row in [PRODUCT_TERMS, *terms])
    shown = with_sessions(cases).filter(reasons=0, referred=0, sessions_done__gt=least)
    return [one for one in (counted(row, terms) for row in shown) if one.is_over]
