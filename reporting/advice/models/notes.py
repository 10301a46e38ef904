"""Confidential notes of advice: ciphertext, its author, and the deputies whom the author names (S-107)."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantOwned
from reporting.advice.models.appointments import Appointment


class NoteDeputy(TenantOwned):
    """Somebody who may read the notes of an author from a day to a day, both inclusive; named by the author.

    That is a wish of the author's: whether it opens a note today, says `permissions.readable_notes`.
    """

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
            # What the unit settles is shorter (`Terms.deputy_days`); nothing is longer than a year.
            models.CheckConstraint(
                condition=Q(valid_to__lte=F("valid_from") + Value(timedelta(days=366))),
                name="note_deputy_at_most_a_year",
                violation_error_message=_("A deputy is named for a year at most: correct one of the days."),
            ),
            models.CheckConstraint(
                condition=~Q(author_id=F("deputy_id")),
                name="note_deputy_other",
                violation_error_message=_("You read your own notes anyway. Choose somebody else."),
            ),
        ]


class Note(TenantOwned):
    """What the adviser wrote down for themselves. `content` is ciphertext; nothing of it stands anywhere else."""

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="note")
    author_id = models.UUIDField()
    author_name = models.CharField(max_length=200)
    content = models.BinaryField()
    changed_at = models.DateTimeField(default=timezone.now)
