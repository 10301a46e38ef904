"""Files of advice that somebody brought: checked first, saved only whole and only on their word."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Contract, OrganisationScoped
from kernel.access import Access
from kernel.models import TenantManager
from reporting.delivery.models import BroughtFile, state_rules


class AdviceFileQuerySet(OrganisationScoped):
    def visible_to(self, access: Access) -> Any:
        """People of an organisation see files that their organisation brought."""
        if access.organisation_ids is None:
            return self.all()
        return self.filter(organisation_ids__overlap=sorted(access.organisation_ids))


class AdviceFile(BroughtFile):
    """A file of advice. `organisation_ids` are those whose advisers it may name; None: brought by the unit."""

    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contract"),
    )
    organisation_ids = ArrayField(models.UUIDField(), null=True)
    # What ought to be looked into in rows that are taken all the same; of the shape of `refusals`.
    remarks = models.JSONField(default=list)

    objects: ClassVar[Any] = TenantManager.from_queryset(AdviceFileQuerySet)()

    class Meta:
        ordering = ["-created_at"]
        constraints = state_rules("advice_file")
