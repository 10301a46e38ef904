"""Contracts, and the workers who deliver under them."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Service
from kernel.access import Access
from kernel.models import TenantManager, TenantOwned
from tenants.models import Organisation


class OrganisationScoped(models.QuerySet[Any]):
    """Rows that belong to an organisation: people of an NGO see their own only."""

    organisation_path = "organisation_id"

    def visible_to(self, access: Access) -> Self:
        """What the person may see; never wider than their organisations."""
        if access.organisation_ids is None:
            return self.all()
        return self.filter(**{f"{self.organisation_path}__in": access.organisation_ids})


def to_organisation() -> Any:
    """A link from a tenant's table to the public table of organisations: no constraint crosses schemas."""
    return models.ForeignKey(
        Organisation,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("organisation"),
    )


class ContractQuerySet(OrganisationScoped):
    def valid_on(self, day: date) -> Self:
        """Contracts that hold on the day."""
        return self.filter(valid_from__lte=day, valid_to__gte=day)


class WorkerQuerySet(OrganisationScoped):
    def active(self) -> Self:
        """Workers whose work has not ended."""
        return self.filter(active=True)


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
    cap_minutes = models.PositiveIntegerField(_("cap in minutes"), null=True, blank=True)

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
        ]

    def __str__(self) -> str:
        return self.number


class Worker(TenantOwned):
    """Who delivers: a carer or adviser employed by an organisation.

    `user_id` is the account with which they see and write their own visits; `ended_on` the last day of ended work.
    """

    code = models.CharField(
        _("code"),
        max_length=30,
        unique=True,
        error_messages={"unique": _("Another worker has this code. Choose a different one.")},
    )
    surname = models.CharField(_("surname"), max_length=80)
    given_name = models.CharField(_("given name"), max_length=80)
    organisation = to_organisation()
    user_id = models.UUIDField(null=True, blank=True, editable=False)
    active = models.BooleanField(_("active"), default=True)
    ended_on = models.DateField(_("last day of work"), null=True, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(WorkerQuerySet)()

    class Meta:
        ordering = ["surname", "given_name", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user_id"],
                name="worker_account_once",
                violation_error_message=_("Another worker of the organisation has this account."),
            ),
            models.CheckConstraint(
                condition=Q(active=True, ended_on__isnull=True) | Q(active=False, ended_on__isnull=False),
                name="worker_ended_with_last_day",
                violation_error_message=_("Work that has ended needs its last day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.surname} {self.given_name}"


class WorkerQualification(TenantOwned):
    """A qualification that a worker holds in a period; open where `valid_to` is empty (S-056)."""

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="qualifications")
    code = models.CharField(_("qualification"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    class Meta:
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "code", "valid_from"],
                name="qualification_once",
                violation_error_message=_("The worker has this qualification from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="qualification_period",
                violation_error_message=_(
                    "The qualification ends before it begins: correct one of the dates."
                ),
            ),
        ]


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
