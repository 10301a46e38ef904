"""Verbs on drafts, contracts, amendments, the staff they name, and workers."""

from contracting.contracts.actions.amendments import (
    Proposal,
    abandon_amendment,
    apply_due_amendments,
    propose_amendment,
    send_amendment_for_signature,
    sign_amendment,
)
from contracting.contracts.actions.contracts import (
    change_named_staff,
    contract_stamp,
    correct_number,
    create_contract,
    edit_contract,
    name_staff,
    named_stamp,
    remove_named_staff,
)
from contracting.contracts.actions.documents import bring_document, make_document
from contracting.contracts.actions.drafts import draft_contract, draft_stamp, edit_draft
from contracting.contracts.actions.importing import (
    ContractLine,
    WorkerLine,
    store_contracts,
    store_workers,
)
from contracting.contracts.actions.lines import CommitmentLine
from contracting.contracts.actions.linking import link_account, unlink_account
from contracting.contracts.actions.signing import (
    abandon_draft,
    resume_draft,
    send_for_signature,
    sign_draft,
    take_back,
)
from contracting.contracts.actions.templates import remove_template, store_template
from contracting.contracts.actions.workers import (
    add_qualification,
    change_qualification,
    create_worker,
    edit_worker,
    end_worker,
    qualification_stamp,
    reinstate_worker,
    remove_qualification,
    worker_stamp,
)

__all__ = [
    "CommitmentLine",
    "ContractLine",
    "Proposal",
    "WorkerLine",
    "abandon_amendment",
    "abandon_draft",
    "add_qualification",
    "apply_due_amendments",
    "bring_document",
    "change_named_staff",
    "change_qualification",
    "contract_stamp",
    "correct_number",
    "create_contract",
    "create_worker",
    "draft_contract",
    "draft_stamp",
    "edit_contract",
    "edit_draft",
    "edit_worker",
    "end_worker",
    "link_account",
    "make_document",
    "name_staff",
    "named_stamp",
    "propose_amendment",
    "qualification_stamp",
    "reinstate_worker",
    "remove_named_staff",
    "remove_qualification",
    "remove_template",
    "resume_draft",
    "send_amendment_for_signature",
    "send_for_signature",
    "sign_amendment",
    "sign_draft",
    "store_contracts",
    "store_template",
    "store_workers",
    "take_back",
    "unlink_account",
    "worker_stamp",
]
