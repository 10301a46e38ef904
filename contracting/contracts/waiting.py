"""What waits for a person between the need and the contract, for their start page."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from contracting.commissioning.waiting import Wait, money_waiting, steps_waiting
from contracting.contracts.models import Contract, ContractDraft, Signature
from contracting.contracts.permissions import EDIT_CONTRACTS, READ_CONTRACTS, SIGN_CONTRACTS
from contracting.contracts.queries import awards_without_contract
from contracting.contracts.warnings import warnings_of
from contracting.tenders.clock import database_now
from contracting.tenders.models import Award
from contracting.tenders.permissions import DECIDE_CALLS, SUBMIT_OFFERS
from contracting.tenders.waiting import calls_waiting
from kernel.access import Access
from tenants.addresses import tenant_url
from ui.formatting import format_money


def waiting_for(access: Access, today: date) -> list[Wait]:
    """Steps, calls, offers and contracts that wait for the person, in a constant number of queries."""
    return [
        *calls_waiting(access, database_now()),
        *_contracts(access),
        *_threats(access, today),
        *steps_waiting(access, today),
        *money_waiting(access, today),
    ]


def _threats(access: Access, today: date) -> Iterator[Wait]:
    """Contracts in force that end soon, or whose money runs out before them; two queries.

    How long the hours of a cap last stands on the start page already, with the figures of the diary.
    """
    if not access.may(EDIT_CONTRACTS):
        return
    contracts = list(Contract.objects.visible_to(access).valid_on(today).select_related("organisation"))
    threats = warnings_of(contracts, today=today, with_hours=False)
    for contract in contracts:
        for sentence in threats.get(contract.pk, []):
            yield Wait(
                "warn",
                str(sentence),
                f"{contract.number} · {contract.organisation}",
                tenant_url("contracts:contract", contract.pk),
                _("See the contract"),
            )


def _contracts(access: Access) -> Iterator[Wait]:
    if access.may(EDIT_CONTRACTS):
        for award in awards_without_contract():
            yield Wait(
                "must",
                _("An award waits for its contract"),
                f"{award.offer.organisation} · {format_money(award.amount)} · {award.offer.call}",
                tenant_url("contracts:start_draft", award.pk),
                _("Draft the contract"),
            )
    if access.may(DECIDE_CALLS):
        ended = ContractDraft.objects.filter(
            state=ContractDraft.State.ABANDONED, award__decision=Award.Outcome.GRANTED
        )
        for draft in ended.select_related("award__offer__organisation", "award__offer__call"):
            yield Wait(
                "warn",
                _("A contract was given up, and its grant still stands"),
                f"{draft.award.offer.organisation} · {format_money(draft.award.amount)} · {draft.award.offer.call}",
                tenant_url("committee:give_up", draft.award_id),
                _("Record who stepped back"),
            )
    if not access.sees_all_organisations and access.may(READ_CONTRACTS):
        yield from _to_sign(access)
    if access.may(SIGN_CONTRACTS):
        drafts = ContractDraft.objects.filter(state=ContractDraft.State.FOR_SIGNATURE)
        for draft in drafts.select_related("award__offer__organisation"):
            yield Wait(
                "must",
                _("Contract %(number)s waits for signatures") % {"number": draft.number},
                f"{draft.award.offer.organisation} · {format_money(draft.amount)}",
                tenant_url("contracts:draft", draft.pk),
                _("Register the signatures"),
            )


def _to_sign(access: Access) -> Iterator[Wait]:
    """Contracts that one's organisation has not signed yet; its manager signs, its coordinator is told; one query."""
    signed = Signature.objects.filter(draft=OuterRef("pk"), side=Signature.Side.ORGANISATION)
    drafts = ContractDraft.objects.visible_to(access).filter(
        ~Exists(signed), state=ContractDraft.State.FOR_SIGNATURE
    )
    for draft in drafts.select_related("award__offer__organisation"):
        yield Wait(
            "must",
            _("Contract %(number)s waits for the signature of your organisation") % {"number": draft.number},
            f"{draft.award.offer.organisation} · {format_money(draft.amount)}",
            tenant_url("contracts:draft", draft.pk),
            _("Read the contract"),
            is_mine=access.may(SUBMIT_OFFERS),
        )
