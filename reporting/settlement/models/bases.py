"""On what a person's payment rests: income and household, from a day."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.crypto import decrypt, encrypt
from kernel.models import TenantOwned
from reporting.care.models import Decision


class PaymentBasis(TenantOwned):
    """Income (PLN a month) and household of the person of a decision, from a day until the next basis.

    `household` is the number of persons of the family, empty for one living alone; `income` is that of the whole
    family, kept encrypted with the tenant's key. An `exempt` person pays nothing, with the ground in `source`.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="payment_bases")
    valid_from = models.DateField(_("valid from"))
    income_encrypted = models.BinaryField(editable=False)
    household = models.PositiveSmallIntegerField(
        _("persons in the family"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    exempt = models.BooleanField(_("exempt from payment"), default=False)
    source = models.CharField(_("where this is known from"), max_length=300)
    made_at = models.DateTimeField(default=timezone.now)
    made_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["decision", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "valid_from"],
                name="payment_basis_once",
                violation_error_message=_("The decision has a basis of payment from this day already."),
            ),
            models.CheckConstraint(
                condition=Q(household__isnull=True) | Q(household__gte=1), name="payment_basis_household"
            ),
            models.CheckConstraint(
                condition=~Q(source=""),
                name="payment_basis_source",
                violation_error_message=_("Say where the income is known from."),
            ),
        ]

    @property
    def income(self) -> Decimal:
        """Income (PLN a month)."""
        return Decimal(decrypt(bytes(self.income_encrypted)))

    @income.setter
    def income(self, amount: Decimal | int) -> None:
        self.income_encrypted = encrypt(str(amount))
