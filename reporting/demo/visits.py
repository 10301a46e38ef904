"""Storing the diaries of a demo world with the moments of entry they would have had."""

from datetime import datetime, time, timedelta

from contracting.contracts.models import Worker
from kernel.ids import new_id
from kernel.periods import WARSAW
from reporting.care.models import Decision
from reporting.delivery.models import Visit
from reporting.demo.world import DemoVisit, DemoWorld


def _entered_at(visit: DemoVisit) -> datetime:
    """The evening of the day, or of so many days later."""
    return datetime.combine(visit.day + timedelta(days=visit.entered_after_days), time(18), WARSAW)


def store_visits(world: DemoWorld) -> None:
    """The diaries with the moments of entry they would have had: the verbs of the diary enter at the present one."""
    decisions = dict(Decision.objects.values_list("number", "pk"))
    workers = dict(Worker.objects.values_list("code", "pk"))
    Visit.objects.bulk_create(
        [
            Visit(
                id=new_id(),
                decision_id=decisions[visit.decision],
                worker_id=workers[visit.worker],
                starts_at=visit.starts_at,
                ends_at=visit.ends_at,
                state=visit.state,
                activities=list(visit.activities),
                note=visit.note,
                source=Visit.Source.FILE,
                entered_at=_entered_at(visit),
                changed_at=_entered_at(visit),
            )
            for visits in world.visits.values()
            for visit in visits
        ],
        batch_size=2000,
    )
