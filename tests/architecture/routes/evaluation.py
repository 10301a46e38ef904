"""Routes of evaluation."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "evaluation:contracts": of(),
    "evaluation:settings": of(),
    "evaluation:contract": of(pk="contract"),
    "evaluation:contract_xlsx": of(pk="contract"),
    "evaluation:behind": of(pk="contract", month="evaluation_month", key="measured_key"),
    "evaluation:state_value": of(pk="contract", month="evaluation_month", key="stated_key"),
}
