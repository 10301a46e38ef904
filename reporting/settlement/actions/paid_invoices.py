"""Verbs on invoices that were paid for a time, under contracts of which no month is settled: advice, crisis."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from documents.actions import remove_file
from documents.uploads import Upload
from kernel.access import Actor
from kernel.errors import DomainError
from reporting.care.models import Decision
from reporting.compliance.queries.kinds import undecided_of
from reporting.settlement.actions.paying import (
    InvoiceTerms,
    checked_ksef,
    enter_invoice,
    require_past,
    required_reason,
)
from reporting.settlement.actions.settling import gone
from reporting.settlement.locking import lock_settlements
from reporting.settlement.models import Invoice, Settlement
from reporting.settlement.queries.paid import paid_outside_months
from ui.formatting import format_date_text, format_money


@dataclass(frozen=True)
class PaidFor:
    """The time that an invoice is for, both days included, and the day on which it was paid."""

    period_from: date
    period_to: date
    paid_on: date


def record_paid_invoice(
    contract: Contract, terms: InvoiceTerms, paid: PaidFor, *, file: Upload | None = None, actor: Actor
) -> Invoice:
    """Record an invoice that was paid for a time in which nothing is settled by month.

    Raises DomainError `paid_by_months` where the contract is for care alone, `decisions_in_period` where decisions are
    in force in the time, `period_outside`, `period_backwards`, `paid_in_future`, `over_the_contract` where the contract
    has less left to pay, and those of `add_invoice`.
    """
    ksef = checked_ksef(contract, terms)
    require_past(paid.paid_on)
    with transaction.atomic():
        lock_settlements(contract.pk)
        _require_unsettled(contract, paid)
        _require_within(contract, terms.amount)
        invoice = enter_invoice(
            contract,
            terms,
            ksef,
            file,
            actor,
            period_from=paid.period_from,
            period_to=paid.period_to,
            paid_on=paid.paid_on,
        )
        _note("record_paid_invoice", invoice, actor)
    return invoice


def _require_unsettled(contract: Contract, paid: PaidFor) -> None:
    if not undecided_of([contract.pk]):
        raise DomainError(
            "paid_by_months",
            _("Months of this contract are settled: enter the invoice in the settlement of its month."),
        )
    if paid.period_to < paid.period_from:
        raise DomainError(
            "period_backwards",
            _("The time that an invoice is for ends after it begins."),
            field="period_to",
            value=paid.period_to,
        )
    if paid.period_from < contract.valid_from or paid.period_to > contract.valid_to:
        raise DomainError(
            "period_outside",
            format_lazy(
                _("The contract holds from {first} to {last}: the invoice is for a time within it."),
                first=format_date_text(contract.valid_from),
                last=format_date_text(contract.valid_to),
            ),
            field="period_from",
            value=paid.period_from,
        )
    if Decision.objects.touching(paid.period_from, paid.period_to).filter(contract=contract).exists():
        raise DomainError(
            "decisions_in_period",
            _(
                "Decisions are in force in this time: its months are settled, and the invoice belongs to their "
                "settlements."
            ),
            field="period_from",
            value=paid.period_from,
        )


def _require_within(contract: Contract, amount: Decimal) -> None:
    """The contract pays no more than its amount, which changes by amendments. Under the contract's lock."""
    whole = Contract.objects.values_list("amount", flat=True).get(pk=contract.pk)
    confirmed = Settlement.objects.confirmed().filter(contract=contract)
    used = paid_outside_months(contract) + (confirmed.aggregate(total=Sum("part"))["total"] or Decimal(0))
    if whole is None or amount <= 0 or used + amount <= whole:
        return
    raise DomainError(
        "over_the_contract",
        format_lazy(
            _(
                "The contract is for {whole}, and {used} of it are paid or settled: check the amount of the invoice, "
                "or have the contract amended first."
            ),
            whole=format_money(whole),
            used=format_money(used),
        ),
        field="amount",
        value=amount,
    )


def withdraw_paid_invoice(contract: Contract, pk: UUID, *, reason: str, actor: Actor) -> Invoice:
    """Take out an invoice that was recorded wrongly; what it said stays in the audit line with the reason.

    Raises DomainError `reason_missing`, `gone`.
    """
    words = required_reason(reason)
    with transaction.atomic():
        lock_settlements(contract.pk)
        invoice: Invoice | None = Invoice.objects.filter(
            contract=contract, settlement__isnull=True, pk=pk
        ).first()
        if invoice is None:
            raise gone()
        _note("withdraw_paid_invoice", invoice, actor, reason=words)
        invoice.delete()
        if invoice.file is not None:
            remove_file(invoice.file)
    return invoice


def _note(verb: str, invoice: Invoice, actor: Actor, **facts: str) -> None:
    record(
        verb,
        actor=actor,
        subject_type="contract",
        subject_id=invoice.contract_id,
        payload={
            "number": invoice.number,
            "amount": str(invoice.amount),
            "period_from": invoice.period_from,
            "period_to": invoice.period_to,
            "paid_on": invoice.paid_on,
            **facts,
        },
    )
