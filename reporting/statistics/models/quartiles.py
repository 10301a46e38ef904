"""Quartiles of similar tenants, as their directors may see them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import Shared
from reporting.statistics.models.facts import PeriodKind
from reporting.statistics.models.releases import Release


class ReleasedQuartiles(Shared):
    """Quartiles of a measure among tenants of one kind and size, of a voivodeship or (empty) of the country.

    Shown ones never change; a hidden row is replaced by the next release. How many peers there are is not told while
    they are too few.
    """

    class Hidden(models.TextChoices):
        FEW = "few", _("too few similar tenants")
        PROVIDERS = "providers", _("few providers, or one of them prevails")

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=PeriodKind.choices)
    period = models.DateField()
    measure = models.CharField(max_length=20)
    group = models.CharField(max_length=20)
    voivodeship = models.CharField(max_length=2, blank=True)
    peers = models.PositiveIntegerField(null=True)
    low = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    middle = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    high = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    hidden = models.CharField(max_length=9, choices=Hidden.choices, blank=True)

    class Meta:
        indexes = [models.Index(fields=["group", "voivodeship", "period"], name="quartiles_of_group")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "period", "measure", "group", "voivodeship"], name="quartiles_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=["month", "quarter"]), name="quartiles_kind_known"),
            models.CheckConstraint(
                condition=Q(
                    hidden="",
                    peers__isnull=False,
                    low__isnull=False,
                    middle__gte=F("low"),
                    high__gte=F("middle"),
                )
                | Q(
                    hidden__in=["few", "providers"],
                    peers__isnull=True,
                    low__isnull=True,
                    middle__isnull=True,
                    high__isnull=True,
                ),
                name="quartiles_shown_or_hidden",
            ),
        ]
