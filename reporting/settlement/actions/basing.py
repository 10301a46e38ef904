"""Verbs on what a person's payment rests on: income and household, from a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.care.models import Decision
from reporting.settlement.locking import lock_settlements
from reporting.settlement.models import PaymentBasis, Settlement
from ui.formatting import format_date_text, format_month

_NAME_LENGTH = 150


@dataclass(frozen=True)
class BasisTerms:
    """Income (PLN a month) and household from a day; `household` is None for one living alone."""

    valid_from: date
    income: Decimal
    household: int | None
    exempt: bool
    source: str


def enter_basis(decision: Decision, terms: BasisTerms, *, actor: Actor) -> PaymentBasis:
    """A new basis of payment from a day; earlier ones stay. The audit line names the day and no income.

    Raises DomainError naming the field that is wrong, `income_negative`, `basis_once` where that day has one,
    `basis_of_settled` where it would change what a person owes for a month whose settlement is confirmed.
    """
    if terms.income < 0:
        raise DomainError("income_negative", _("The income cannot be negative."), field="income")
    basis = PaymentBasis(
        decision=decision,
        valid_from=terms.valid_from,
        household=terms.household,
        exempt=terms.exempt,
        source=terms.source.strip(),
        made_by_name=actor.label[:_NAME_LENGTH],
    )
    basis.income = terms.income
    with transaction.atomic():
        lock_settlements(decision.contract_id)
        require_valid(basis, exclude=["decision", "income_encrypted", "made_by_name"])
        _require_not_settled(decision, terms.valid_from)
        try:
            with transaction.atomic():
                basis.save()
        except IntegrityError as error:
            raise DomainError(
                "basis_once",
                _("The decision has a basis of payment from this day already: choose another day."),
                field="valid_from",
                value=terms.valid_from,
            ) from error
        record(
            "enter_payment_basis",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={"valid_from": terms.valid_from},
        )
    return basis


def _require_not_settled(decision: Decision, first: date) -> None:
    """What was counted for a confirmed month stays; where no basis held on the day yet, nothing was counted."""
    bases = PaymentBasis.objects.filter(decision=decision).order_by("valid_from")
    if not bases.filter(valid_from__lt=first).exists() or bases.filter(valid_from=first).exists():
        return
    following = bases.filter(valid_from__gt=first).first()
    settled = Settlement.objects.confirmed().filter(
        contract=decision.contract_id, month__gte=Month.of(first).first
    )
    if following is not None:
        settled = settled.filter(month__lt=following.valid_from)
    last = settled.order_by("month").last()
    if last is not None:
        month = Month.of(last.month)
        raise DomainError(
            "basis_of_settled",
            format_lazy(
                _(
                    "The settlement of {month} is confirmed, and this basis would change what the person owes for it. "
                    "Enter the basis from {day} on, or take the settlement back first."
                ),
                month=format_month(month),
                day=format_date_text(month.next().first),
            ),
            field="valid_from",
            value=first,
        )
