"""What the unit settles for advice: its terms, and the dictionary of general topics."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.models import TenantOwned

# How far back and ahead the unit can let advice be entered, in days: ten years and three.
MOST_DAYS_BACK, MOST_DAYS_AHEAD = 3653, 1096


class Topic(TenantOwned):
    """A general topic of advice in the unit's own dictionary: told so widely that it betrays nobody (S-107)."""

    code = models.CharField(
        _("code"),
        max_length=30,
        unique=True,
        error_messages={"unique": _("Another topic has this code. Choose a different one.")},
    )
    name = models.CharField(_("name"), max_length=120)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name", "code"]

    def __str__(self) -> str:
        return self.name


class Terms(TenantOwned):
    """What the unit has settled for advice; no row means the defaults.

    A session longer than `long_session_minutes` is remarked on: the pilots held two hours to be the limit (S-111).
    With `watch_presence` an appointment at the office where no plan shows a second worker needs a word on it (S-104).
    A freed time is held for whoever waits longest for `hold_hours`, then it goes to the next. No session lasts longer
    than `most_minutes`, and advice is entered for days from `days_back` before today to `days_ahead` after it, on
    pages as in files and calls of other systems.
    `deputy_days` caps for how long an author opens their notes to a deputy at a time: a leave, not for good.
    """

    long_session_minutes = models.PositiveSmallIntegerField(_("longest session, minutes"), default=120)
    most_minutes = models.PositiveSmallIntegerField(_("no session is longer than, minutes"), default=480)
    hold_hours = models.PositiveSmallIntegerField(_("a freed time is held for so many hours"), default=48)
    days_back = models.PositiveSmallIntegerField(_("advice is entered so many days back"), default=1096)
    days_ahead = models.PositiveSmallIntegerField(_("advice is booked so many days ahead"), default=366)
    weeks_ahead = models.PositiveSmallIntegerField(_("slots are made so many weeks ahead"), default=6)
    deputy_days = models.PositiveSmallIntegerField(
        _("a deputy reads notes for so many days at most"), default=92
    )
    watch_presence = models.BooleanField(_("never alone on the premises"), default=True)
    only = models.BooleanField(default=True, unique=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deputy_days__gte=1, deputy_days__lte=366),
                name="advice_terms_deputy",
                violation_error_message=_("A deputy reads notes for 1 to 366 days."),
            ),
            models.CheckConstraint(
                condition=Q(long_session_minutes__gte=15, long_session_minutes__lte=720),
                name="advice_terms_session",
                violation_error_message=_("The longest session lies between 15 minutes and 12 hours."),
            ),
            models.CheckConstraint(
                condition=Q(most_minutes__gte=15, most_minutes__lte=720),
                name="advice_terms_most",
                violation_error_message=_("The longest session lies between 15 minutes and 12 hours."),
            ),
            models.CheckConstraint(
                condition=Q(hold_hours__gte=1, hold_hours__lte=336),
                name="advice_terms_hold",
                violation_error_message=_("A freed time is held for 1 to 336 hours."),
            ),
            models.CheckConstraint(
                condition=Q(days_back__gte=31, days_back__lte=MOST_DAYS_BACK),
                name="advice_terms_back",
                violation_error_message=_("Advice is entered for 31 to 3653 days back."),
            ),
            models.CheckConstraint(
                condition=Q(days_ahead__gte=7, days_ahead__lte=MOST_DAYS_AHEAD),
                name="advice_terms_ahead",
                violation_error_message=_("Advice is booked for 7 to 1096 days ahead."),
            ),
            models.CheckConstraint(
                condition=Q(weeks_ahead__gte=1, weeks_ahead__lte=26),
                name="advice_terms_weeks",
                violation_error_message=_("Slots are made from 1 to 26 weeks ahead."),
            ),
        ]
