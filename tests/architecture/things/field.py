"""Things of field in the world of the table of routes."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from kernel.periods import Month
from reporting.field.models import Observation, PhoneEntry


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of field names, for one organisation; runs in the tenant."""
    observation = Observation(
        worker=made.worker, decision=made.decision, priority="urgent", noticed_at=timezone.now()
    )
    observation.keep_text(f"Pani {made.mark} skarży się na zawroty głowy.")
    observation.save()
    return {
        "observation": observation,
        "phone_entry": PhoneEntry.objects.create(
            worker=made.worker,
            decision=made.decision,
            number=made.decision.number,
            day=made.visit.date,
            start=time(8, 15),
            end=time(9, 15),
            visit_state="done",
            note=f"u {made.mark}",
            state="conflict",
            said="Wizyta jest już w dzienniczku.",
        ),
        # Of the month that is accepted in the world (things of settlement).
        "late_phone_entry": PhoneEntry.objects.create(
            worker=made.worker,
            decision=made.decision,
            number=made.decision.number,
            day=Month.parse(made.month).previous().first + timedelta(days=11),
            start=time(8, 15),
            end=time(9, 15),
            visit_state="done",
            state="waiting",
            said="Miesiąc oddano.",
        ),
    }
