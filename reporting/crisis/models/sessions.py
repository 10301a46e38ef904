"""Sessions of a case, and referrals to others."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import TenantOwned
from reporting.crisis.models.cases import CrisisCase
from reporting.crisis.models.terms import DictionaryEntry


class Session(TenantOwned):
    """A session of a case; one beyond the limit of the standard carries a reason, unless the case has a referral."""

    class State(models.TextChoices):
        DONE = "done", pgettext_lazy("crisis session", "done")
        NO_SHOW = "no_show", _("person did not come")
        CANCELLED = "cancelled", pgettext_lazy("crisis session", "cancelled")

    class Place(models.TextChoices):
        OFFICE = "office", _("in the centre")
        PHONE = "phone", _("by phone")
        HOME = "home", _("at the person's home")
        FIELD = "field", _("in the field")
        REMOTE = "remote", _("remotely")

    class Beyond(models.TextChoices):
        UNBALANCED = "unbalanced", _("balance is not restored yet")
        NEW_EVENT = "new_event", _("a new critical event")
        WAITING = "waiting", _("waits for another specialist")
        OTHER = "other", _("another reason for the person's good")

    case = models.ForeignKey(CrisisCase, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("start"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices)
    place = models.CharField(_("place"), max_length=6, choices=Place.choices)
    worker_id = models.UUIDField()
    worker_name = models.CharField(_("interventionist"), max_length=150)
    beyond = models.CharField(_("reason beyond the limit"), max_length=10, choices=Beyond.choices, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "starts_at"],
                name="crisis_session_once",
                violation_error_message=_("The case has a session that begins at this time already."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=600),
                name="crisis_session_minutes",
                violation_error_message=_("A session lasts from 1 minute to 10 hours."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "no_show", "cancelled"]), name="crisis_session_state_known"
            ),
            models.CheckConstraint(
                condition=Q(place__in=["office", "phone", "home", "field", "remote"]),
                name="crisis_session_place_known",
            ),
            models.CheckConstraint(
                condition=Q(beyond__in=["", "unbalanced", "new_event", "waiting", "other"]),
                name="crisis_session_beyond_known",
            ),
        ]


class Referral(TenantOwned):
    """A referral to an institution or specialist, with what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("not known yet")
        TAKEN_UP = "taken_up", _("help taken up there")
        NOT_TAKEN_UP = "not_taken_up", _("not taken up by the person")
        REFUSED = "refused", _("refused there")

    case = models.ForeignKey(CrisisCase, on_delete=models.CASCADE, related_name="referrals")
    to = models.ForeignKey(
        DictionaryEntry, on_delete=models.PROTECT, related_name="+", verbose_name=_("referred to")
    )
    made_on = models.DateField(_("referred on"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    outcome_on = models.DateField(_("outcome known on"), null=True, blank=True)

    class Meta:
        ordering = ["made_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="waiting", outcome_on__isnull=True)
                | Q(outcome__in=["taken_up", "not_taken_up", "refused"], outcome_on__isnull=False),
                name="crisis_referral_outcome_dated",
            ),
        ]
