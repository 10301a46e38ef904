"""What a region asks a tenant about its figures, and what is answered; both sides see the same thread."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import Shared
from reporting.statistics.models.facts import PeriodKind
from tenants.models import Tenant, Territory


class NoteQuerySet(models.QuerySet["Note"]):
    def of_region(self, voivodeship: str) -> Self:
        """Those that analysts of the voivodeship wrote."""
        return self.filter(voivodeship=voivodeship)

    def of_tenant(self, tenant: Any) -> Self:
        """Those written to the tenant."""
        return self.filter(tenant=tenant.pk)

    def waiting(self) -> Self:
        """Those that the tenant has not answered."""
        return self.filter(state=Note.State.WAITING)

    def newest_first(self) -> Self:
        """Those with the newest message first; the key ends the order."""
        return self.order_by(F("changed_at").desc(), "pk")


class Note(Shared):
    """A thread between a region and a tenant about a figure or a period; `messages` counts what was said in it.

    `period` and `indicator` are empty where the note is about neither. A tenant that moves to another voivodeship
    leaves its threads with the old one.
    """

    class Topic(models.TextChoices):
        MISSING = "missing", _("figures that did not come")
        OUTLIER = "outlier", _("a figure far from the others")
        DOUBT = "doubt", _("a figure that is not clear")
        OTHER = "other", _("another matter")

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the tenant")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", pgettext_lazy("note", "closed")

    voivodeship = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="region_notes")
    topic = models.CharField(max_length=7, choices=Topic.choices)
    kind = models.CharField(max_length=7, choices=PeriodKind.choices, blank=True)
    period = models.DateField(null=True)
    indicator = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    messages = models.PositiveIntegerField(default=0)
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = NoteQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["voivodeship", "changed_at"], name="note_of_region"),
            models.Index(fields=["tenant", "changed_at"], name="note_of_tenant"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__in=["missing", "outlier", "doubt", "other"]), name="note_topic_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="", period__isnull=True)
                | Q(kind="month", period__day=1)
                | Q(kind="quarter", period__day=1, period__month__in=[1, 4, 7, 10]),
                name="note_period",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "answered"], closed_at__isnull=True)
                | Q(state="closed", closed_at__isnull=False),
                name="note_closed_with_time",
            ),
        ]


class NoteMessage(Shared):
    """One thing said in a thread, numbered from 1; never changed. `mailed_at`: when the other side was told."""

    class Side(models.TextChoices):
        REGION = "region", _("the region")
        TENANT = "tenant", _("the tenant")

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="said")
    number = models.PositiveIntegerField()
    side = models.CharField(max_length=6, choices=Side.choices)
    text = models.CharField(max_length=2000)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.UUIDField(null=True)
    written_by_name = models.CharField(max_length=150, blank=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["written_at"], condition=Q(mailed_at__isnull=True), name="note_message_unmailed"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["note", "number"], name="note_message_once"),
            models.CheckConstraint(
                condition=Q(side__in=["region", "tenant"]), name="note_message_side_known"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & ~Q(text=""), name="note_message_says_something"
            ),
        ]
