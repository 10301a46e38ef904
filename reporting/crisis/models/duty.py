"""The duty roster, meetings of the team, and debriefings after field interventions."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import OrganisationScoped
from contracting.contracts.models.scopes import to_organisation
from kernel.models import TenantManager, TenantOwned
from reporting.crisis.models.cases import CrisisCase


class Duty(TenantOwned):
    """One person's duty between two instants, in the centre of the unit or of an organisation."""

    organisation = to_organisation(null=True)
    user_id = models.UUIDField()
    name = models.CharField(_("interventionist"), max_length=150)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))

    objects: ClassVar[Any] = TenantManager.from_queryset(OrganisationScoped)()

    class Meta:
        ordering = ["starts_at", "name"]
        indexes = [models.Index(fields=["organisation", "starts_at"], name="crisis_duty_start")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="crisis_duty_period",
                violation_error_message=_("The duty ends before it begins: correct one of the times."),
            ),
            ExclusionConstraint(
                name="crisis_duty_person_free",
                expressions=[
                    ("user_id", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The person is on duty already at some of this time."),
            ),
        ]


class TeamMeeting(TenantOwned):
    """A meeting of the team: when, how long, who, how many cases; nothing of what was said."""

    organisation = to_organisation(null=True)
    held_at = models.DateTimeField(_("held"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    cases = models.PositiveSmallIntegerField(_("cases discussed"), default=0)
    participants = ArrayField(models.CharField(max_length=150), default=list, verbose_name=_("participants"))

    objects: ClassVar[Any] = TenantManager.from_queryset(OrganisationScoped)()

    class Meta:
        ordering = ["-held_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "held_at"],
                nulls_distinct=False,
                name="crisis_meeting_once",
                violation_error_message=_("A meeting at this time is in the register already."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=720),
                name="crisis_meeting_minutes",
                violation_error_message=_("A meeting lasts from 1 minute to 12 hours."),
            ),
        ]


class DebriefingQuerySet(OrganisationScoped):
    organisation_path = "case__organisation_id"


class Debriefing(TenantOwned):
    """The talk that the team owes its interventionists after a field intervention: its owner, its day, when held."""

    case = models.ForeignKey(CrisisCase, on_delete=models.CASCADE, related_name="debriefings")
    intervention_on = models.DateField(_("intervention on"))
    owner_id = models.UUIDField()
    owner_name = models.CharField(_("owner"), max_length=150)
    due_on = models.DateField(_("due on"))
    held_on = models.DateField(_("held on"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(DebriefingQuerySet)()

    class Meta:
        ordering = ["due_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("intervention_on")), name="crisis_debriefing_due_after"
            ),
            models.CheckConstraint(
                condition=Q(held_on__isnull=True) | Q(held_on__gte=F("intervention_on")),
                name="crisis_debriefing_held_after",
                violation_error_message=_("The debriefing cannot be held before the intervention."),
            ),
            models.UniqueConstraint(fields=["case", "intervention_on"], name="crisis_debriefing_once"),
        ]
