"""Files that people brought or the product made, with their hash."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantOwned


class StoredFile(TenantOwned):
    """A file in the store: its key under the tenant's prefix, its name as given, size in bytes and SHA-256."""

    key = models.CharField(max_length=200, unique=True)
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(auto_now_add=True)
    stored_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="stored_file_size_not_negative")
        ]
