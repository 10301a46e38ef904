"""What can be drawn from a contract: a decision, an appointment of advice, a case of crisis intervention."""

from typing import Any

from django.db import models
from django.db.models import Q

from reporting.advice.models import Appointment
from reporting.care.models import Decision
from reporting.crisis.models import CrisisCase

# What stands behind a drawn row, to be read along with it.
SUBJECTS = ("decision", "appointment__adviser", "case")

ONE_SUBJECT: Any = (
    Q(decision__isnull=False, appointment__isnull=True, case__isnull=True)
    | Q(decision__isnull=True, appointment__isnull=False, case__isnull=True)
    | Q(decision__isnull=True, appointment__isnull=True, case__isnull=False)
)


class Drawn(models.Model):
    """One of the three. An appointment stands for its card, or for the registered person who was advised at it.

    Nothing here tells who is helped in a case, and no appointment of an alias or of nobody known is ever drawn to ask.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    case = models.ForeignKey(CrisisCase, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def number(self) -> str:
        """What it is called where no names are told: a number, or day, time and adviser of an appointment."""
        if self.decision is not None:
            return str(self.decision.number)
        if self.appointment is not None:
            one = self.appointment
            return f"{one.date:%d.%m.%Y} {one.start:%H:%M} · {one.adviser.code}"
        return "" if self.case is None else str(self.case.number)
