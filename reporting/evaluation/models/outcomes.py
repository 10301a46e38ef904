"""Outcomes of a cycle, and the tenant's dictionary of what outcomes count (S-082)."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Cycle, QualityIndicator
from kernel.models import TenantOwned


class OutcomeKind(TenantOwned):
    """What outcomes can count, in the tenant's own dictionary: its unit, how it is measured and which way is better.

    A new tenant has those of the pilots (migration 0002). A retired one is not offered any more; outcomes keep it.
    """

    class Unit(models.TextChoices):
        PERSONS = "persons", pgettext_lazy("unit", "persons")
        FAMILIES = "families", pgettext_lazy("unit", "families")
        MONEY = "money", pgettext_lazy("unit", "PLN")
        HOURS = "hours", pgettext_lazy("unit", "hours")
        DAYS = "days", pgettext_lazy("unit", "days")
        EVENTS = "events", pgettext_lazy("unit", "events")

    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices)
    method = models.CharField(_("how it is measured"), max_length=500)
    direction = models.CharField(_("direction"), max_length=8, choices=QualityIndicator.Direction.choices)
    source = models.CharField(_("source"), max_length=300, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="outcome_kind_once",
                violation_error_message=_(
                    "The dictionary has this name already; look among the retired too."
                ),
            ),
            models.CheckConstraint(
                condition=Q(unit__in=["persons", "families", "money", "hours", "days", "events"]),
                name="outcome_kind_unit_known",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["at_least", "at_most"]), name="outcome_kind_direction_known"
            ),
            models.CheckConstraint(condition=~Q(method=""), name="outcome_kind_measured"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def in_money(self) -> bool:
        return self.unit == self.Unit.MONEY


class OutcomeIndicator(TenantOwned):
    """An outcome of a cycle: what was before, what was wanted, what came of it, each as a part of a whole (S-082).

    It counts what its kind says, in the unit of the kind, or measures one of the indicators of the scope. `spent` (PLN)
    is what it cost, where that is not all accepted hours of the cycle.
    """

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="outcomes")
    indicator = models.ForeignKey(
        QualityIndicator,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("indicator of the scope"),
    )
    kind = models.ForeignKey(
        OutcomeKind,
        on_delete=models.PROTECT,
        related_name="outcomes",
        null=True,
        blank=True,
        verbose_name=_("what is counted"),
    )
    name = models.CharField(_("name"), max_length=200)
    direction = models.CharField(
        _("direction"), max_length=8, choices=QualityIndicator.Direction.choices, default="at_least"
    )
    target = models.DecimalField(_("target, %"), max_digits=6, decimal_places=2)
    baseline_part = models.DecimalField(
        _("before: part"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    baseline_whole = models.DecimalField(
        _("before: whole"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    result_part = models.DecimalField(
        _("result: part"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    result_whole = models.DecimalField(
        _("result: whole"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    spent = models.DecimalField(_("money spent"), max_digits=14, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("source of the figures"), max_length=300, blank=True)

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "name"],
                name="outcome_name_once",
                violation_error_message=_("The cycle has an outcome of this name already."),
            ),
            models.UniqueConstraint(
                fields=["indicator"],
                name="outcome_indicator_once",
                violation_error_message=_(
                    "This indicator of the scope has its outcome already: change that one."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__isnull=False, indicator__isnull=True)
                | Q(kind__isnull=True, indicator__isnull=False),
                name="outcome_counts_one",
                violation_error_message=_(
                    "Choose what is counted from the dictionary, or an indicator of the scope: one of the two."
                ),
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["at_least", "at_most"]), name="outcome_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(baseline_part__isnull=True, baseline_whole__isnull=True)
                | Q(baseline_part__isnull=False, baseline_part__gte=0, baseline_whole__isnull=False)
                & Q(baseline_whole__gt=0),
                name="outcome_baseline_whole",
                violation_error_message=_(
                    "What was before needs both its part and its whole; the whole is more than 0."
                ),
            ),
            models.CheckConstraint(
                condition=Q(result_part__isnull=True, result_whole__isnull=True)
                | Q(result_part__isnull=False, result_part__gte=0, result_whole__isnull=False)
                & Q(result_whole__gt=0),
                name="outcome_result_whole",
                violation_error_message=_(
                    "A result needs both its part and its whole; the whole is more than 0."
                ),
            ),
            models.CheckConstraint(
                condition=Q(target__gte=0),
                name="outcome_target_not_negative",
                violation_error_message=_("The target cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(spent__isnull=True) | Q(spent__gte=0),
                name="outcome_spent_not_negative",
                violation_error_message=_("Money spent cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def counted(self) -> str:
        """What is counted, in words, with its unit."""
        if self.kind is None:
            return gettext("indicator of the scope (step 2)")
        return f"{self.kind.name} ({self.kind.get_unit_display()})"
