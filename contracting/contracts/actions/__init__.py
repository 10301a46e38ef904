"""Verbs on contracts, the staff they name, and workers."""

from contracting.contracts.actions.contracts import (
    change_named_staff,
    contract_stamp,
    create_contract,
    edit_contract,
    name_staff,
    remove_named_staff,
)
from contracting.contracts.actions.importing import (
    ContractLine,
    WorkerLine,
    store_contracts,
    store_workers,
)
from contracting.contracts.actions.linking import link_account, unlink_account
from contracting.contracts.actions.workers import (
    add_qualification,
    change_qualification,
    create_worker,
    edit_worker,
    end_worker,
    reinstate_worker,
    remove_qualification,
    worker_stamp,
)

__all__ = [
    "ContractLine",
    "WorkerLine",
    "add_qualification",
    "change_named_staff",
    "change_qualification",
    "contract_stamp",
    "create_contract",
    "create_worker",
    "edit_contract",
    "edit_worker",
    "end_worker",
    "link_account",
    "name_staff",
    "reinstate_worker",
    "remove_named_staff",
    "remove_qualification",
    "store_contracts",
    "store_workers",
    "unlink_account",
    "worker_stamp",
]
