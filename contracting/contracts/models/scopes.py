"""What belongs to an organisation, and who sees it."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from tenants.models import Organisation


class OrganisationScoped(models.QuerySet[Any]):
    """Rows that belong to an organisation: people of an NGO see their own only."""

    organisation_path = "organisation_id"

    def visible_to(self, access: Access) -> Self:
        """What the person may see; never wider than their organisations."""
        if access.organisation_ids is None:
            return self.all()
        return self.filter(**{f"{self.organisation_path}__in": access.organisation_ids})


def to_organisation(*, null: bool = False) -> Any:
    """A link from a tenant's table to the public table of organisations: no constraint crosses schemas."""
    return models.ForeignKey(
        Organisation,
        null=null,
        blank=null,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("organisation"),
    )
