"""What waits for a person in the cycles: steps that they own and whose day has come or is near."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from contracting.commissioning.models import Cycle, Step
from contracting.commissioning.permissions import READ_CYCLES
from kernel.access import Access
from tenants.addresses import tenant_url
from ui.formatting import format_date_text

_SOON = timedelta(days=14)


@dataclass(frozen=True)
class Wait:
    """One thing that waits: `kind` is must, warn or note; `is_mine` says that the person can do something about it."""

    kind: str
    title: str
    meta: str
    href: str
    verb: str
    is_mine: bool = True


def steps_waiting(access: Access, today: date) -> Iterator[Wait]:
    """Steps in work of running cycles that the person owns, overdue or due within two weeks; one query."""
    if not access.may(READ_CYCLES) or access.actor.user_id is None:
        return
    steps = (
        Step.objects.filter(
            owner_id=access.actor.user_id,
            state__in=[Step.State.OPEN, Step.State.TO_REVIEW],
            cycle__state=Cycle.State.RUNNING,
            due_on__lte=today + _SOON,
        )
        .select_related("cycle")
        .order_by("due_on")
    )
    for step in steps:
        late = step.due_on is not None and step.due_on < today
        said = {"step": step.get_kind_display(), "day": format_date_text(step.due_on)}
        yield Wait(
            "must" if late else "warn",
            (_("“%(step)s” was due on %(day)s") if late else _("“%(step)s” is due on %(day)s")) % said,
            step.cycle.title,
            tenant_url("cycles:cycle", step.cycle_id),
            _("Go to the cycle"),
        )
