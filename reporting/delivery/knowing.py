"""Whom a carer knows: not everybody whose decision's number she typed, for numbers can be guessed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import TruncMonth

from kernel.access import Access
from reporting.care.models import Decision
from reporting.delivery.models import FrozenMonth, Visit, carer_only_in


def known_to(access: Access, decisions: Iterable[UUID]) -> set[UUID]:
    """Those of the decisions whose person may be named to the reader; at most one query.

    Carers know the persons of whom they have a visit that does not stand on their own word alone. Everybody else who
    may see a decision knows whose it is.
    """
    asked, alone = set(decisions), carer_only_in(access)
    if not asked or not alone:
        return asked
    own = Visit.objects.filter(worker__user_id=access.actor.user_id, decision=OuterRef("pk"))
    known = Decision.objects.filter(pk__in=asked).filter(
        ~Q(contract__organisation_id__in=alone) | Exists(vouched_for(own))
    )
    return set(known.values_list("pk", flat=True))


def vouched_for(visits: Any) -> Any:
    """Those of the visits for which somebody besides their carer vouches.

    Somebody else has entered, changed or confirmed them, or has handed their month in.
    """
    carer = F("worker__user_id")
    handed_in = FrozenMonth.objects.filter(
        contract=OuterRef("decision__contract"), month=OuterRef("first_day")
    )
    return (
        visits.exclude(state=Visit.State.CANCELLED)
        .annotate(first_day=TruncMonth("date"))
        .filter(
            ~Q(entered_by=carer) | ~Q(changed_by=carer) | Q(confirmed_at__isnull=False) | Exists(handed_in)
        )
    )
