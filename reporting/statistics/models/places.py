"""Where tenants lay before the register of territories changed."""

from django.db import models
from django.db.models import Q

from kernel.models import Shared
from tenants.models import Tenant, Territory


class Relocation(Shared):
    """From 1 January of a year on a tenant lies elsewhere in the register: another county, another kind of commune.

    Periods before that day keep the place that they had.
    """

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="relocations")
    valid_from = models.DateField()
    before = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    kind_before = models.CharField(max_length=9, choices=Tenant.Kind.choices)

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "valid_from"], name="relocation_once_a_year"),
            models.CheckConstraint(
                condition=Q(valid_from__day=1, valid_from__month=1), name="relocation_on_1_january"
            ),
            models.CheckConstraint(
                condition=Q(kind_before__in=["commune", "county", "city"]), name="relocation_kind_known"
            ),
            models.CheckConstraint(condition=~Q(before=models.F("after")), name="relocation_elsewhere"),
        ]
