"""Who of those drawn may still be contacted: asked anew whenever a link is made or mailed and an answer is kept.

What a crisis case says of it is known to those who work on the case alone; everybody else is told no more than that
there is no contact that may be used.
"""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from reporting.crisis.models import CrisisCase
from reporting.supervision.models import Invitation, Survey

_Asking = CrisisCase.Asking


def must_not_be_contacted(person: str) -> Exists:
    """Whether any crisis case of the person at this path says that a contact is not safe."""
    return _says(person, _Asking.UNSAFE)


def reachable(invitations: Any) -> Any:
    """Those of the invitations whose person may be contacted; what tells no person is not among them.

    Somebody drawn as a crisis case must still agree; to lock the rows takes `select_for_update(of=("self",))`.
    """
    of_care = Q(decision__isnull=False) & ~must_not_be_contacted("decision__person")
    of_advice = Q(appointment__person__isnull=False) & ~must_not_be_contacted("appointment__person")
    refuses = _says("case__person", _Asking.DECLINED, _Asking.UNSAFE)
    of_crisis = Q(case__person__isnull=False, case__asking=_Asking.AGREED) & ~refuses
    return invitations.filter(of_care | of_advice | of_crisis)


def withheld_of(survey: Survey) -> set[UUID]:
    """Keys of invitations of a survey that wait and whose person may not be contacted; one query."""
    waiting = Invitation.objects.filter(survey=survey, state=Invitation.State.WAITING).order_by()
    return set(waiting.exclude(pk__in=reachable(waiting).values("pk")).values_list("pk", flat=True))


def _says(person: str, *asking: str) -> Exists:
    return Exists(CrisisCase.objects.filter(person=OuterRef(person), asking__in=asking))
