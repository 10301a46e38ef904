"""Routes of evaluation."""

from tests.architecture.entries import FIGURES, Entry, file_of, of

ROWS: dict[str, Entry] = {
    "evaluation:contracts": of(),
    "evaluation:settings": of(),
    "evaluation:contract": of(pk="contract"),
    "evaluation:contract_xlsx": file_of(FIGURES, pk="contract"),
    "evaluation:behind": of(pk="contract", month="evaluation_month", key="measured_key"),
    "evaluation:state_value": of(pk="contract", month="evaluation_month", key="stated_key"),
    "evaluation:confirm_value": of(pk="contract", month="evaluation_month", key="stated_key"),
    "evaluation:service": of(pk="service"),
    "evaluation:cycle": of(pk="cycle"),
    "evaluation:plan": of(pk="cycle"),
    "evaluation:add_outcome": of(pk="cycle"),
    "evaluation:edit_outcome": of(pk="outcome"),
    "evaluation:remove_outcome": of(pk="outcome"),
    "evaluation:kinds": of(),
    "evaluation:add_kind": of(),
    "evaluation:edit_kind": of(pk="outcome_kind"),
    "evaluation:retire_kind": of(pk="outcome_kind"),
    "evaluation:restore_kind": of(pk="outcome_kind"),
    "evaluation:remove_kind": of(pk="outcome_kind"),
    "evaluation:evaluation": of(pk="evaluation"),
    "evaluation:edit": of(pk="evaluation"),
    "evaluation:take_result": of(pk="evaluation"),
    "evaluation:drop_result": of(pk="taken_result"),
    "evaluation:finish": of(pk="evaluation"),
    "evaluation:reopen": of(pk="finished_evaluation"),
    "evaluation:remove": of(pk="evaluation"),
    "evaluation:pdf": file_of(FIGURES, pk="evaluation"),
}
