"""What became of the commitments of a contract, month by month: kept with the month, or stated by hand."""

from datetime import time
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Commitment, Contract, OrganisationScoped
from kernel.models import TenantManager, TenantOwned


class MeasuringSettings(TenantOwned):
    """What one tenant calls on time, evening, a replacement, advice in term; without a row the defaults hold."""

    only = models.BooleanField(default=True, unique=True, editable=False)
    punctual_minutes = models.PositiveSmallIntegerField(_("a visit is on time within, minutes"), default=15)
    evening_from = models.TimeField(_("evening begins at"), default=time(18))
    replacement_within_hours = models.PositiveSmallIntegerField(
        _("a later visit counts as a replacement within, hours"), default=72
    )
    first_advice_days = models.PositiveSmallIntegerField(
        _("first advice is in term within, days of the request"), default=14
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="measuring_settings_only_row"),
            models.CheckConstraint(
                condition=Q(first_advice_days__gte=1, first_advice_days__lte=366),
                name="measuring_first_advice_days",
                violation_error_message=_("First advice comes within 1 to 366 days."),
            ),
            models.CheckConstraint(
                condition=Q(replacement_within_hours__gte=1, replacement_within_hours__lte=240),
                name="measuring_replacement_within",
                violation_error_message=_("A replacement comes within 1 to 240 hours."),
            ),
            models.CheckConstraint(
                condition=Q(punctual_minutes__lte=240),
                name="measuring_punctual_minutes",
                violation_error_message=_("On time means within 240 minutes at most."),
            ),
        ]


SETTING_FIELDS = ("punctual_minutes", "evening_from", "replacement_within_hours", "first_advice_days")


class ContractScoped(OrganisationScoped):
    organisation_path = "contract__organisation_id"


class Measurement(TenantOwned):
    """A commitment in an accepted month, as it was measured on acceptance; the promise is kept as it stood then.

    Of advice and crisis intervention, which have no month close, in a month whose dossier is concluded.

    Only what says otherwise which visits of the month were held (a late visit, a visit found not to have been held) has
    it measured again, by the promise and the `conditions` (of on time, evening, replacement) of the acceptance.

    `month` is its first day, `key` tells the commitments of a contract apart, also after an amendment wrote them anew.
    `part` of `whole` is what `value` was computed from, where it is a share or an average. `side` says who stands
    behind the value; empty where nobody stated any. What an organisation says of itself counts nowhere until it is
    confirmed.
    """

    class Outcome(models.TextChoices):
        MET = "met", pgettext_lazy("commitment", "met")
        NOT_MET = "not_met", pgettext_lazy("commitment", "not met")
        UNMEASURED = "unmeasured", pgettext_lazy("commitment", "not measurable")

    class Side(models.TextChoices):
        MEASURED = "measured", pgettext_lazy("value of a commitment", "measured from the records")
        CONFIRMED = "confirmed", pgettext_lazy("value of a commitment", "confirmed by the social unit")
        STATED = "stated", pgettext_lazy("value of a commitment", "stated by the organisation")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="measurements")
    month = models.DateField(_("month"))
    key = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField()
    indicator = models.CharField(_("indicator"), max_length=200)
    direction = models.CharField(max_length=8, choices=Commitment.Direction.choices)
    promised = models.DecimalField(_("promised value"), max_digits=10, decimal_places=2)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    measure = models.CharField(max_length=20, choices=Commitment.Measure.choices)
    value = models.DecimalField(_("measured value"), max_digits=12, decimal_places=2, null=True)
    part = models.IntegerField(null=True)
    whole = models.IntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=20, blank=True)
    side = models.CharField(max_length=9, choices=Side.choices, blank=True)
    conditions = models.JSONField()
    measured_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = TenantManager.from_queryset(ContractScoped)()

    class Meta:
        ordering = ["month", "position"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month", "key"], name="measurement_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="measurement_first_day"),
            models.CheckConstraint(
                condition=Q(outcome__in=["met", "not_met"], reason="")
                | (Q(outcome="unmeasured") & ~Q(reason="")),
                name="measurement_outcome_or_reason",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["at_least", "at_most"]), name="measurement_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    measure="reported", side__in=["confirmed", "stated"], outcome__in=["met", "not_met"]
                )
                | Q(measure="reported", side="", outcome="unmeasured")
                | ~Q(measure="reported") & Q(side="measured"),
                name="measurement_side_known",
            ),
        ]


class StatedValue(TenantOwned):
    """What a person stated of a commitment that no diary tells: the value of a month, with its evidence.

    `side` says whether the social unit or the organisation stated it; the unit may confirm what the organisation did.
    """

    class Side(models.TextChoices):
        UNIT = "unit", pgettext_lazy("side of a contract", "the social unit")
        ORGANISATION = "organisation", pgettext_lazy("side of a contract", "the organisation")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="stated_values")
    month = models.DateField(_("month"))
    key = models.CharField(max_length=20)
    value = models.DecimalField(_("value"), max_digits=10, decimal_places=2)
    evidence = models.CharField(_("evidence"), max_length=500)
    side = models.CharField(max_length=12, choices=Side.choices)
    stated_at = models.DateTimeField(default=timezone.now)
    stated_by = models.UUIDField(null=True)
    stated_by_name = models.CharField(max_length=150, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_name = models.CharField(max_length=150, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(ContractScoped)()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month", "key"], name="stated_value_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="stated_value_first_day"),
            models.CheckConstraint(
                condition=~Q(evidence=""),
                name="stated_value_with_evidence",
                violation_error_message=_("Say what shows it: a list, a register, a protocol."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="stated_value_not_negative",
                violation_error_message=_("The value cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=["unit", "organisation"]), name="stated_value_side_known"
            ),
            models.CheckConstraint(
                condition=Q(side="organisation") | Q(confirmed_at__isnull=True),
                name="stated_value_confirmed_of_organisation",
            ),
        ]

    @property
    def stands_by(self) -> Measurement.Side:
        """Who stands behind the value: the unit that stated or confirmed it, or the organisation alone."""
        if self.side == self.Side.UNIT or self.confirmed_at is not None:
            return Measurement.Side.CONFIRMED
        return Measurement.Side.STATED
