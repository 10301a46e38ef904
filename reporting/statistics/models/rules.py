"""From when on figures of few persons are hidden."""

from django.db import models
from django.db.models import Q

from kernel.models import Shared


class DisclosureRule(Shared):
    """From when on figures of fewer than so many persons are hidden, and where the number comes from (T-06)."""

    valid_from = models.DateField(unique=True)
    persons_threshold = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(persons_threshold__gte=1), name="disclosure_threshold_positive"
            ),
        ]
