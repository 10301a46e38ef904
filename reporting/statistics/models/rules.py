"""From when on which figures are hidden, and when those of a period are released."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from kernel.models import Shared


class DisclosureRule(Shared):
    """Thresholds of disclosure from a day on, and where they come from (T-06).

    Fewer persons than `persons_threshold` are hidden, of groups of health fewer than `health_threshold`; figures that
    show business where fewer than `fewest_providers` providers stand behind them, or one with more than
    `largest_share` of it. Quartiles are shown
    of `fewest_peers` tenants or more. A period is first released `release_after_days` days after its last one.
    """

    valid_from = models.DateField(unique=True)
    persons_threshold = models.PositiveSmallIntegerField(default=5)
    health_threshold = models.PositiveSmallIntegerField(default=10)
    fewest_providers = models.PositiveSmallIntegerField(default=3)
    largest_share = models.DecimalField(max_digits=4, decimal_places=3, default=Decimal("0.75"))
    fewest_peers = models.PositiveSmallIntegerField(default=10)
    release_after_days = models.PositiveSmallIntegerField(default=20)
    source = models.CharField(max_length=500)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    persons_threshold__gte=1,
                    health_threshold__gte=1,
                    fewest_providers__gte=1,
                    fewest_peers__gte=10,
                ),
                name="disclosure_thresholds_positive",
            ),
            models.CheckConstraint(
                condition=Q(largest_share__gt=0, largest_share__lte=1), name="disclosure_share_of_one"
            ),
        ]

    @property
    def strictest_threshold(self) -> int:
        """How many persons figures need that may tell of health; never fewer than all others."""
        return max(self.persons_threshold, self.health_threshold)

    @property
    def share_in_percent(self) -> Decimal:
        """The largest share as people read it."""
        return self.largest_share * 100
