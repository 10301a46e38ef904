"""Routes of contracts: contracts and workers."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "contracts:list": of(),
    "contracts:create_contract": of(),
    "contracts:workers": of(),
    "contracts:create_worker": of(),
    "contracts:worker": of(pk="worker"),
    "contracts:edit_worker": of(pk="worker"),
    "contracts:end_worker": of(pk="worker"),
    "contracts:reinstate_worker": of(pk="worker"),
    "contracts:link_account": of(pk="worker"),
    "contracts:unlink_account": of(pk="worker"),
    "contracts:add_qualification": of(pk="worker"),
    "contracts:change_qualification": of(worker_pk="worker", pk="qualification"),
    "contracts:remove_qualification": of(worker_pk="worker", pk="qualification"),
    "contracts:contract": of(pk="contract"),
    "contracts:edit_contract": of(pk="contract"),
    "contracts:name_staff": of(pk="contract"),
    "contracts:change_named_staff": of(contract_pk="contract", pk="named_staff"),
    "contracts:remove_named_staff": of(contract_pk="contract", pk="named_staff"),
}
