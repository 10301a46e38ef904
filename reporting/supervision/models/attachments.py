"""Files that the provider sends along with an answer, to a protocol or to the report of a breach."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from documents.models import StoredFile
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned
from reporting.supervision.models.breaches import Breach
from reporting.supervision.models.inspections import Inspection


class AttachmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, access: Access) -> Self:
        """Files of answers on what the reader may see."""
        return self.filter(
            Q(inspection__in=Inspection.objects.visible_to(access).values("pk"))
            | Q(breach__in=Breach.objects.visible_to(access).values("pk"))
        )


class Attachment(TenantOwned):
    """A file of the answer to one inspection or to one breach."""

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    breach = models.ForeignKey(
        Breach, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = TenantManager.from_queryset(AttachmentQuerySet)()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(inspection__isnull=False, breach__isnull=True)
                | Q(inspection__isnull=True, breach__isnull=False),
                name="attachment_of_one_answer",
            ),
        ]
