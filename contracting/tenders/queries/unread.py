"""What the record of actions does not tell yet: the acts of bidders on calls that still take offers."""

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from audit.withheld import Withheld
from contracting.tenders.models import Call, Offer


def acts_of_bidders() -> Withheld | None:
    """The entries about offers of calls that are published and not closed: how many came nobody reads before."""
    taking = Call.objects.filter(state=Call.State.PUBLISHED, closed_at__isnull=True)
    if not taking.exists():
        return None
    offers = Offer.objects.filter(call__in=taking).annotate(text=Cast("pk", CharField()))
    return Withheld(
        Q(subject_type="offer", subject_id__in=offers.values("text")),
        _(
            "What bidders do in a call that takes offers is recorded at once and shown here only once the call is "
            "closed, so the numbers of the entries have gaps until then."
        ),
    )
