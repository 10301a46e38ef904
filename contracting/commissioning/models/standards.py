"""Versions of the standard of a service, with the sections that a standard must have (S-003)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models.services import Service
from kernel.models import TenantOwned


class StandardVersion(TenantOwned):
    """One version of the standard of a service: a draft, or published and then never changed again.

    `sections` maps a Section to its text; every call, offer and contract names one published version.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("standard", "draft")
        PUBLISHED = "published", pgettext_lazy("standard", "published")

    class Section(models.TextChoices):
        DEFINITION = "definition", _("Definition of the service")
        GOALS = "goals", _("Goals and effects")
        ADDRESSEES = "addressees", _("Addressees")
        PLACES = "places", _("Places of delivery")
        SCOPE = "scope", _("Scope: activities, their order, tools and expected time")
        CONDITIONS = "conditions", _("Material conditions")
        STAFF_SUPPORT = "staff_support", _("Support of those who deliver")
        QUALIFICATIONS = "qualifications", _("Required qualifications")
        MONITORING = "monitoring", _("Rules of monitoring and evaluation")

    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="standard_versions", verbose_name=_("service")
    )
    version = models.PositiveSmallIntegerField(_("version"))
    sections = models.JSONField(_("sections"), default=dict, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by_name = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ["service", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "version"],
                name="standard_version_once",
                violation_error_message=_(
                    "The service has a version of its standard with this number already."
                ),
            ),
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(state="draft"),
                name="standard_one_draft",
                violation_error_message=_(
                    "The service has a draft of its standard already: finish that one first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published"]), name="standard_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(valid_from__isnull=False, published_at__isnull=False),
                name="standard_published_is_dated",
                violation_error_message=_("A published standard needs the day from which it is valid."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} · {self.version}"

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED
