"""What the unit keeps of its own work beside care: loads, time cards, programmes, and registers of what was done."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import TenantManager, TenantOwned
from tenants.models import Organisation

DAY_MINUTES = 1440


class Caseload(TenantOwned):
    """How many environments a social worker has in care in a month (its first day), and how many with a blue card.

    Of blue cards only the count is kept (S-155). `limit` is what held when it was saved; above it a reason is needed
    (S-069).
    """

    worker_id = models.UUIDField(_("social worker"))
    worker_name = models.CharField(max_length=150)
    month = models.DateField(_("month"))
    environments = models.PositiveSmallIntegerField(_("households in care"))
    with_blue_card = models.PositiveSmallIntegerField(_("of these with a blue card"), default=0)
    limit = models.PositiveSmallIntegerField(editable=False)
    reason = models.CharField(_("reason above the limit"), max_length=300, blank=True)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        ordering = ["month", "worker_name"]
        constraints = [
            models.UniqueConstraint(fields=["worker_id", "month"], name="caseload_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="caseload_first_day"),
            models.CheckConstraint(
                condition=Q(with_blue_card__lte=F("environments")),
                name="caseload_blue_cards_within",
                violation_error_message=_("More blue cards than households: correct one of the numbers."),
            ),
            models.CheckConstraint(
                condition=Q(environments__lte=F("limit")) | ~Q(reason=""),
                name="caseload_above_limit_with_reason",
                violation_error_message=_("Above the limit a reason is needed."),
            ),
        ]


class TimeEntry(TenantOwned):
    """Minutes that somebody spent on one class of activity on a day (S-068, S-111): for balancing loads.

    `organisation` is the one the person works for, None for the unit's own people.
    """

    class Activity(models.TextChoices):
        DIRECT = "direct", _("talks, visits and other direct work")
        PREPARATION = "preparation", _("preparation")
        DOCUMENTATION = "documentation", _("documentation")
        TRAVEL = "travel", _("travel")
        MEETING = "meeting", _("team meetings and cooperation")
        SUPERVISION = "supervision", pgettext_lazy("of staff", "supervision")
        TRAINING = "training", _("training")
        OTHER = "other", pgettext_lazy("activity", "other")

    organisation = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False
    )
    worker_id = models.UUIDField()
    worker_name = models.CharField(max_length=150)
    day = models.DateField(_("day"))
    activity = models.CharField(_("class of activity"), max_length=14, choices=Activity.choices)
    minutes = models.PositiveSmallIntegerField(_("minutes"))

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker_id", "day", "activity", "organisation"],
                nulls_distinct=False,
                name="time_entry_once",
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0, minutes__lte=DAY_MINUTES), name="time_entry_minutes"
            ),
            models.CheckConstraint(
                condition=Q(
                    activity__in=[
                        "direct",
                        "preparation",
                        "documentation",
                        "travel",
                        "meeting",
                        "supervision",
                        "training",
                        "other",
                    ]
                ),
                name="time_entry_activity_known",
            ),
        ]


class Programme(TenantOwned):
    """A programme with the flow of its persons: who started either finished, dropped out or goes on (S-085)."""

    title = models.CharField(_("title"), max_length=200)
    valid_from = models.DateField(pgettext_lazy("programme", "from"))
    valid_to = models.DateField(pgettext_lazy("programme", "to"))
    planned = models.PositiveIntegerField(_("persons planned"), null=True, blank=True)
    started = models.PositiveIntegerField(_("started"), default=0)
    finished = models.PositiveIntegerField(pgettext_lazy("persons", "finished"), default=0)
    dropped = models.PositiveIntegerField(_("dropped out"), default=0)
    continuing = models.PositiveIntegerField(_("go on"), default=0)
    women = models.PositiveIntegerField(_("women among those who finished"), null=True, blank=True)
    men = models.PositiveIntegerField(_("men among those who finished"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects: ClassVar[Any] = TenantManager()
    # What the record of actions keeps of a row: neither notes nor names of people who led something.
    RECORDED = (
        "title",
        "valid_from",
        "valid_to",
        "planned",
        "started",
        "finished",
        "dropped",
        "continuing",
        "women",
        "men",
    )

    class Meta:
        ordering = ["-valid_from", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "valid_from"],
                name="programme_once",
                violation_error_message=_("There is a programme with this title and first day already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="programme_period",
                violation_error_message=_("The programme ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(started=F("finished") + F("dropped") + F("continuing")),
                name="programme_flow_adds_up",
                violation_error_message=_(
                    "The persons do not add up: started must be finished, dropped out and going on together."
                ),
            ),
            models.CheckConstraint(
                condition=Q(women__isnull=True, men__isnull=True) | Q(finished=F("women") + F("men")),
                name="programme_sexes_add_up",
                violation_error_message=_("Women and men together must be those who finished."),
            ),
        ]


class GroupForm(TenantOwned):
    """A form of work with a group within a programme: its hours, and how many take part (S-090)."""

    class Kind(models.TextChoices):
        SUPPORT = "support", _("support group")
        SELF_HELP = "self_help", _("self-help group")
        WORKSHOP = "workshop", _("workshop")
        COURSE = "course", _("course")
        LOCAL = "local", _("local activity")
        OTHER = "other", pgettext_lazy("group form", "other")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="forms")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    meetings = models.PositiveSmallIntegerField(_("meetings"), default=0)
    minutes = models.PositiveIntegerField(_("hours in all"), default=0)
    participants = models.PositiveIntegerField(_("participants"))

    objects: ClassVar[Any] = TenantManager()
    RECORDED = ("programme_id", "name", "kind", "meetings", "minutes", "participants")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="group_form_once",
                violation_error_message=_("The programme has a form with this name already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["support", "self_help", "workshop", "course", "local", "other"]),
                name="group_form_kind_known",
            ),
        ]


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


class Training(TenantOwned):
    """A training of staff or residents (S-089, S-090): title, period, hours and how many took part."""

    title = models.CharField(_("title"), max_length=200)
    provider = models.CharField(_("led by"), max_length=200, blank=True)
    starts_on = models.DateField(pgettext_lazy("training", "from"))
    ends_on = models.DateField(pgettext_lazy("training", "to"))
    minutes = models.PositiveIntegerField(_("hours in all"))
    staff = models.PositiveIntegerField(_("workers"), default=0)
    residents = models.PositiveIntegerField(_("residents"), default=0)

    objects: ClassVar[Any] = TenantManager()
    RECORDED = ("title", "starts_on", "ends_on", "minutes", "staff", "residents")

    class Meta:
        ordering = ["-starts_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="training_period",
                violation_error_message=_("The training ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(staff__gt=0) | Q(residents__gt=0),
                name="training_for_somebody",
                violation_error_message=_("Write how many workers or residents took part."),
            ),
        ]


class IntakePlan(TenantOwned):
    """How many families the unit means to have in its care by the end of a month (its first day), on the way to a
    target (S-071)."""

    month = models.DateField(_("month"), unique=True)
    families = models.PositiveIntegerField(_("families planned"))

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="intake_plan_first_day"),
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


class Result(TenantOwned):
    """An event, a publication, or what a partner gave in kind (S-089)."""

    class Kind(models.TextChoices):
        EVENT = "event", _("event")
        PUBLICATION = "publication", _("publication")
        IN_KIND = "in_kind", _("contribution in kind")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    title = models.CharField(_("what it was"), max_length=200)
    happened_on = models.DateField(_("day"))
    quantity = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    partner = models.CharField(_("partner"), max_length=200, blank=True)
    value = models.DecimalField(_("estimated value"), max_digits=12, decimal_places=2, null=True, blank=True)

    objects: ClassVar[Any] = TenantManager()
    RECORDED = ("kind", "title", "happened_on", "quantity", "value")

    class Meta:
        ordering = ["-happened_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["event", "publication", "in_kind"]), name="result_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="in_kind") | ~Q(partner=""),
                name="result_in_kind_with_partner",
                violation_error_message=_("Name the partner who gave it."),
            ),
        ]
