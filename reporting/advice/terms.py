"""What the unit has settled for advice, and the bounds that follow for a day."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from reporting.advice.models import Slot, Terms
from reporting.advice.rules import Bounds


def current_terms() -> Terms:
    """What the unit has settled, or the defaults."""
    return Terms.objects.first() or Terms()


def hold_of_offers() -> timedelta:
    """For how long a freed time is held for whoever it was offered to."""
    return timedelta(hours=current_terms().hold_hours)


def still_offered() -> Q:
    """Requests with an offer that has not ended: the slot lies ahead, and its time to answer has not run out."""
    to_come = Slot.objects.order_by().filter(starts_at__gt=timezone.now())
    return Q(offered_slot_id__in=to_come.values("pk"), offered_at__gt=timezone.now() - hold_of_offers())


def bounds_today() -> Bounds:
    """Between which days advice is entered today, and how long a session may last."""
    terms, today = current_terms(), timezone.localdate()
    first, last = today - timedelta(days=terms.days_back), today + timedelta(days=terms.days_ahead)
    return Bounds(first, last, terms.most_minutes)
