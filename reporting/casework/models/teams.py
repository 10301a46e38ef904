"""Teams with their meetings, and the supervision of staff."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import TenantManager, TenantOwned
from reporting.casework.models.loads import DAY_MINUTES


class StaffMeeting(TenantOwned):
    """Supervision and consultations of staff (S-112, S-158): kind, day, length and how many; never their content."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("individual supervision")
        GROUP = "group", _("group supervision")
        PEER = "peer", _("peer supervision")
        CONSULTATION = "consultation", _("consultation of an adviser")

    held_on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    minutes = models.PositiveSmallIntegerField(_("length"))
    participants = models.PositiveSmallIntegerField(_("participants"))
    led_by = models.CharField(_("led by"), max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager()
    RECORDED = ("held_on", "kind", "minutes", "participants")

    class Meta:
        ordering = ["-held_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["individual", "group", "peer", "consultation"]),
                name="staff_meeting_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=DAY_MINUTES, participants__gt=0),
                name="staff_meeting_sizes",
            ),
        ]


class TeamQuerySet(models.QuerySet[Any]):
    def in_force(self, day: date) -> Self:
        """Teams that work on a day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class Team(TenantOwned):
    """A team that is to meet so many times in a working day, week or month (S-157)."""

    class Period(models.TextChoices):
        DAY = "day", _("working day")
        WEEK = "week", pgettext_lazy("cadence", "week")
        MONTH = "month", pgettext_lazy("cadence", "month")

    name = models.CharField(_("name"), max_length=120)
    meetings = models.PositiveSmallIntegerField(_("meetings"))
    period = models.CharField(_("in each"), max_length=5, choices=Period.choices)
    valid_from = models.DateField(pgettext_lazy("team", "from"))
    valid_to = models.DateField(pgettext_lazy("team", "to"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(TeamQuerySet)()
    RECORDED = ("name", "meetings", "period", "valid_from", "valid_to")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="team_once",
                violation_error_message=_("There is a team of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(period__in=["day", "week", "month"]), name="team_period_known"
            ),
            models.CheckConstraint(
                condition=Q(meetings__gte=1, meetings__lte=31),
                name="team_meetings",
                violation_error_message=_("A team meets from 1 to 31 times in a period."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="team_valid",
                violation_error_message=_("The team ends before it begins: correct one of the dates."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMeeting(TenantOwned):
    """A meeting of a team: when, how long, how many; what was said is not kept."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="held")
    held_at = models.DateTimeField(_("held"))
    minutes = models.PositiveSmallIntegerField(_("length"))
    participants = models.PositiveSmallIntegerField(_("participants"))

    objects: ClassVar[Any] = TenantManager()
    RECORDED = ("team_id", "held_at", "minutes", "participants")

    class Meta:
        ordering = ["-held_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "held_at"],
                name="team_meeting_once",
                violation_error_message=_("The team has a meeting at this time in the register already."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=DAY_MINUTES, participants__gte=2),
                name="team_meeting_sizes",
                violation_error_message=_("A meeting lasts at most 24 hours and has at least two people."),
            ),
        ]
