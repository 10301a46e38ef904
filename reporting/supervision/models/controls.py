"""The contractor's own log of control (S-064): what the organisation checked itself; the unit sees it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from kernel.models import TenantManager, TenantOwned


class OwnControlQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class OwnControl(TenantOwned):
    """One control that an organisation made of its own work; an irregularity says what was done about it."""

    class Kind(models.TextChoices):
        HOME = "home", pgettext_lazy("own control", "visit at a home")
        DOCUMENTS = "documents", pgettext_lazy("own control", "documents")
        PHONE = "phone", pgettext_lazy("own control", "telephone call")
        OTHER = "other", pgettext_lazy("own control", "other")

    class Result(models.TextChoices):
        SOUND = "sound", pgettext_lazy("own control", "in order")
        IRREGULAR = "irregular", pgettext_lazy("own control", "irregularity")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="own_controls")
    controlled_on = models.DateField(_("day of the control"))
    kind = models.CharField(_("kind of control"), max_length=9, choices=Kind.choices)
    controller = models.CharField(_("who controlled"), max_length=150)
    subject = models.CharField(_("what was controlled"), max_length=300)
    result = models.CharField(_("result"), max_length=9, choices=Result.choices)
    measures = models.CharField(_("what was done about it"), max_length=1000, blank=True)
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(OwnControlQuerySet)()

    class Meta:
        ordering = ["-controlled_on", "-entered_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["home", "documents", "phone", "other"]), name="own_control_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(result="sound") | Q(result="irregular") & ~Q(measures=""),
                name="own_control_irregular_with_measures",
                violation_error_message=_("Of an irregularity write what was done about it."),
            ),
        ]
