"""What waits on the start page: evaluations of running cycles whose day has come or is near (S-081)."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle
from contracting.commissioning.waiting import Wait, and_more, first_of
from kernel.access import Access
from reporting.evaluation.models import Evaluation
from reporting.evaluation.permissions import EDIT_EVALUATIONS
from tenants.addresses import tenant_url
from ui.formatting import format_date_text

_SOON = timedelta(days=14)


def evaluations_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Unfinished evaluations due within two weeks or overdue; one query. The owner's own come as theirs."""
    if not access.may(EDIT_EVALUATIONS) or not access.sees_all_organisations:
        return
    waiting = (
        Evaluation.objects.filter(
            finished_at__isnull=True, due_on__lte=today + _SOON, cycle__state=Cycle.State.RUNNING
        )
        .select_related("cycle")
        .order_by("due_on", "pk")
    )
    named = first_of(waiting)
    for one in named:
        late = one.due_on < today
        said = {"title": one.title, "day": format_date_text(one.due_on)}
        yield Wait(
            "must" if late else "warn",
            (
                _("The evaluation “%(title)s” was due on %(day)s")
                if late
                else _("The evaluation “%(title)s” is due on %(day)s")
            )
            % said,
            one.cycle.title,
            tenant_url("evaluation:evaluation", one.pk),
            _("Write the evaluation"),
            is_mine=one.owner_id in (None, access.actor.user_id),
        )
    yield from and_more(named, "warn", _("Evaluations"), tenant_url("cycles:list"), _("See all"))
