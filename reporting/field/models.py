"""What comes from carers' phones: entries that the server has kept, and observations about persons."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import OrganisationScoped, Worker
from kernel.access import Access
from kernel.crypto import decrypt, encrypt
from kernel.models import TenantManager, TenantOwned
from reporting.care.models import Decision
from reporting.delivery.models import Visit


class PhoneEntryQuerySet(OrganisationScoped):
    organisation_path = "worker__organisation_id"

    def of_user(self, access: Access) -> Self:
        """Entries of the person's own visits."""
        return self.filter(worker__user_id=access.actor.user_id)

    def open(self) -> Self:
        """Entries that are not in the diary and wait for somebody."""
        return self.filter(state__in=PhoneEntry.OPEN)


class PhoneEntry(TenantOwned):
    """A visit that a phone has sent, kept from the moment it arrives: `id` is the phone's own, so once.

    `offset_then` and `offset_now` are seconds that the server's clock showed more than the phone's, before the entry
    was made and when it was sent. `seen` are the visits of that day which the carer had before her. `visit_id` is the
    visit of the diary that it became. `asked` says that the carer has passed the question on. `corrects` is the visit
    that the carer corrected, in the `version` that she had before her; once stored, `version` is that of the visit as
    the correction left it.
    """

    class State(models.TextChoices):
        STORED = "stored", pgettext_lazy("entry of a phone", "in the diary")
        WAITING = "waiting", pgettext_lazy("entry of a phone", "month is closed")
        CONFLICT = "conflict", pgettext_lazy("entry of a phone", "conflict")
        CLOCK = "clock", pgettext_lazy("entry of a phone", "clock of the phone")
        REFUSED = "refused", pgettext_lazy("entry of a phone", "cannot be entered")
        DISMISSED = "dismissed", pgettext_lazy("entry of a phone", "not entered")
        LATE = "late", pgettext_lazy("entry of a phone", "added as a late visit")

    OPEN = (State.WAITING, State.CONFLICT, State.CLOCK, State.REFUSED)

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=60, blank=True)
    day = models.DateField()
    start = models.TimeField()
    end = models.TimeField()
    visit_state = models.CharField(max_length=10, choices=Visit.State.choices)
    activities = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)
    seen = ArrayField(models.UUIDField(), default=list, blank=True)
    offset_then = models.IntegerField(null=True)
    offset_now = models.IntegerField(default=0)
    jumped = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    code = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=500, blank=True)
    asked = models.BooleanField(default=False)
    visit_id = models.UUIDField(null=True)
    corrects = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_by_name = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(PhoneEntryQuerySet)()

    class Meta:
        ordering = ["day", "start", "id"]
        indexes = [
            models.Index(
                fields=["worker"],
                condition=Q(state__in=["waiting", "conflict", "clock", "refused"]),
                name="phone_entry_open",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["stored", "waiting", "conflict", "clock", "refused", "dismissed", "late"]
                ),
                name="phone_entry_state_known",
            ),
            models.CheckConstraint(
                condition=Q(visit_state__in=["done", "no_show", "cancelled"]), name="phone_entry_visit_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="stored") | Q(visit_id__isnull=False), name="phone_entry_stored_as_visit"
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=True, version=0)
                | Q(corrects__isnull=False, version__gte=1, decision__isnull=False),
                name="phone_entry_corrects_version",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["dismissed", "late"]) | Q(settled_at__isnull=False),
                name="phone_entry_settled_when",
            ),
        ]

    @property
    def ends_on(self) -> date:
        """The day of its end: the next one where the end is before the start."""
        return self.day if self.start < self.end else self.day + timedelta(days=1)

    @property
    def left_version(self) -> int | None:
        """The version of the visit as this entry left it; None while it is not in the diary."""
        if self.state != self.State.STORED:
            return None
        return self.version if self.corrects else 1

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class ObservationQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Those of the person's organisations; the unit's people see all."""
        if access.organisation_ids is None:
            return self.all()
        return self.filter(worker__organisation_id__in=access.organisation_ids)

    def of_user(self, access: Access) -> Self:
        """Those that the person has written as a carer."""
        return self.filter(worker__user_id=access.actor.user_id)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Observation(TenantOwned):
    """What a carer has noticed about a person and tells the coordinator (S-142); text and answer are encrypted."""

    class Priority(models.TextChoices):
        NORMAL = "normal", pgettext_lazy("observation", "normal")
        URGENT = "urgent", pgettext_lazy("observation", "urgent")

    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    visit_id = models.UUIDField(null=True)
    priority = models.CharField(_("priority"), max_length=6, choices=Priority.choices)
    text_encrypted = models.BinaryField()
    noticed_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    notified_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.UUIDField(null=True)
    read_by_name = models.CharField(max_length=200, blank=True)
    answer_encrypted = models.BinaryField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    answered_by_name = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ObservationQuerySet)()

    class Meta:
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["-received_at"], name="observation_received"),
            models.Index(fields=["worker"], condition=Q(read_at__isnull=True), name="observation_unread"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(priority__in=["normal", "urgent"]), name="observation_priority_known"
            ),
            models.CheckConstraint(
                condition=Q(answer_encrypted__isnull=True, answered_at__isnull=True)
                | Q(answer_encrypted__isnull=False, answered_at__isnull=False, read_at__isnull=False),
                name="observation_answered_when_read",
            ),
        ]

    @property
    def text(self) -> str:
        return decrypt(bytes(self.text_encrypted))

    @property
    def answer(self) -> str:
        return decrypt(bytes(self.answer_encrypted)) if self.answer_encrypted else ""

    def keep_text(self, text: str) -> None:
        self.text_encrypted = encrypt(text)

    def keep_answer(self, text: str) -> None:
        self.answer_encrypted = encrypt(text)

    @property
    def is_urgent(self) -> bool:
        return self.priority == self.Priority.URGENT
