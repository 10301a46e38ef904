"""Confidential notes of advice: ciphertext, its author, and the deputies whom the author names (S-107)."""

from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantManager, TenantOwned
from reporting.advice.models.appointments import Appointment


class NoteDeputy(TenantOwned):
    """Somebody who may read the notes of an author from a day to a day, both inclusive; named by the author."""

    author_id = models.UUIDField()
    deputy_id = models.UUIDField()
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"))
    named_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["valid_from", "id"]
        indexes = [models.Index(fields=["author_id", "deputy_id"], name="note_deputy_pair")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="note_deputy_period",
                violation_error_message=_(
                    "The deputy's time ends before it begins: correct one of the days."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(author_id=F("deputy_id")),
                name="note_deputy_other",
                violation_error_message=_("You read your own notes anyway. Choose somebody else."),
            ),
        ]


class NoteQuerySet(models.QuerySet[Any]):
    def readable_by(self, user_id: UUID | None, day: date) -> Self:
        """Notes that the person may read on the day: their own, and those whose author named them deputy."""
        if user_id is None:
            return self.none()
        named = NoteDeputy.objects.filter(
            author_id=OuterRef("author_id"), deputy_id=user_id, valid_from__lte=day, valid_to__gte=day
        )
        return self.filter(Q(author_id=user_id) | Exists(named))


class Note(TenantOwned):
    """What the adviser wrote down for themselves. `content` is ciphertext; nothing of it stands anywhere else."""

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="note")
    author_id = models.UUIDField()
    author_name = models.CharField(max_length=200)
    content = models.BinaryField()
    changed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = TenantManager.from_queryset(NoteQuerySet)()
