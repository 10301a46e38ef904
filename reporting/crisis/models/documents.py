"""Cards and plans of a case: encrypted, chained by hashes, never changed; a correction is a further version."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantOwned
from reporting.crisis.models.cases import CrisisCase


class CrisisDocument(TenantOwned):
    """One version of a document of a case.

    `series` is the same for all versions of one document; `sequence` numbers the versions of all documents of the
    case, and `hash` covers this version and the hash before it (rules.chain). `body` is ciphertext, empty once the
    text was taken off after the term of keeping (reporting.care.keeping).
    """

    class Kind(models.TextChoices):
        FIRST_CONTACT = "first_contact", _("First contact card")
        CONTINUATION = "continuation", _("Continuation card")
        HELP_PLAN = "help_plan", _("Plan of help")
        WORK_PLAN = "work_plan", _("Work plan")

    case = models.ForeignKey(CrisisCase, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(_("document"), max_length=13, choices=Kind.choices)
    series = models.UUIDField()
    version = models.PositiveSmallIntegerField(_("version"))
    sequence = models.PositiveIntegerField()
    body = models.BinaryField()
    content_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    written_at = models.DateTimeField(_("written"))
    author_id = models.UUIDField(null=True)
    author_name = models.CharField(_("author"), max_length=200)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["case", "sequence"], name="crisis_document_sequence"),
            models.UniqueConstraint(fields=["series", "version"], name="crisis_document_version"),
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=Q(version=1) & ~Q(kind="continuation"),
                name="crisis_document_one_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["first_contact", "continuation", "help_plan", "work_plan"]),
                name="crisis_document_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(version__gte=1, sequence__gte=1), name="crisis_document_numbered"
            ),
        ]

    @property
    def is_erased(self) -> bool:
        """Whether the text was taken off after the term of keeping; its hash stays in the chain.

        That is done with the person's name: without a text while the person is named, or in a case of nobody
        registered, somebody emptied the version.
        """
        if bytes(self.body):
            return False
        person = self.case.person
        return person is not None and person.anonymised_at is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a version once."""
        if not self._state.adding:
            raise TypeError("a version of a document is never changed: write a further one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a version of a document is never removed")
