"""Requests for advice: since when somebody waits, and which freed slot is offered to them (S-110)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import TenantManager, TenantOwned
from reporting.advice.models.wording import (
    KNOWN_DISABILITY,
    ONE_NAME,
    AdvisedPerson,
    Kind,
    Place,
    SignLanguage,
    known_values,
)


class Request(AdvisedPerson, TenantOwned):
    """Somebody asked for advice on a day. The request ends with an appointment, or is withdrawn.

    `offered_slot_id` is a slot that was freed and is held ready for this person until they are booked or decline.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("request", "waiting")
        BOOKED = "booked", pgettext_lazy("request", "has an appointment")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")

    kind = models.CharField(_("type"), max_length=13, choices=Kind.choices)
    requested_on = models.DateField(_("requested on"))
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.WAITING)
    # Empty: any place will do.
    place = models.CharField(_("place"), max_length=6, choices=Place.choices, blank=True)
    afternoon = models.BooleanField(_("afternoons only"), default=False)
    sign_language = models.CharField(
        _("sign language"), max_length=11, choices=SignLanguage.choices, default=SignLanguage.NONE
    )
    offered_slot_id = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    offered_at = models.DateTimeField(null=True, blank=True, editable=False)
    declined = models.JSONField(default=list, blank=True, editable=False)
    entered_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        ordering = ["requested_on", "entered_at", "id"]
        indexes = [models.Index(fields=["state", "kind", "requested_on"], name="advice_request_queue")]
        constraints = [
            models.CheckConstraint(condition=known_values("kind", Kind), name="advice_request_kind_known"),
            models.CheckConstraint(
                condition=Q(place="") | known_values("place", Place), name="advice_request_place_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "booked", "withdrawn"]), name="advice_request_state_known"
            ),
            models.CheckConstraint(
                condition=known_values("sign_language", SignLanguage), name="advice_request_sign_known"
            ),
            models.CheckConstraint(condition=KNOWN_DISABILITY, name="advice_request_disability_known"),
            models.CheckConstraint(
                condition=ONE_NAME,
                name="advice_request_one_name",
                violation_error_message=_("Give a registered person or an alias, not both."),
            ),
            models.CheckConstraint(
                condition=Q(offered_slot_id__isnull=True) | Q(state="waiting", offered_at__isnull=False),
                name="advice_request_offer",
            ),
        ]
