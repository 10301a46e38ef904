"""Who may sign in as a worker, which awards have no contract yet, and which contracts both sides signed here."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from contracting.contracts.models import Contract, ContractAmendment, ContractDraft, Worker
from contracting.tenders.models import Award
from kernel.tenancy import require_tenant
from tenants.models import Membership
from tenants.roles import Role


def carers_beside(worker: Worker) -> Any:
    """Current members with the role of a carer in the worker's organisation and the tenant at hand."""
    return Membership.objects.current().filter(
        tenant_id=require_tenant().pk, organisation_id=worker.organisation_id, role=Role.WORKER
    )


def free_carers_beside(worker: Worker) -> Any:
    """Those of them whose account no other worker of the organisation has."""
    taken = Worker.objects.filter(organisation_id=worker.organisation_id, user_id__isnull=False)
    return carers_beside(worker).exclude(user_id__in=taken.exclude(pk=worker.pk).values("user_id"))


def awards_without_contract() -> Any:
    """Awards of decided calls that grant money and for which no contract was drafted, oldest first."""
    return (
        Award.objects.filter(
            decision=Award.Outcome.GRANTED,
            contract_draft__isnull=True,
            offer__call__decided_at__isnull=False,
            offer__call__annulled_at__isnull=True,
        )
        .select_related("offer__organisation", "offer__call", "lot")
        .order_by("decided_at")
    )


def signed_here() -> Any:
    """Contracts whose text stands in a draft or an amendment kept here: their terms change by an amendment only.

    An amendment that was given up says nothing of the contract.
    """
    drafts = ContractDraft.objects.filter(contract=OuterRef("pk"))
    amendments = ContractAmendment.objects.filter(contract=OuterRef("pk")).exclude(
        state=ContractAmendment.State.ABANDONED
    )
    return Contract.objects.filter(Q(Exists(drafts)) | Q(Exists(amendments)))
