"""Signed contracts and the staff they name."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Service
from contracting.contracts.models.scopes import OrganisationScoped, to_organisation
from contracting.contracts.models.workers import Worker
from kernel.models import TenantManager, TenantOwned


class ContractQuerySet(OrganisationScoped):
    def valid_on(self, day: date) -> Self:
        """Contracts that hold on the day."""
        return self.filter(valid_from__lte=day, valid_to__gte=day)


class Contract(TenantOwned):
    """A signed contract: what an organisation delivers, at what price of an hour (PLN), for how many minutes."""

    number = models.CharField(
        _("number"),
        max_length=60,
        unique=True,
        error_messages={"unique": _("Another contract has this number. Check the number.")},
    )
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="contracts", verbose_name=_("service")
    )
    organisation = to_organisation()
    signed_on = models.DateField(_("signed on"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    price_per_hour = models.DecimalField(_("price of an hour"), max_digits=8, decimal_places=2)
    # What the contract may pay in all (PLN), where it says so.
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    # What of the costs others cover (PLN): own contribution, payments of persons. The price of an hour includes it.
    outside_grant = models.DecimalField(
        _("costs outside the grant"), max_digits=12, decimal_places=2, default=Decimal(0)
    )
    cap_minutes = models.PositiveIntegerField(_("cap in minutes"), null=True, blank=True)

    # Concluded under the act on public procurement, which has limits of its own.
    procured = models.BooleanField(_("under public procurement"), default=False)

    objects: ClassVar[Any] = TenantManager.from_queryset(ContractQuerySet)()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")),
                name="contract_period",
                violation_error_message=_("The contract ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=Q(price_per_hour__gte=0),
                name="contract_price_not_negative",
                violation_error_message=_("The price of an hour cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0),
                name="contract_amount_positive",
                violation_error_message=_("The amount must be more than 0."),
            ),
            models.CheckConstraint(
                condition=Q(outside_grant__gte=0),
                name="contract_outside_grant_not_negative",
                violation_error_message=_("Costs outside the grant cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class NamedStaff(TenantOwned):
    """A worker whom a contract names, from a day and to a day where these are given (S-051)."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="named_staff")
    worker = models.ForeignKey(Worker, on_delete=models.PROTECT, related_name="named_in")
    valid_from = models.DateField(_("named from"), null=True, blank=True)
    valid_to = models.DateField(_("named to"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "worker"],
                name="named_staff_once",
                violation_error_message=_("The contract names this worker already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="named_staff_period",
                violation_error_message=_(
                    "The worker stops being named before they begin: correct one of the dates."
                ),
            ),
        ]
