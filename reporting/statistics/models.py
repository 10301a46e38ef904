"""Monthly facts in the public schema: what tenants pushed to their region, never a person."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from kernel.models import Shared
from tenants.models import Tenant, Territory


class FactsBatch(Shared):
    """One push of a tenant's month: versioned, never changed; a correction is a new version."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="facts_batches")
    month = models.DateField()
    version = models.PositiveIntegerField()
    pushed_at = models.DateTimeField(default=timezone.now)
    pushed_by = models.UUIDField(null=True)
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "month", "version"], name="facts_batch_once")
        ]


class MonthlyFact(Shared):
    """The figures of one tenant, month and service as they stand: the newest version of the push."""

    batch = models.ForeignKey(FactsBatch, on_delete=models.CASCADE, related_name="facts")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="facts")
    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    service_code = models.CharField(max_length=40)
    persons = models.PositiveIntegerField()
    granted_minutes = models.BigIntegerField()
    delivered_minutes = models.BigIntegerField()
    current = models.BooleanField(default=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["voivodeship", "month"], condition=Q(current=True), name="fact_voivodeship_month"
            )
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
