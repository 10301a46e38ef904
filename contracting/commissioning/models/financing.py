"""Step 4: where the money comes from, what things cost, and what persons pay themselves (S-040 … S-045)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.commissioning.models.cycles import Cycle
from contracting.commissioning.models.services import Service
from kernel.models import TenantOwned

_YEARS = Q(year__gte=2000, year__lte=2100)
_YEAR_REFUSAL = _("The year must lie between 2000 and 2100.")


class FundingSource(TenantOwned):
    """Money of one source for one year of the cycle (PLN)."""

    class Kind(models.TextChoices):
        OWN_BUDGET = "own_budget", _("own budget")
        STATE_GRANT = "state_grant", _("grant of the state")
        EU = "eu", _("European funds")
        OWN_CONTRIBUTION = "own_contribution", _("own contribution of the contractor")
        PAYMENTS = "payments", _("payments of persons")
        OTHER = "other", _("another source")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="funding_sources")
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("source"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=160, blank=True)
    amount = models.DecimalField(pgettext_lazy("money", "amount"), max_digits=14, decimal_places=2)

    class Meta:
        ordering = ["cycle", "year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "year", "kind", "name"],
                name="funding_source_once",
                violation_error_message=_("The year has this source already: change that one."),
            ),
            models.CheckConstraint(
                condition=_YEARS, name="funding_source_year", violation_error_message=_YEAR_REFUSAL
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="funding_source_amount",
                violation_error_message=_("The amount cannot be negative."),
            ),
        ]


class CostLine(TenantOwned):
    """A cost of one year: unit cost × quantity, rounded half up to the grosz (PLN)."""

    class Kind(models.TextChoices):
        CARE_HOURS = "care_hours", _("hours of the service")
        COORDINATION = "coordination", _("coordination")
        TRAVEL = "travel", _("travel")
        EQUIPMENT = "equipment", _("equipment")
        TRAINING = "training", _("training")
        OTHER = "other", _("other costs")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="cost_lines")
    year = models.PositiveSmallIntegerField(_("year"))
    kind = models.CharField(_("kind of cost"), max_length=15, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=160, blank=True)
    unit = models.CharField(_("unit"), max_length=30, blank=True)
    unit_cost = models.DecimalField(_("cost of a unit"), max_digits=10, decimal_places=2)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(
        pgettext_lazy("money", "amount"), max_digits=14, decimal_places=2, editable=False
    )

    class Meta:
        ordering = ["cycle", "year", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "year", "kind", "name"],
                name="cost_line_once",
                violation_error_message=_("The year has this cost already: change that one."),
            ),
            models.CheckConstraint(
                condition=_YEARS, name="cost_line_year", violation_error_message=_YEAR_REFUSAL
            ),
            models.CheckConstraint(
                condition=Q(unit_cost__gte=0, quantity__gte=0),
                name="cost_line_not_negative",
                violation_error_message=_("Cost and quantity cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(amount=Round(F("unit_cost") * F("quantity"), 2)),
                name="cost_line_amount",
                violation_error_message=_("The amount is not the cost of a unit times the quantity."),
            ),
        ]


class PaymentTable(TenantOwned):
    """What a person pays for an hour, by income: a version of the council's or the regulation's table (L-53, L-54).

    `bands` is a list of {"over", "up_to", "alone", "family"}: percent of the income criterion (`up_to` null in the
    last) and the percent of the price that a person living alone or in a family pays; decimals as text.
    `small_uncollected`: a month's payment below the lowest periodic allowance is not collected, as by the regulation.
    """

    class Rounding(models.TextChoices):
        GROSZ = "grosz", _("to the grosz, half up")
        TEN_GROSZE = "ten_grosze", _("to ten grosze, half up")
        ZLOTY = "zloty", _("to the whole złoty, half up")
        ZLOTY_DOWN = "zloty_down", _("down to the whole złoty")

    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="payment_tables", verbose_name=_("service")
    )
    name = models.CharField(_("name"), max_length=160)
    source = models.CharField(_("source"), max_length=300)
    valid_from = models.DateField(pgettext_lazy("law", "valid from"))
    price_per_hour = models.DecimalField(_("price of an hour"), max_digits=8, decimal_places=2)
    rounding = models.CharField(
        _("rounding"), max_length=12, choices=Rounding.choices, default=Rounding.GROSZ
    )
    small_uncollected = models.BooleanField(_("small payments are not collected"), default=False)
    bands = models.JSONField(_("bands of income"), default=list, blank=True)

    class Meta:
        ordering = ["service", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "valid_from"],
                name="payment_table_once",
                violation_error_message=_("The service has a table valid from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(price_per_hour__gt=Decimal(0)),
                name="payment_table_price",
                violation_error_message=_("The price of an hour must be above 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
