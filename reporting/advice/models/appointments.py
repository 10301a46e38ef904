"""Appointments of advice, which are also its cards, with referrals and reminders."""

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped, Worker
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned
from reporting.advice.models.terms import MOST_DAYS_AHEAD, MOST_DAYS_BACK, Topic
from reporting.advice.models.waiting import Request
from reporting.advice.models.wording import (
    KNOWN_DISABILITY,
    ONE_NAME,
    AdvisedPerson,
    Kind,
    Place,
    SignLanguage,
    known_values,
)
from reporting.delivery.models import ElapsedMinutes, WarsawDate, WarsawTime, carer_only_in


class AppointmentQuerySet(OrganisationScoped):
    organisation_path = "adviser__organisation_id"

    def visible_to(self, access: Access) -> Self:
        """What the person may see: of their organisations, and an adviser without another role only their own."""
        visible = super().visible_to(access)
        if own := carer_only_in(access):
            others = Q(**{f"{self.organisation_path}__in": (access.organisation_ids or frozenset()) - {*own}})
            return visible.filter(others | Q(adviser__user_id=access.actor.user_id))
        return visible

    def between(self, first: date, last: date) -> Self:
        """Appointments whose local date lies in first..last, both inclusive."""
        return self.filter(date__gte=first, date__lte=last)

    def standing(self) -> Self:
        """Those that take their adviser's time: all but cancelled ones."""
        return self.exclude(state="cancelled")


class Appointment(AdvisedPerson, TenantOwned):
    """One appointment of advice and, once it was held, its card. Date, time and minutes are kept by the database.

    The adviser is a worker of an organisation, since every provider's staff stands there already, with accounts and
    last days of work. The contract may be missing: own staff of the unit advise without one. The unit is then entered
    among the organisations as a public unit, so that visibility, files and figures need no second kind of adviser.
    `booked_on` is the day on which the appointment was made; rows of a file do not know it.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("appointment", "planned")
        CONFIRMED = "confirmed", pgettext_lazy("appointment", "confirmed")
        DONE = "done", pgettext_lazy("appointment", "held")
        CANCELLED = "cancelled", pgettext_lazy("appointment", "cancelled")
        NO_SHOW = "no_show", pgettext_lazy("appointment", "person did not come")

    class Depth(models.TextChoices):
        GENERAL = "general", pgettext_lazy("depth of advice", "general")
        IN_DEPTH = "in_depth", pgettext_lazy("depth of advice", "in-depth")

    class CancelledBy(models.TextChoices):
        PERSON = "person", _("the person")
        ADVISER = "adviser", _("the adviser or the unit")

    class Source(models.TextChoices):
        PAGE = "page", pgettext_lazy("source of an appointment", "booked here")
        FILE = "file", pgettext_lazy("source of an appointment", "file")
        API = "api", pgettext_lazy("source of an appointment", "another system")

    kind = models.CharField(_("type"), max_length=13, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.PLANNED)
    # `advice_adviser_start` begins with this column.
    adviser = models.ForeignKey(
        Worker, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("adviser")
    )
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("contract"),
    )
    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    date = models.GeneratedField(
        expression=WarsawDate(F("starts_at")), output_field=models.DateField(), db_persist=True
    )
    start = models.GeneratedField(
        expression=WarsawTime(F("starts_at")), output_field=models.TimeField(), db_persist=True
    )
    minutes = models.GeneratedField(
        expression=ElapsedMinutes(F("ends_at"), F("starts_at")),
        output_field=models.IntegerField(),
        db_persist=True,
    )
    place = models.CharField(_("place"), max_length=6, choices=Place.choices)
    where = models.CharField(_("where"), max_length=120, blank=True)
    sign_language = models.CharField(
        _("sign language"), max_length=11, choices=SignLanguage.choices, default=SignLanguage.NONE
    )
    depth = models.CharField(_("depth"), max_length=8, choices=Depth.choices, default=Depth.GENERAL)
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    topic_words = models.CharField(_("topic in words"), max_length=120, blank=True)
    preparation_minutes = models.PositiveSmallIntegerField(_("preparation"), default=0)
    documentation_minutes = models.PositiveSmallIntegerField(_("documentation"), default=0)
    travel_minutes = models.PositiveSmallIntegerField(_("travel"), default=0)
    first_home_visit = models.BooleanField(_("first visit at home"), default=False)
    companion = models.CharField(_("accompanied by"), max_length=120, blank=True)
    # Who else is on the premises, or why nobody is; asked for where no plan shows anybody (S-104).
    presence = models.CharField(_("somebody else on the premises"), max_length=160, blank=True)
    two_people_needed = models.BooleanField(_("never alone"), default=False)
    booked_on = models.DateField(_("booked on"), null=True, blank=True)
    cancelled_by = models.CharField(max_length=7, choices=CancelledBy.choices, blank=True)
    # Changed whenever links sent before shall no longer work.
    link_key = models.CharField(max_length=22, blank=True, editable=False)
    source = models.CharField(max_length=4, choices=Source.choices, default=Source.PAGE)
    entered_at = models.DateTimeField(default=timezone.now)
    entered_by = models.UUIDField(null=True, blank=True)
    # When anything of it was last written: the feed of changes goes by it.
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = TenantManager.from_queryset(AppointmentQuerySet)()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["adviser", "starts_at"], name="advice_adviser_start"),
            models.Index(fields=["date", "kind", "state"], name="advice_date_kind_state"),
            models.Index(fields=["changed_at", "id"], name="advice_changed"),
        ]
        constraints = [
            models.CheckConstraint(condition=known_values("kind", Kind), name="advice_kind_known"),
            models.CheckConstraint(condition=known_values("place", Place), name="advice_place_known"),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "confirmed", "done", "cancelled", "no_show"]),
                name="advice_state_known",
            ),
            models.CheckConstraint(condition=Q(depth__in=["general", "in_depth"]), name="advice_depth_known"),
            models.CheckConstraint(
                condition=known_values("sign_language", SignLanguage), name="advice_sign_language_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["page", "file", "api"]), name="advice_source_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + Value(timedelta(hours=12))),
                name="advice_up_to_half_a_day",
                violation_error_message=_("An appointment ends after it starts and lasts at most 12 hours."),
            ),
            models.CheckConstraint(
                # The widest that the unit can settle: what no year typed wrongly gets past.
                condition=Q(starts_at__gte=F("entered_at") - Value(timedelta(days=MOST_DAYS_BACK + 1)))
                & Q(starts_at__lte=F("entered_at") + Value(timedelta(days=2 * MOST_DAYS_AHEAD))),
                name="advice_near_its_entry",
                violation_error_message=_("The day lies too far from today. Correct the year."),
            ),
            models.CheckConstraint(condition=KNOWN_DISABILITY, name="advice_disability_known"),
            models.CheckConstraint(
                condition=ONE_NAME,
                name="advice_one_name",
                violation_error_message=_("Give a registered person or an alias, not both."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_by="") | Q(state="cancelled", cancelled_by__in=["person", "adviser"]),
                name="advice_cancelled_by",
            ),
            models.CheckConstraint(
                # Who went along on a visit that a file or another system brings, is remarked on, not refused.
                condition=Q(first_home_visit=False)
                | (Q(place="home") & (~Q(companion="") | Q(source__in=["file", "api"]))),
                name="advice_first_home_visit",
                violation_error_message=_(
                    "The first visit at home needs a second worker: write who goes along."
                ),
            ),
            # One person, one adviser, one moment: a file brought twice adds nothing.
            models.UniqueConstraint(
                fields=["adviser", "starts_at", "kind", "person", "alias"],
                condition=~Q(state="cancelled"),
                nulls_distinct=False,
                name="advice_once",
                violation_error_message=_("This appointment stands here already."),
            ),
            ExclusionConstraint(
                name="advice_no_double_booking",
                expressions=[
                    ("adviser", RangeOperators.EQUAL),
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
                condition=Q(state__in=["planned", "confirmed"]),
                violation_error_message=_(
                    "The adviser has another appointment at this time. Choose another time."
                ),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it has neither taken place nor fallen through."""
        return self.state in (self.State.PLANNED, self.State.CONFIRMED)

    @property
    def total_minutes(self) -> int:
        """All the time it took: the session itself, preparation, documentation, travel."""
        return int(self.minutes + self.preparation_minutes + self.documentation_minutes + self.travel_minutes)


class ReferralQuerySet(OrganisationScoped):
    organisation_path = "appointment__adviser__organisation_id"


class Referral(TenantOwned):
    """Where somebody was sent for further help, and what came of it (S-109)."""

    class Outcome(models.TextChoices):
        OPEN = "open", pgettext_lazy("referral", "not known yet")
        TAKEN_UP = "taken_up", pgettext_lazy("referral", "help was taken up")
        NOT_TAKEN_UP = "not_taken_up", pgettext_lazy("referral", "help was not taken up")
        REFUSED = "refused", pgettext_lazy("referral", "no place or refused")

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="referrals")
    referred_to = models.CharField(_("referred to"), max_length=200)
    referred_on = models.DateField(_("referred on"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.OPEN)
    outcome_on = models.DateField(_("outcome known on"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ReferralQuerySet)()

    class Meta:
        ordering = ["referred_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open", outcome_on__isnull=True)
                | Q(outcome__in=["taken_up", "not_taken_up", "refused"], outcome_on__isnull=False),
                name="referral_outcome_with_day",
                violation_error_message=_("An outcome needs the day on which it became known."),
            ),
            models.CheckConstraint(
                condition=Q(outcome_on__isnull=True) | Q(outcome_on__gte=F("referred_on")),
                name="referral_outcome_after",
                violation_error_message=_("The outcome cannot be known before the referral."),
            ),
        ]


class Move(TenantOwned):
    """An appointment was moved: when, by whom, and from which time and adviser; never changed afterwards."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="moves")
    from_adviser = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_starts_at = models.DateTimeField()
    from_ends_at = models.DateTimeField()
    moved_at = models.DateTimeField(default=timezone.now)
    moved_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["moved_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(from_ends_at__gt=F("from_starts_at")), name="advice_move_length"
            ),
        ]


class Reminder(TenantOwned):
    """A message on an appointment through one channel: written once, sent once. It holds nothing of the person.

    It reminds the day before, or tells that the appointment was moved or called off, as it stands when it is sent;
    `sent_to` stays 0 where it tells of what is no longer so.
    """

    class About(models.TextChoices):
        DAY_BEFORE = "day_before", pgettext_lazy("message", "reminder")
        MOVED = "moved", pgettext_lazy("message", "moved")
        CANCELLED = "cancelled", pgettext_lazy("message", "cancelled")

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        SMS = "sms", "SMS"

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="reminders")
    about = models.CharField(max_length=10, choices=About.choices, default=About.DAY_BEFORE)
    channel = models.CharField(max_length=4, choices=Channel.choices)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["appointment", "about", "channel"], name="advice_reminder_once"),
            models.CheckConstraint(
                condition=Q(channel__in=["mail", "sms"]), name="advice_reminder_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(about__in=["day_before", "moved", "cancelled"]),
                name="advice_reminder_about_known",
            ),
        ]
