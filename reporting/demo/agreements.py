"""The demo's contracts from a decided call: one signed with its commitments, the next waiting for signatures."""

from datetime import date

from accounts.models import User
from contracting.contracts.actions import (
    draft_contract,
    edit_draft,
    make_document,
    send_for_signature,
    sign_draft,
)
from contracting.contracts.actions.drafts import terms_of
from contracting.contracts.actions.lines import commitment_lines, tranche_lines
from contracting.contracts.models import ContractDraft
from contracting.contracts.queries import awards_without_contract
from contracting.tenders.models import Call
from kernel.access import Actor
from tenants.access import actor_of
from tenants.roles import Role

_FUNCTIONS = {"unit": "dyrektor jednostki", "organisation": "prezes zarządu"}


def add_contracts(call: Call, members: dict[str, User], today: date) -> None:
    """Draft a contract for every award of the call; the first is signed by both sides, the second by neither.

    Later awards keep waiting, so that one can try drafting.
    """
    director = actor_of(members[Role.DIRECTOR])
    awards = [award for award in awards_without_contract() if award.offer.call_id == call.pk]
    for place, award in enumerate(awards[:2], start=1):
        draft = draft_contract(award, actor=director)
        number = f"OPS/{place}/{draft.valid_from.year}"
        draft = make_document(_numbered(draft, number, director), template=None, actor=director)
        draft = send_for_signature(draft, actor=director)
        if place == 1:
            for side, function in _FUNCTIONS.items():
                sign_draft(
                    draft, side=side, function=function, signed_on=today, form="qualified", actor=director
                )


def _numbered(draft: ContractDraft, number: str, director: Actor) -> ContractDraft:
    return edit_draft(
        draft,
        terms={**terms_of(draft), "number": number},
        tranches=tranche_lines(draft),
        commitments=commitment_lines(draft),
        actor=director,
    )
