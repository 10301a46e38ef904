"""Verbs on what a person's payment rests on: income and household, from a day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.validation import require_valid
from reporting.care.models import Decision
from reporting.settlement.actions.freezing import freeze_what_was_missing
from reporting.settlement.locking import lock_settlements
from reporting.settlement.models import PaymentBasis

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

    What was confirmed with a settlement stays as it was counted; what could not be counted for want of it is kept now.
    Raises DomainError naming the field that is wrong, `income_negative`, `basis_once` where that day has one.
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
        freeze_what_was_missing(decision, decision.contract, Month.of(terms.valid_from))
        record(
            "enter_payment_basis",
            actor=actor,
            subject_type="decision",
            subject_id=decision.pk,
            payload={"valid_from": terms.valid_from},
        )
    return basis
