"""Files of advice that somebody brought: checked first, saved only whole and only on their word."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from documents.models import StoredFile
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned


class AdviceFileQuerySet(OrganisationScoped):
    def visible_to(self, access: Access) -> Any:
        """People of an organisation see files that their organisation brought."""
        if access.organisation_ids is None:
            return self.all()
        return self.filter(organisation_ids__overlap=sorted(access.organisation_ids))


class AdviceFile(TenantOwned):
    """A file of advice. `organisation_ids` are those whose advisers it may name; None: brought by the unit."""

    class State(models.TextChoices):
        REFUSED = "refused", pgettext_lazy("file", "refused")
        READY = "ready", pgettext_lazy("file", "ready to be saved")
        SAVED = "saved", pgettext_lazy("file", "saved")

    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contract"),
    )
    organisation_ids = ArrayField(models.UUIDField(), null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State.choices)
    rows_total = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_present = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    refusals = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    created_by_name = models.CharField(max_length=200, blank=True)
    saved_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(AdviceFileQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["refused", "ready", "saved"]), name="advice_file_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="saved") | Q(saved_at__isnull=False), name="advice_file_saved_when"
            ),
        ]
