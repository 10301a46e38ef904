"""How a cycle's service is arranged where no call on this platform chooses the contractor (S-030)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Cycle
from contracting.contracts.models.contracts import Contract
from contracting.contracts.models.scopes import to_organisation
from kernel.models import TenantOwned
from tenants.models import Organisation

_CONTRACTOR = Q(organisation__isnull=False, signed_on__isnull=False)


class Arrangement(TenantOwned):
    """What step 5 of a cycle recorded under a form of realisation: own delivery, the outcome of a procurement, a
    partnership, neighbour services. Money is PLN.

    Where `contract` names one that is entered here, who, when and for how much stand there and not in this row.
    Each form keeps its own row, so that a change of the form loses nothing.
    """

    class Form(models.TextChoices):
        OWN = "own", _("own delivery by the unit")
        PROCUREMENT = "procurement", _("public procurement")
        PARTNERSHIP = "partnership", _("partnership")
        NEIGHBOUR = "neighbour", _("neighbour services")

    class Mode(models.TextChoices):
        OWN_RULES = "own_rules", _("below the threshold of the act, by the unit's own rules")
        BASIC = "basic", _("basic mode")
        UNLIMITED = "unlimited", _("open tender")
        LIMITED = "limited", _("restricted tender")
        SOCIAL = "social", _("procedure for social services")
        RESERVED = "reserved", _("contract reserved for organisations with a social aim")
        SINGLE_SOURCE = "single_source", _("single-source procurement")
        OTHER = "other", _("another mode")

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="arrangements")
    form = models.CharField(_("form"), max_length=15, choices=Form.choices)
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="arrangements",
        verbose_name=_("contract"),
    )
    organisation = to_organisation(null=True)
    deliverer = models.CharField(max_length=200, blank=True)
    mode = models.CharField(max_length=15, choices=Mode.choices, blank=True)
    notice_number = models.CharField(max_length=120, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    basis = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    note = models.TextField(max_length=3000, blank=True)
    recorded_at = models.DateTimeField(auto_now=True)
    recorded_by_name = models.CharField(max_length=150, blank=True, editable=False)

    class Meta:
        ordering = ["cycle", "form"]
        constraints = [
            models.UniqueConstraint(fields=["cycle", "form"], name="arrangement_once_a_form"),
            models.CheckConstraint(
                condition=Q(form__in=["own", "procurement", "partnership", "neighbour"]),
                name="arrangement_form_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from")),
                name="arrangement_period",
                violation_error_message=_("The period ends before it begins: correct one of the dates."),
            ),
            models.CheckConstraint(
                condition=~Q(form="own")
                | (
                    ~Q(deliverer="")
                    & ~Q(note="")
                    & Q(valid_from__isnull=False, organisation__isnull=True, contract__isnull=True)
                ),
                name="arrangement_own_complete",
                violation_error_message=_("Own delivery needs who delivers, from when, and a note."),
            ),
            models.CheckConstraint(
                condition=~Q(form="procurement")
                | (
                    ~Q(mode="")
                    & ~Q(notice_number="")
                    & Q(decided_on__isnull=False)
                    & (Q(contract__isnull=False) | (_CONTRACTOR & Q(value__gt=0)))
                ),
                name="arrangement_procurement_complete",
                violation_error_message=_(
                    "A procurement needs its mode, notice, day of the choice and contract."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(form="partnership") | (~Q(basis="") & (Q(contract__isnull=False) | _CONTRACTOR)),
                name="arrangement_partnership_complete",
                violation_error_message=_("A partnership needs its partner, day and legal basis."),
            ),
            models.CheckConstraint(
                condition=~Q(form="neighbour")
                | (
                    Q(valid_from__isnull=False, valid_to__isnull=False)
                    & (Q(contract__isnull=False) | Q(organisation__isnull=False) | ~Q(deliverer=""))
                ),
                name="arrangement_neighbour_complete",
                violation_error_message=_("Neighbour services need who organises them and their dates."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_form_display())

    @property
    def contractor(self) -> Organisation | None:
        """Who delivers, of the contract where one is linked; None where the unit does."""
        organisation: Any = self.contract.organisation if self.contract else self.organisation
        return organisation if isinstance(organisation, Organisation) else None

    @property
    def contract_day(self) -> date | None:
        """The day on which the contract or agreement was signed."""
        return self.contract.signed_on if self.contract else self.signed_on

    @property
    def worth(self) -> Decimal | None:
        """What the contract is worth (PLN): as it says itself, else as it was recorded here."""
        if self.contract is not None and self.contract.amount is not None:
            return self.contract.amount
        return self.value
