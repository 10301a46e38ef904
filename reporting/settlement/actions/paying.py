"""Verbs on invoices of a month, and on grant money paid beforehand."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from documents.actions import remove_file, store_file
from documents.uploads import Upload
from kernel.access import Actor
from kernel.errors import Conflict, DomainError
from kernel.periods import Month
from kernel.stamps import stamp_of
from kernel.validation import require_valid
from reporting.settlement.actions.settling import gone, locked_settlement, note
from reporting.settlement.locking import lock_settlements
from reporting.settlement.models import Invoice, Settlement, TranchePayment
from reporting.settlement.rules.ksef import NotAnInvoice, is_ksef_number, read_invoice, seller_of
from ui.formatting import format_date_short, format_money, format_month

_NAME_LENGTH = 150
_REASON_LENGTH = 500
_XML = "application/xml"
_OPEN = (Settlement.State.DRAFT, Settlement.State.OFFERED, Settlement.State.CONFIRMED)


@dataclass(frozen=True)
class InvoiceTerms:
    """An invoice as it is entered; the amount is gross (PLN)."""

    number: str
    issued_on: date
    amount: Decimal
    ksef_number: str = ""


def add_invoice(
    contract: Contract, month: Month, terms: InvoiceTerms, *, file: Upload | None = None, actor: Actor
) -> Invoice:
    """Enter an invoice for a month that is not settled yet, with its FA document or a copy.

    Raises DomainError `grant_without_invoices`, `wrong_state`, `ksef_number_wrong`, `seller_differs` where the KSeF
    number names another seller than the organisation, `not_an_invoice`, `invoice_differs` where the document says
    another number, day, seller or amount, `invoice_once` where the number stands in any month of the contract,
    `ksef_once` where the KSeF number stands anywhere, or naming the field that is wrong.
    """
    ksef = checked_ksef(contract, terms)
    with transaction.atomic():
        _row, settlement = locked_settlement(contract, month, *_OPEN)
        invoice = enter_invoice(contract, terms, ksef, file, actor, settlement=settlement)
        note("add_invoice", settlement, actor, number=invoice.number, amount=str(invoice.amount))
    return invoice


def checked_ksef(contract: Contract, terms: InvoiceTerms) -> str:
    """The KSeF number as it is stored. Raises DomainError where the contract takes no invoices, or it is wrong."""
    if not contract.procured:
        raise DomainError(
            "grant_without_invoices",
            _("The contract is of a grant: it is settled by its tranches, and no invoice is entered."),
        )
    ksef = terms.ksef_number.strip().upper()
    if ksef and not is_ksef_number(ksef):
        raise DomainError(
            "ksef_number_wrong",
            format_lazy(
                _(
                    "“{number}” is not a KSeF number: it has 35 signs (NIP of the seller, day, 12 signs, checksum, "
                    "with hyphens between them), and the checksum must be right. Copy it from the invoice."
                ),
                number=ksef[:40],
            ),
            field="ksef_number",
            value=ksef,
        )
    _require_seller(ksef, contract)
    return ksef


def enter_invoice(
    contract: Contract, terms: InvoiceTerms, ksef: str, file: Upload | None, actor: Actor, **of: Any
) -> Invoice:
    """Save an invoice of a settlement, or of a time (`of`), with its document; under the contract's lock."""
    number = " ".join(terms.number.split())
    _require_once(contract, number)
    if ksef and Invoice.objects.filter(ksef_number=ksef).exists():
        raise _ksef_once(ksef)
    invoice = Invoice(
        contract=contract,
        number=number,
        issued_on=terms.issued_on,
        amount=terms.amount,
        ksef_number=ksef,
        made_by_name=actor.label[:_NAME_LENGTH],
        **of,
    )
    require_valid(invoice, exclude=["settlement", "contract", "file", "made_by_name"])
    if file is not None:
        if file.content_type == _XML:
            _require_same(invoice, file, contract)
        invoice.file = store_file(
            file.content,
            name=file.name,
            content_type=file.content_type,
            folder="invoices",
            actor=actor,
            brought=True,
        )
    try:
        with transaction.atomic():
            invoice.save()
    except IntegrityError as error:
        # Entered under another contract since it was looked for: each contract has a lock of its own.
        raise _ksef_once(ksef) from error
    return invoice


def _require_seller(ksef: str, contract: Contract) -> None:
    """A KSeF number begins with the NIP of the seller, and the seller is the organisation, where its NIP is known."""
    nip = contract.organisation.nip
    if ksef and nip and seller_of(ksef) != nip:
        raise DomainError(
            "seller_differs",
            format_lazy(
                _(
                    "This KSeF number is of an invoice of NIP {seller}, and the NIP of {organisation} is {nip}: copy "
                    "the number of the organisation's own invoice, or have its NIP corrected."
                ),
                seller=seller_of(ksef),
                organisation=str(contract.organisation),
                nip=nip,
            ),
            field="ksef_number",
            value=ksef,
        )


def _require_once(contract: Contract, number: str) -> None:
    """An invoice settles one month, or one time: its number does not stand in another. Under the contract's lock."""
    same = (
        Invoice.objects.filter(contract=contract, number__iexact=number).select_related("settlement").first()
    )
    if same is not None:
        raise DomainError(
            "invoice_once",
            format_lazy(
                _(
                    "Invoice {number} is entered already for {month}, and an invoice is entered once for a contract. "
                    "Check the number, or remove the invoice there first."
                ),
                number=same.number,
                month=format_month(Month.of(same.settlement.month))
                if same.settlement
                else f"{format_date_short(same.period_from)} – {format_date_short(same.period_to)}",
            ),
            field="number",
            value=number,
        )


def _ksef_once(ksef: str) -> DomainError:
    return DomainError(
        "ksef_once",
        _("An invoice with this KSeF number is entered already. Check the number."),
        field="ksef_number",
        value=ksef,
    )


def _require_same(invoice: Invoice, file: Upload, contract: Contract) -> None:
    """What the FA document says is what was typed."""
    try:
        found = read_invoice(file.content)
    except NotAnInvoice as error:
        raise DomainError(
            "not_an_invoice",
            format_lazy(
                _("“{name}” is no FA invoice of KSeF in PLN. Save the XML of the invoice and send it again."),
                name=file.name,
            ),
            field="file",
            value=file.name,
        ) from error
    seller = contract.organisation.nip or seller_of(invoice.ksef_number)
    compared: tuple[tuple[str, Any, Any], ...] = (
        ("number", found.number, invoice.number),
        ("issued_on", found.issued_on, invoice.issued_on),
        ("amount", found.amount, invoice.amount),
        ("ksef_number", found.seller_nip, seller or found.seller_nip),
    )
    for field, said, typed in compared:
        if said != typed:
            raise DomainError(
                "invoice_differs",
                format_lazy(
                    _("The XML says {said}, and {typed} was typed: correct what is wrong."),
                    said=_said(said),
                    typed=_said(typed),
                ),
                field=field,
                value=typed,
            )


def _said(value: str | date | Decimal) -> str:
    if isinstance(value, Decimal):
        return format_money(value)
    return format_date_short(value) if isinstance(value, date) else value


def remove_invoice(contract: Contract, month: Month, pk: UUID, *, actor: Actor) -> None:
    """Take an invoice out of a month that is not settled. Raises DomainError `wrong_state`, `gone`."""
    with transaction.atomic():
        _row, settlement = locked_settlement(contract, month, *_OPEN)
        invoice = settlement.invoices.filter(pk=pk).first()
        if invoice is None:
            raise gone()
        invoice.delete()
        if invoice.file is not None:
            remove_file(invoice.file)
        note("remove_invoice", settlement, actor, number=invoice.number, amount=str(invoice.amount))


def tranche_stamp(contract: Contract) -> str:
    """What somebody saw of the payments of the contract's tranches."""
    payments = TranchePayment.objects.filter(contract=contract).order_by("pk")
    return stamp_of(list(payments.values_list("pk", flat=True)))


def record_tranche_payment(
    contract: Contract, *, year: int, paid_on: date, amount: Decimal, seen: str | None = None, actor: Actor
) -> TranchePayment:
    """Record money of a grant paid beforehand, within the tranche of its year.

    `seen` is the tranche_stamp of what was looked at, None where nobody looked: a form that is sent twice pays once.
    Raises Conflict `changed_meanwhile`, DomainError `not_a_grant`, `no_tranche`, `over_the_tranche`, `paid_in_future`,
    or naming the field.
    """
    with transaction.atomic():
        lock_settlements(contract.pk)
        _require_seen(seen, contract)
        if Contract.objects.filter(pk=contract.pk, procured=True).exists():
            raise DomainError(
                "not_a_grant",
                _("Under public procurement months are paid by invoices, not by tranches of a grant."),
            )
        require_past(paid_on)
        tranche = contract.tranches.filter(year=year).first()
        if tranche is None:
            raise DomainError(
                "no_tranche",
                format_lazy(
                    _("The contract has no tranche for {year}: choose a year that has one."), year=year
                ),
                field="year",
                value=year,
            )
        payments = TranchePayment.objects.filter(contract=contract, year=year)
        paid = payments.aggregate(total=Sum("amount"))["total"] or Decimal(0)
        if paid + amount > tranche.amount:
            raise DomainError(
                "over_the_tranche",
                format_lazy(
                    _("The tranche of {year} is {tranche}, and {paid} of it are paid: lower the amount."),
                    year=year,
                    tranche=format_money(tranche.amount),
                    paid=format_money(paid),
                ),
                field="amount",
                value=amount,
            )
        payment = TranchePayment(
            contract=contract,
            year=year,
            paid_on=paid_on,
            amount=amount,
            made_by_name=actor.label[:_NAME_LENGTH],
        )
        require_valid(payment, exclude=["contract", "made_by_name"])
        payment.save()
        record(
            "record_tranche_payment",
            actor=actor,
            subject_type="contract",
            subject_id=contract.pk,
            payload={"year": year, "paid_on": paid_on, "amount": str(amount)},
        )
    return payment


def _require_seen(seen: str | None, contract: Contract) -> None:
    """The payments are those that were on the page. Asked under the contract's lock."""
    stands = tranche_stamp(contract)
    if seen is not None and seen != stands:
        raise Conflict(
            "changed_meanwhile",
            _(
                "A payment of this grant was recorded or withdrawn after you had opened the page: look at the list. "
                "Send the form once more only if yours is yet another payment."
            ),
            current={"stamp": stands},
        )


def required_reason(reason: str) -> str:
    """The reason without spaces around it. Raises DomainError `reason_missing`."""
    words = reason.strip()
    if not 0 < len(words) <= _REASON_LENGTH:
        raise DomainError(
            "reason_missing",
            _("Write the reason, in at most 500 characters: it stays in the audit log."),
            field="reason",
        )
    return words


def require_past(paid_on: date) -> None:
    """Raises DomainError `paid_in_future`."""
    if paid_on > timezone.localdate():
        raise DomainError(
            "paid_in_future",
            _("Enter a payment when it is made: this day is yet to come."),
            field="paid_on",
            value=paid_on,
        )


def withdraw_tranche_payment(contract: Contract, pk: UUID, *, reason: str, actor: Actor) -> TranchePayment:
    """Take out a payment that was entered wrongly; its year, day and amount stay in the audit line with the reason.

    Raises DomainError `reason_missing`, `gone`, and `advance_settled` where confirmed settlements use its money.
    """
    words = required_reason(reason)
    with transaction.atomic():
        lock_settlements(contract.pk)
        payments = TranchePayment.objects.filter(contract=contract)
        payment: TranchePayment | None = payments.filter(pk=pk).first()
        if payment is None:
            raise gone()
        _require_not_settled(contract, payment)
        payment.delete()
        record(
            "withdraw_tranche_payment",
            actor=actor,
            subject_type="contract",
            subject_id=contract.pk,
            payload={
                "year": payment.year,
                "paid_on": payment.paid_on,
                "amount": str(payment.amount),
                "reason": words,
            },
        )
    return payment


def _require_not_settled(contract: Contract, payment: TranchePayment) -> None:
    """What confirmed settlements take from the money paid beforehand is paid without this payment too."""
    others = TranchePayment.objects.filter(contract=contract).exclude(pk=payment.pk)
    left = others.aggregate(total=Sum("amount"))["total"] or Decimal(0)
    confirmed = Settlement.objects.confirmed().filter(contract=contract)
    used = confirmed.aggregate(total=Sum("from_advance"))["total"] or Decimal(0)
    if used > left:
        raise DomainError(
            "advance_settled",
            format_lazy(
                _(
                    "Confirmed settlements take {used} from the money paid beforehand, and without this payment it "
                    "would be {left}. Record the right payment first, or take these settlements back."
                ),
                used=format_money(used),
                left=format_money(left),
            ),
            field="state",
        )
