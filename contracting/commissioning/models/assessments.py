"""Self-diagnosis of the unit against a standard: where it is, where it wants to be, and the plan between (S-014)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models.cycles import Cycle
from contracting.commissioning.models.standards import StandardVersion
from kernel.models import TenantOwned

MOST_LEVEL = 4


class SelfAssessmentArea(TenantOwned):
    """An area of the standard with the level now and the level wanted (0 nothing … 4 in full); the gap is computed."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="assessment_areas")
    section = models.CharField(
        _("section of the standard"), max_length=20, choices=StandardVersion.Section.choices
    )
    area = models.CharField(_("area"), max_length=160)
    level_now = models.PositiveSmallIntegerField(_("level now"))
    level_wanted = models.PositiveSmallIntegerField(_("level wanted"))
    measure = models.CharField(_("what will be done"), max_length=500, blank=True)
    owner_id = models.UUIDField(_("owner"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        ordering = ["cycle", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "area"],
                name="assessment_area_once",
                violation_error_message=_("The cycle has this area already: change that one."),
            ),
            models.CheckConstraint(
                condition=Q(level_now__lte=MOST_LEVEL, level_wanted__lte=MOST_LEVEL),
                name="assessment_levels",
                violation_error_message=_("Levels go from 0 to 4."),
            ),
            models.CheckConstraint(
                condition=Q(level_wanted__gte=F("level_now")),
                name="assessment_wanted_not_below",
                violation_error_message=_("The level wanted cannot be below the level now."),
            ),
        ]

    def __str__(self) -> str:
        return self.area
