"""Files that people brought or the product made, with their hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantOwned


class StoredFile(TenantOwned):
    """A file in the store: its key under the tenant's prefix, its name as given, size in bytes and SHA-256.

    What people brought waits in quarantine until a scanner has looked at it (`scan`); `is_encrypted` says that its
    content is kept encrypted with the tenant's key, under which the scanner has to look. `scan_tries` counts how
    often a scanner that works could not look at it; `told_at` is when who brought it was told that nobody will get it.
    """

    class Scan(models.TextChoices):
        MADE = "made", _("made by the platform")
        UNSCANNED = "unscanned", _("brought while no scanner was set up")
        WAITING = "waiting", _("waits for the scanner")
        CLEAN = "clean", _("clean")
        INFECTED = "infected", _("infected")
        FAILED = "failed", _("the scanner could not check it")

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(auto_now_add=True)
    stored_by = models.UUIDField(null=True)
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.MADE)
    scanned_at = models.DateTimeField(null=True)
    scan_tries = models.PositiveSmallIntegerField(default=0)
    told_at = models.DateTimeField(null=True)
    is_encrypted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="stored_file_size_not_negative"),
            models.CheckConstraint(
                condition=models.Q(scan__in=["made", "unscanned", "waiting"], scanned_at__isnull=True)
                | models.Q(scan__in=["clean", "infected", "failed"], scanned_at__isnull=False),
                name="stored_file_scan_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["scan_tries", "stored_at"],
                condition=models.Q(scan__in=["unscanned", "waiting"]),
                name="stored_file_unscanned",
            ),
            models.Index(
                fields=["scan"],
                condition=models.Q(scan__in=["infected", "failed"]),
                name="stored_file_kept_back",
            ),
        ]
