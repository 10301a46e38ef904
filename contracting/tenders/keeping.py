"""What calls are kept for: names of committees that accounts tell."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.tenders.models import Seat


def keep_seats(users: Collection[UUID], kept: list[tuple[UUID, object]]) -> None:
    """Who sat on the committee of a call is named by their account as long as the call is kept; one query."""
    rows = Seat.objects.filter(user_id__in=list(users)).order_by("committee__call__number")
    for user, number, title in rows.values_list(
        "user_id", "committee__call__number", "committee__call__title"
    ):
        sentence = _("they sit on the committee of call %(call)s, which is kept still")
        kept.append((user, sentence % {"call": number or title}))
