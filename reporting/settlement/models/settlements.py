"""The settlement of a contract's accepted month: penalties, invoices, and the grant's money paid beforehand."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracting.contracts.models import Contract, OrganisationScoped
from documents.models import StoredFile
from kernel.models import TenantManager, TenantOwned
from reporting.settlement.rules.ksef import numbered_on


class SettlementQuerySet(OrganisationScoped):
    organisation_path = "contract__organisation_id"

    def confirmed(self) -> "SettlementQuerySet":
        """Those whose figures are frozen."""
        return self.filter(state__in=[Settlement.State.CONFIRMED, Settlement.State.SETTLED])


class Settlement(TenantOwned):
    """What is due for a contract's accepted month: draft → offered → confirmed → settled. No row means a draft.

    Only a draft takes penalties: the social unit decides on them, or that there are none, and offers the settlement;
    then the provider confirms it. The unit may confirm at once, which closes its part as well.

    `month` is its first day; money is PLN. On confirmation the figures are frozen in `figures`, on settling the
    invoices with them, each time under a new `sha256`. `part` is what the commune owes for the care before penalties,
    `due` what is left after them (below zero: what the organisation returns), `from_advance` what of it was paid
    beforehand in tranches.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("settlement", "draft")
        OFFERED = "offered", pgettext_lazy("settlement", "to be confirmed")
        CONFIRMED = "confirmed", pgettext_lazy("settlement", "confirmed")
        SETTLED = "settled", pgettext_lazy("settlement", "settled")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="settlements")
    month = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    figures = models.JSONField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    minutes = models.IntegerField(null=True)
    part = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    due = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    from_advance = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    difference_note = models.CharField(max_length=500, blank=True)
    offered_at = models.DateTimeField(null=True)
    offered_by = models.UUIDField(null=True)
    offered_by_name = models.CharField(max_length=150, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    confirmed_by_name = models.CharField(max_length=150, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    settled_by_name = models.CharField(max_length=150, blank=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(SettlementQuerySet)()

    class Meta:
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "month"], name="settlement_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="settlement_first_day"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "offered"],
                    figures__isnull=True,
                    sha256="",
                    due__isnull=True,
                    part__isnull=True,
                )
                | (
                    Q(state__in=["confirmed", "settled"], figures__isnull=False)
                    & Q(due__isnull=False, part__isnull=False, minutes__isnull=False)
                    & ~Q(sha256="")
                ),
                name="settlement_frozen_when_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", offered_at__isnull=True)
                | (~Q(state="draft") & Q(offered_at__isnull=False)),
                name="settlement_offered_before_confirmed",
            ),
            models.CheckConstraint(
                condition=(Q(due__isnull=True) & Q(from_advance=0))
                | Q(from_advance=0)
                | (Q(from_advance__gt=0) & Q(from_advance__lte=models.F("due"))),
                name="settlement_advance_within_due",
            ),
        ]


class Penalty(TenantOwned):
    """A deduction under the contract: why, on which of its terms, how much (PLN).

    `proposal` is the id of the decision that proposed it, where one did; each is deducted once.
    """

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="penalties")
    proposal = models.UUIDField(null=True, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500)
    basis = models.CharField(_("basis in the contract"), max_length=200)
    amount = models.DecimalField(pgettext_lazy("money", "amount"), max_digits=12, decimal_places=2)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal"],
                name="penalty_of_proposal_once",
                violation_error_message=_("This penalty is deducted already."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="penalty_amount_positive",
                violation_error_message=_("The amount must be more than 0."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(basis=""),
                name="penalty_with_basis",
                violation_error_message=_(
                    "A penalty needs its reason and the term of the contract it rests on."
                ),
            ),
        ]


class Invoice(TenantOwned):
    """An invoice for a month, or one that corrects it (then the amount may be negative, PLN gross).

    `ksef_number` is the number that the national system gave it, its checksum right; `file` its XML or PDF. `contract`
    is that of the settlement: an invoice settles one month of it. Where no month is settled (advice, crisis
    intervention) it is for a period instead, both days included, and entered once it was paid.
    """

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(_("number of the invoice"), max_length=100)
    issued_on = models.DateField(_("issued on"))
    amount = models.DecimalField(_("gross amount"), max_digits=12, decimal_places=2)
    ksef_number = models.CharField(_("KSeF number"), max_length=35, blank=True)
    period_from = models.DateField(pgettext_lazy("invoice", "for the time from"), null=True, blank=True)
    period_to = models.DateField(pgettext_lazy("invoice", "to"), null=True, blank=True)
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    made_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["issued_on", "id"]
        constraints = [
            models.UniqueConstraint(
                "contract",
                Upper("number"),
                name="invoice_once",
                violation_error_message=_("This invoice is entered for the contract already."),
            ),
            models.UniqueConstraint(
                fields=["ksef_number"],
                condition=~Q(ksef_number=""),
                name="invoice_ksef_once",
                violation_error_message=_("An invoice with this KSeF number is entered already."),
            ),
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="invoice_amount",
                violation_error_message=_("An invoice of 0 zł settles nothing."),
            ),
            models.CheckConstraint(
                condition=Q(settlement__isnull=False, period_from=None, period_to=None, paid_on=None)
                | Q(settlement__isnull=True, period_from__isnull=False, paid_on__isnull=False)
                & Q(period_to__gte=models.F("period_from")),
                name="invoice_of_month_or_period",
                violation_error_message=_("The time that an invoice is for ends after it begins."),
            ),
        ]

    @property
    def numbered_otherwise(self) -> date | None:
        """The day inside the KSeF number where it is not the day of issue; then a person looks at both."""
        day = numbered_on(self.ksef_number) if self.ksef_number else self.issued_on
        return None if day == self.issued_on else day


class TranchePayment(TenantOwned):
    """Money of a grant that was paid beforehand for a budget year (PLN), against which months are settled."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="tranche_payments")
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    paid_on = models.DateField(_("paid on"))
    amount = models.DecimalField(pgettext_lazy("money", "amount"), max_digits=12, decimal_places=2)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["paid_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="tranche_payment_positive",
                violation_error_message=_("The amount must be more than 0."),
            ),
        ]
