"""Monthly facts in the public schema: what tenants pushed to their region, never a person."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone

from kernel.models import Shared
from tenants.models import Tenant, Territory

# The code of the row over all services, beside the rows of each.
ALL_SERVICES = "*"


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


class FactsBatch(Shared):
    """One push of a tenant's month: versioned, never changed; a correction is a new version.

    `contracts_accepted` of `contracts_total` says how complete the month was when it was pushed.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="facts_batches")
    month = models.DateField()
    version = models.PositiveIntegerField()
    contracts_accepted = models.PositiveIntegerField()
    contracts_total = models.PositiveIntegerField()
    pushed_at = models.DateTimeField(default=timezone.now)
    pushed_by = models.UUIDField(null=True)
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "month", "version"], name="facts_batch_once"),
            models.CheckConstraint(
                condition=Q(contracts_accepted__lte=F("contracts_total")),
                name="facts_batch_accepted_of_total",
            ),
        ]


class MonthlyFactQuerySet(models.QuerySet["MonthlyFact"]):
    def current(self) -> Self:
        """The newest version of each tenant, month and service."""
        return self.filter(current=True)

    def totals(self) -> Self:
        """The rows over all services, in which a person with several services counts once."""
        return self.current().filter(service_code=ALL_SERVICES)

    def by_voivodeship_and_month(self, first: date, last: date) -> models.QuerySet[Any, dict[str, Any]]:
        """Sums of the whole country: a row for each voivodeship and month of first..last (first days of months)."""
        return (
            self.totals()
            .filter(month__gte=first, month__lte=last)
            .values("voivodeship_id", "month")
            .annotate(
                persons_sum=Sum("persons"),
                granted_sum=Sum("granted_minutes"),
                delivered_sum=Sum("delivered_minutes"),
            )
            .order_by("voivodeship_id", "month")
        )

    def by_tenant(self, voivodeship: str, month: date) -> models.QuerySet[Any, dict[str, Any]]:
        """One month of one voivodeship: a row for each tenant that pushed, whatever its state is now."""
        return (
            self.totals()
            .filter(voivodeship_id=voivodeship, month=month)
            .values(
                "tenant_id",
                "tenant__name",
                persons_sum=F("persons"),
                granted_sum=F("granted_minutes"),
                delivered_sum=F("delivered_minutes"),
                accepted=F("batch__contracts_accepted"),
                contracts=F("batch__contracts_total"),
            )
            .order_by("tenant__name")
        )


class MonthlyFact(Shared):
    """The figures of one tenant, month and service (or of all): persons counted once, minutes granted and delivered."""

    batch = models.ForeignKey(FactsBatch, on_delete=models.CASCADE, related_name="facts")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="facts")
    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    service_code = models.CharField(max_length=40)
    persons = models.PositiveIntegerField()
    granted_minutes = models.BigIntegerField()
    delivered_minutes = models.BigIntegerField()
    current = models.BooleanField(default=True)

    objects: ClassVar[Any] = MonthlyFactQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["voivodeship", "month"], condition=Q(current=True), name="fact_voivodeship_month"
            ),
            models.Index(fields=["month"], condition=Q(current=True), name="fact_month"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month", "service_code"],
                condition=Q(current=True),
                name="fact_current_once",
            ),
            models.CheckConstraint(
                condition=Q(granted_minutes__gte=0, delivered_minutes__gte=0), name="fact_not_negative"
            ),
        ]
