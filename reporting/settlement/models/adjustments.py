"""Corrections of months that were accepted: the line as it was accepted, and what a later month changes of it."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from kernel.models import TenantManager, TenantOwned
from reporting.care.models import Decision


class AcceptedLineQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class AcceptedLine(TenantOwned):
    """A visit of an accepted month as it was accepted, kept from its first correction on.

    `minutes` is what was accepted of it; `adjusted_minutes` the sum of its corrections that stand. `month` is the first
    day of the month in which it was accepted. `is_late` is a visit that nobody had entered when the month was accepted:
    nothing of it was accepted, all of it is its correction, and `visit_id` names it alone, no row of the diary; its
    `activities` (codes) stand here.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    visit_id = models.UUIDField(unique=True)
    date = models.DateField()
    start = models.TimeField()
    worker = models.CharField(max_length=40)
    minutes = models.PositiveIntegerField()
    adjusted_minutes = models.IntegerField(default=0)
    is_late = models.BooleanField(default=False)
    activities = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(AcceptedLineQuerySet)()

    class Meta:
        ordering = ["date", "start", "worker"]
        indexes = [models.Index(fields=["contract", "month"], name="accepted_line_of_month")]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="accepted_line_first_day"),
            models.CheckConstraint(
                condition=Q(is_late=False, minutes__gt=0) | Q(is_late=True, minutes=0),
                name="accepted_line_minutes",
            ),
            models.UniqueConstraint(
                fields=["decision", "date", "start", "worker"],
                condition=Q(is_late=True),
                name="accepted_line_late_once",
            ),
            models.CheckConstraint(
                condition=(
                    Q(is_late=False)
                    & Q(adjusted_minutes__gte=-F("minutes"))
                    & Q(adjusted_minutes__lte=F("minutes"))
                )
                | Q(is_late=True, adjusted_minutes__gte=0, adjusted_minutes__lte=1440),
                name="accepted_line_adjusted_within",
                violation_error_message=_("The corrections of a visit together exceed the visit itself."),
            ),
        ]


class AdjustmentQuerySet(OrganisationScoped):
    organisation_path = "line__contract__organisation_id"

    def standing(self) -> "AdjustmentQuerySet":
        """Corrections that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Adjustment(TenantOwned):
    """A correction of an accepted line, in minutes: more or less than was accepted, carried by a later month.

    The accepted month stays as it is; `carried_in`, the first day of the later month, counts and pays the difference.
    """

    class Reason(models.TextChoices):
        CLERICAL = "clerical", pgettext_lazy("adjustment", "slip in the diary")
        SHORTER = "shorter", pgettext_lazy("adjustment", "the visit was shorter")
        LONGER = "longer", pgettext_lazy("adjustment", "the visit was longer")
        NOT_HELD = "not_held", pgettext_lazy("adjustment", "the visit was not held")
        COMPLAINT = "complaint", pgettext_lazy("adjustment", "complaint of the person")
        INSPECTION = "inspection", pgettext_lazy("adjustment", "finding of an inspection")
        LATE = "late", pgettext_lazy("adjustment", "visit that nobody had entered")
        OTHER = "other", pgettext_lazy("adjustment", "other, described below")

    line = models.ForeignKey(AcceptedLine, on_delete=models.PROTECT, related_name="adjustments")
    minutes = models.IntegerField(_("minutes of the correction"))
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    words = models.CharField(_("in words"), max_length=500)
    carried_in = models.DateField(_("month that carries the correction"))
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by_name = models.CharField(max_length=150, blank=True)
    withdrawn_reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(AdjustmentQuerySet)()

    class Meta:
        ordering = ["made_at"]
        indexes = [models.Index(fields=["carried_in"], name="adjustment_carried_in")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(minutes=0),
                name="adjustment_not_nothing",
                violation_error_message=_("A correction of 0 minutes changes nothing."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=-1440, minutes__lte=1440),
                name="adjustment_up_to_a_day",
                violation_error_message=_("A visit lasts at most 24 hours, and so does its correction."),
            ),
            models.CheckConstraint(
                condition=~Q(words=""),
                name="adjustment_with_words",
                violation_error_message=_("Write in words what is corrected and why."),
            ),
            models.CheckConstraint(condition=Q(carried_in__day=1), name="adjustment_first_day"),
            models.CheckConstraint(
                condition=Q(
                    reason__in=[
                        "clerical",
                        "shorter",
                        "longer",
                        "not_held",
                        "complaint",
                        "inspection",
                        "late",
                        "other",
                    ]
                ),
                name="adjustment_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="adjustment_withdrawn_with_reason",
            ),
        ]
