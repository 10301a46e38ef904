"""Awards, drafts of contracts, amendments and templates in the tenant at hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from contracting.contracts import actions
from contracting.contracts.models import Contract, ContractAmendment, ContractDraft, ContractTemplate
from contracting.contracts.papers import DEFAULT_TEMPLATE, MEDIA_TYPE
from contracting.tenders.models import Award, Call, Lot
from documents.actions import store_file
from kernel.access import Actor
from kernel.ids import new_id
from tenants.models import Organisation
from tests.factories.tenders import make_call, opened_offer

ACTOR = Actor.system("tests")


def granted_award(
    organisation: Organisation, *, number: str = "K/1/2026", amount: str = "90000.00", **offer: Any
) -> Award:
    """The award of an organisation's offer in a call that is decided: granted, with the amount (PLN)."""
    call = make_call(number=number, state=Call.State.DECIDED, decided_at=timezone.now())
    made = opened_offer(call, organisation, **offer)
    award: Award = Award.objects.create(
        offer=made,
        lot=Lot.objects.get(call=call),
        points=Decimal("88.50"),
        rank=1,
        opinion=Award.Outcome.GRANTED,
        opinion_amount=Decimal(amount),
        decision=Award.Outcome.GRANTED,
        amount=Decimal(amount),
        decided_at=timezone.now(),
        decided_by=new_id(),
    )
    return award


def sent_for_signature(draft: ContractDraft, number: str) -> ContractDraft:
    """The draft with this number and a paper of the platform's template, as it waits for the signatures."""
    draft.number = number
    draft.save()
    draft = actions.make_document(draft, template=None, actor=ACTOR)
    draft.state = draft.State.FOR_SIGNATURE
    draft.save()
    return draft


def make_template(name: str = "Wzór gminy") -> ContractTemplate:
    """The platform's template, kept under a name of the tenant's own."""
    stored = store_file(
        DEFAULT_TEMPLATE.read_bytes(),
        name="wzor.docx",
        content_type=MEDIA_TYPE,
        folder="contract-templates",
        actor=ACTOR,
    )
    template: ContractTemplate = ContractTemplate.objects.create(name=name, stored=stored)
    return template


def agreements(contract: Contract, mark: str, today: date) -> dict[str, Any]:
    """One of every kind that an address can name, for the world of routes: the draft waits for signatures."""
    waiting = granted_award(contract.organisation, number=f"K/{new_id().hex[-8:]}/1")
    draft = actions.draft_contract(
        granted_award(contract.organisation, number=f"K/{new_id().hex[-8:]}/2"), actor=ACTOR
    )
    draft = sent_for_signature(draft, f"U/{mark}/2")
    template = ContractTemplate.objects.first() or make_template()
    amendment = ContractAmendment.objects.create(
        contract=contract,
        number=1,
        state=ContractAmendment.State.FOR_SIGNATURE,
        reason="Więcej osób",
        effective_on=today,
        changes={"price_per_hour": ["41.50", "43.00"]},
    )
    return {
        "award": waiting,
        "decided_call": waiting.offer.call,
        "contract_draft": draft,
        "contract_template": template,
        "contract_amendment": amendment,
    }
