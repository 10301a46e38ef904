"""Reports that a region saved: what they ask, when they are made, and every file that was made of them."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import Shared
from tenants.models import Territory


class SavedReportQuerySet(models.QuerySet["SavedReport"]):
    def of_region(self, voivodeship: str) -> Self:
        """Those of the voivodeship's analysts."""
        return self.filter(voivodeship=voivodeship)

    def scheduled(self) -> Self:
        """Those that are made by themselves."""
        return self.filter(ended_at__isnull=True).exclude(schedule=SavedReport.Schedule.NEVER)


class SavedReport(Shared):
    """A question of the desk under a name; `query` is its canonical text without the period."""

    class Schedule(models.TextChoices):
        NEVER = "never", _("only when asked for")
        MONTH = "month", _("with every month that is released")
        QUARTER = "quarter", _("with every quarter that is released")

    class Form(models.TextChoices):
        XLSX = "xlsx", _("workbook (XLSX)")
        PDF = "pdf", _("document (PDF)")

    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=500)
    schedule = models.CharField(max_length=7, choices=Schedule.choices, default=Schedule.NEVER)
    form = models.CharField(max_length=4, choices=Form.choices, default=Form.XLSX)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = SavedReportQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["voivodeship", "name"],
                condition=Q(ended_at__isnull=True),
                name="saved_report_name_once",
            ),
            models.CheckConstraint(
                condition=Q(schedule__in=["never", "month", "quarter"]), name="saved_report_schedule_known"
            ),
            models.CheckConstraint(condition=Q(form__in=["xlsx", "pdf"]), name="saved_report_form_known"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_report_asks_something"),
        ]


class MadeReport(Shared):
    """A file made of a report for a period; a release that changes it makes another, and this one stays.

    `released_at` is the newest release in it. `mailed_at` is when its author was told.
    """

    report = models.ForeignKey(SavedReport, on_delete=models.PROTECT, related_name="made")
    period = models.CharField(max_length=7)
    released_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "period", "released_at"], name="made_report_once")
        ]
