"""Loads of social workers, time that people keep, and the plan by which families are taken in."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import TenantManager, TenantOwned
from tenants.models import Organisation

DAY_MINUTES = 1440


class Caseload(TenantOwned):
    """How many environments a social worker has in care in a month (its first day), and how many with a blue card.

    Of blue cards only the count is kept (S-155). `limit` is what held when it was saved; above it a reason is needed
    (S-069).
    """

    worker_id = models.UUIDField(_("social worker"))
    worker_name = models.CharField(max_length=150)
    month = models.DateField(_("month"))
    environments = models.PositiveSmallIntegerField(_("households in care"))
    with_blue_card = models.PositiveSmallIntegerField(_("of these with a blue card"), default=0)
    limit = models.PositiveSmallIntegerField(editable=False)
    reason = models.CharField(_("reason above the limit"), max_length=300, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        ordering = ["month", "worker_name"]
        constraints = [
            models.UniqueConstraint(fields=["worker_id", "month"], name="caseload_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="caseload_first_day"),
            models.CheckConstraint(
                condition=Q(with_blue_card__lte=F("environments")),
                name="caseload_blue_cards_within",
                violation_error_message=_("More blue cards than households: correct one of the numbers."),
            ),
            models.CheckConstraint(
                condition=Q(environments__lte=F("limit")) | ~Q(reason=""),
                name="caseload_above_limit_with_reason",
                violation_error_message=_("Above the limit a reason is needed."),
            ),
        ]


class TimeEntry(TenantOwned):
    """Minutes that somebody spent on one class of activity on a day (S-068, S-111): for balancing loads.

    `organisation` is the one the person works for, None for the unit's own people.
    """

    class Activity(models.TextChoices):
        DIRECT = "direct", _("talks, visits and other direct work")
        PREPARATION = "preparation", _("preparation")
        DOCUMENTATION = "documentation", _("documentation")
        TRAVEL = "travel", _("travel")
        MEETING = "meeting", _("team meetings and cooperation")
        SUPERVISION = "supervision", pgettext_lazy("of staff", "supervision")
        TRAINING = "training", _("training")
        OTHER = "other", pgettext_lazy("activity", "other")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    worker_id = models.UUIDField()
    worker_name = models.CharField(max_length=150)
    day = models.DateField(_("day"))
    activity = models.CharField(_("class of activity"), max_length=14, choices=Activity.choices)
    minutes = models.PositiveSmallIntegerField(_("minutes"))

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker_id", "day", "activity", "organisation"],
                nulls_distinct=False,
                name="time_entry_once",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=DAY_MINUTES), name="time_entry_minutes"
            ),
            models.CheckConstraint(
                condition=Q(
                    activity__in=[
                        "direct",
                        "preparation",
                        "documentation",
                        "travel",
                        "meeting",
                        "supervision",
                        "training",
                        "other",
                    ]
                ),
                name="time_entry_activity_known",
            ),
        ]


class IntakePlan(TenantOwned):
    """How many families the unit means to have in its care by the end of a month (its first day), on the way to a
    target (S-071)."""

    month = models.DateField(_("month"), unique=True)
    families = models.PositiveIntegerField(_("families planned"))

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="intake_plan_first_day"),
        ]
