"""Verbs on the settlement of a month: penalties, offered, confirmed with its figures frozen, settled, taken back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.stamps import require_unchanged
from kernel.validation import require_valid
from reporting.compliance.actions.settling import settle_month, unsettle_month
from reporting.compliance.locking import lock_month
from reporting.compliance.models import ContractMonth
from reporting.compliance.snapshots import digest_of
from reporting.settlement.account import Account, account_document, account_stamp, read_account
from reporting.settlement.actions.freezing import freeze_payments, let_payments_go, require_countable
from reporting.settlement.actions.ordering import (
    require_earlier_confirmed,
    require_earlier_offered,
    require_newest,
)
from reporting.settlement.locking import lock_settlements
from reporting.settlement.models import Penalty, Settlement
from reporting.settlement.proposals import proposed_penalties
from reporting.settlement.queries import is_closing, open_months
from ui.formatting import format_money

_State = Settlement.State
_Month = ContractMonth.State
_NAME_LENGTH = 150
_REASON_LENGTH = 500


@dataclass(frozen=True)
class PenaltyTerms:
    """A penalty as it is entered: why, on which term of the contract, how much (PLN), and whose proposal it is."""

    reason: str
    basis: str
    amount: Decimal
    proposal: UUID | None = None


def offer_settlement(
    contract: Contract, month: Month, *, seen: str | None = None, actor: Actor
) -> Settlement:
    """The social unit closes its part: penalties are decided, or there are none, and the provider may confirm.

    `seen` as in `confirm_settlement`. Raises DomainError `month_not_accepted`, `wrong_state`, `earlier_not_offered`
    (the provider could not confirm it), `penalties_too_large`; Conflict where the account changed meanwhile.
    """
    with transaction.atomic():
        row, settlement = locked_settlement(contract, month, _State.DRAFT)
        require_earlier_offered(contract, month)
        account = _account_of(row, contract, settlement, seen)[1]
        settlement.state = _State.OFFERED
        _mark_offered(settlement, actor)
        settlement.save()
        note("offer_settlement", settlement, actor, due=str(account.due))
    return settlement


def confirm_settlement(
    contract: Contract, month: Month, *, seen: str | None = None, by_provider: bool = False, actor: Actor
) -> Settlement:
    """Confirm the account of an accepted month: its figures are frozen with a hash, and what persons pay with them.

    The provider confirms what the unit offered; the unit may confirm a draft too, which closes its own part.
    `seen` is the account_stamp of what was looked at. Raises DomainError `month_not_accepted`, `not_offered`,
    `wrong_state`, `earlier_unconfirmed`, `penalties_too_large`; Conflict where the account changed meanwhile.
    """
    with transaction.atomic():
        row, settlement = locked_settlement(contract, month, _State.DRAFT, _State.OFFERED)
        if by_provider and settlement.state == _State.DRAFT:
            raise DomainError(
                "not_offered",
                _(
                    "The social unit has not handed this settlement over for confirmation yet: first it decides on "
                    "penalties. It will be on your start page once you can confirm it."
                ),
                field="state",
                value=settlement.state,
            )
        require_earlier_confirmed(contract, month)
        document, account = _account_of(row, contract, settlement, seen)
        if settlement.state == _State.DRAFT:
            _mark_offered(settlement, actor)
        settlement.state = _State.CONFIRMED
        settlement.figures, settlement.sha256 = document, digest_of(document)
        settlement.minutes, settlement.part, settlement.due = account.minutes, account.part, account.due
        settlement.from_advance = account.from_advance
        settlement.confirmed_at = timezone.now()
        settlement.confirmed_by, settlement.confirmed_by_name = actor.user_id, actor.label[:_NAME_LENGTH]
        settlement.save()
        kept = freeze_payments(settlement)
        facts = {"due": str(account.due), "sha256": settlement.sha256, "payments": kept}
        note("confirm_settlement", settlement, actor, **facts)
    return settlement


def _account_of(
    row: ContractMonth, contract: Contract, settlement: Settlement, seen: str | None
) -> tuple[dict[str, Any], Account]:
    """The account as it stands, the one that was looked at, with penalties that do not exceed what is due."""
    document = account_document(row, contract, settlement)
    require_unchanged(seen, account_stamp(document))
    account = read_account(document)
    if account.over_penalties > 0:
        raise DomainError(
            "penalties_too_large",
            format_lazy(
                _(
                    "Penalties exceed what is due by {amount}. Lower them, and claim the rest from the "
                    "organisation separately."
                ),
                amount=format_money(account.over_penalties),
            ),
            field="amount",
        )
    return document, account


def _mark_offered(settlement: Settlement, actor: Actor) -> None:
    settlement.offered_at = timezone.now()
    settlement.offered_by, settlement.offered_by_name = actor.user_id, actor.label[:_NAME_LENGTH]
    settlement.taken_back_at, settlement.taken_back_reason = None, ""


def settle(contract: Contract, month: Month, *, difference_note: str = "", actor: Actor) -> Settlement:
    """Settle a confirmed month: its invoices are frozen with the figures, and the month is settled.

    Raises DomainError `wrong_state`, `accepted_since`; under procurement `invoice_missing`, and
    `difference_unexplained` where the invoices do not make what is due and nobody says why.
    """
    with transaction.atomic():
        row, settlement = locked_settlement(contract, month, _State.CONFIRMED)
        words = difference_note.strip()[:_REASON_LENGTH]
        _require_of_this_acceptance(row, settlement)
        if contract.procured:
            _require_invoices(settlement, words)
        invoices = [
            {
                "number": one.number,
                "issued_on": one.issued_on.isoformat(),
                "amount": str(one.amount),
                "ksef_number": one.ksef_number,
                "file_sha256": one.file.sha256 if one.file else "",
            }
            for one in settlement.invoices.select_related("file")
        ]
        settlement.figures = {**(settlement.figures or {}), "invoices": invoices, "difference_note": words}
        settlement.sha256, settlement.difference_note = digest_of(settlement.figures), words
        settlement.state, settlement.settled_at = _State.SETTLED, timezone.now()
        settlement.settled_by, settlement.settled_by_name = actor.user_id, actor.label[:_NAME_LENGTH]
        settlement.save()
        if not is_closing(contract, month):
            settle_month(contract, Month.of(row.month), actor=actor)
        note("settle", settlement, actor, due=str(settlement.due), sha256=settlement.sha256)
    return settlement


def take_back_settlement(contract: Contract, month: Month, *, reason: str, actor: Actor) -> Settlement:
    """Make an offered, confirmed or settled month a draft again, with a reason; the audit line keeps what it was.

    Raises DomainError `wrong_state`, `reason_missing`, and `later_confirmed` while a later month of the contract is
    confirmed: it was reckoned with this one (caps, corrections). Raises Conflict `person_anonymised` where what a
    person pays could not be counted anew.
    """
    words = reason.strip()
    with transaction.atomic():
        require_countable(contract, month)
        row, settlement = locked_settlement(contract, month, _State.OFFERED, _State.CONFIRMED, _State.SETTLED)
        require_newest(settlement)
        if not 0 < len(words) <= _REASON_LENGTH:
            raise DomainError(
                "reason_missing",
                _("Write the reason, in at most 500 characters: the other side reads it."),
                field="reason",
            )
        # A month that an amendment brought back into its contract may be accepted under what closed it before.
        if row.state == _Month.SETTLED:
            unsettle_month(contract, Month.of(row.month), reason=words, actor=actor)
        dropped = {
            "due": str(settlement.due),
            "sha256": settlement.sha256,
            "state": str(settlement.state),
            "payments": let_payments_go(settlement),
        }
        settlement.state = _State.DRAFT
        settlement.figures = settlement.minutes = settlement.part = settlement.due = None
        settlement.from_advance, settlement.sha256, settlement.difference_note = Decimal(0), "", ""
        settlement.offered_at = settlement.confirmed_at = settlement.settled_at = None
        settlement.offered_by = settlement.confirmed_by = settlement.settled_by = None
        settlement.offered_by_name = settlement.confirmed_by_name = settlement.settled_by_name = ""
        settlement.taken_back_at, settlement.taken_back_reason = timezone.now(), words
        settlement.save()
        note("take_back_settlement", settlement, actor, reason=words, **dropped)
    return settlement


def add_penalty(contract: Contract, month: Month, terms: PenaltyTerms, *, actor: Actor) -> Penalty:
    """Deduct a penalty from a draft. Raises DomainError `wrong_state` or naming the field that is wrong."""
    with transaction.atomic():
        _row, settlement = locked_settlement(contract, month, _State.DRAFT)
        if terms.proposal is not None and terms.proposal not in {
            one.pk for one in proposed_penalties(contract, month)
        }:
            raise DomainError(
                "no_such_proposal",
                _("Nobody proposes this penalty any more: open the settlement again."),
                field="proposal",
            )
        penalty = Penalty(
            settlement=settlement,
            reason=terms.reason.strip(),
            basis=terms.basis.strip(),
            amount=terms.amount,
            proposal=terms.proposal,
            made_by_name=actor.label[:_NAME_LENGTH],
        )
        require_valid(penalty, exclude=["settlement", "made_by_name"])
        penalty.save()
        note("add_penalty", settlement, actor, amount=str(penalty.amount), basis=penalty.basis)
    return penalty


def remove_penalty(contract: Contract, month: Month, pk: UUID, *, actor: Actor) -> None:
    """Take a penalty out of a draft. Raises DomainError `wrong_state` and `gone` where somebody was quicker."""
    with transaction.atomic():
        _row, settlement = locked_settlement(contract, month, _State.DRAFT)
        penalty = settlement.penalties.filter(pk=pk).first()
        if penalty is None:
            raise gone()
        penalty.delete()
        note("remove_penalty", settlement, actor, amount=str(penalty.amount), basis=penalty.basis)


def gone() -> DomainError:
    """Somebody else removed it meanwhile."""
    return DomainError(
        "gone", _("Somebody else has removed this meanwhile. Open the page again."), field="pk"
    )


def refuse_reopening_settled(contract: Contract, month: Month) -> None:
    """A month whose settlement is offered or confirmed stays closed. Asked under its lock.

    Raises DomainError `month_settled`.
    """
    settlements = Settlement.objects.filter(contract=contract, month=month.first)
    if settlements.exclude(state=_State.DRAFT).exists():
        raise DomainError(
            "month_settled",
            _(
                "The settlement of this month is handed over for confirmation or confirmed: take it back first, then "
                "open the month again."
            ),
            field="state",
        )


def locked_settlement(contract: Contract, month: Month, *states: str) -> tuple[ContractMonth, Settlement]:
    """The accepted month and its settlement, made where there is none, both held until the transaction ends.

    Of the month after the contract's last one there is only the settlement; the row is not saved.
    Raises DomainError `month_not_accepted`, and `wrong_state` where the settlement is in none of the states.
    """
    lock_settlements(contract.pk)
    if is_closing(contract, month):
        row = ContractMonth(contract=contract, month=month.first)
        _require_all_accepted(contract)
    elif (row := lock_month(contract, month)).state not in (_Month.ACCEPTED, _Month.SETTLED):
        raise DomainError(
            "month_not_accepted",
            _("The month is not accepted: what is not accepted cannot be settled. Accept it first."),
            field="state",
            value=row.state,
        )
    settlement: Settlement = Settlement.objects.get_or_create(contract=contract, month=month.first)[0]
    if settlement.state not in states:
        raise DomainError(
            "wrong_state",
            format_lazy(
                _(
                    "The settlement is in the state “{state}”, perhaps because somebody was quicker: this cannot be "
                    "done in it. Open the page again."
                ),
                state=settlement.get_state_display(),
            ),
            field="state",
            value=settlement.state,
        )
    return row, settlement


def _require_all_accepted(contract: Contract) -> None:
    waiting = open_months(contract)
    if waiting:
        raise DomainError(
            "month_not_accepted",
            format_lazy(
                _(
                    "The settlement that closes a contract comes last, and {month} is not accepted: accept it first."
                ),
                month=f"{waiting[0].first:%m.%Y}",
            ),
            field="month",
            value=waiting[0],
        )


def _require_of_this_acceptance(row: ContractMonth, settlement: Settlement) -> None:
    if (settlement.figures or {}).get("snapshot_sha256", "") != row.snapshot_sha256:
        raise DomainError(
            "accepted_since",
            _(
                "The month was accepted after its settlement was confirmed, which does not hold its visits: take the "
                "settlement back and confirm it anew."
            ),
            field="state",
        )


def _require_invoices(settlement: Settlement, words: str) -> None:
    total = settlement.invoices.aggregate(total=Sum("amount"))["total"]
    if total is None and settlement.due == 0:
        # Nobody issues an invoice of nothing.
        return
    if total is None:
        raise DomainError(
            "invoice_missing",
            _("Under public procurement a month is settled by an invoice: enter it first."),
            field="invoice",
        )
    if total != settlement.due and not words:
        raise DomainError(
            "difference_unexplained",
            format_lazy(
                _("The invoices make {total}, and {due} are due: explain the difference, or correct them."),
                total=format_money(total),
                due=format_money(settlement.due),
            ),
            field="difference_note",
        )


def note(verb: str, settlement: Settlement, actor: Actor, **facts: Any) -> None:
    """The audit line of a verb on a settlement."""
    record(
        verb,
        actor=actor,
        subject_type="settlement",
        subject_id=settlement.pk,
        payload={"contract": settlement.contract_id, "month": settlement.month, **facts},
    )
