"""Routes of settlement."""

from tests.architecture.entries import OF_AN_ORGANISATION, ONE_PERSON, PERSONS, Entry, file_of, form_only, of

_MONTH = {"contract_pk": "contract", "month": "settled_month"}

ROWS: dict[str, Entry] = {
    "settlement:list": of(),
    "settlement:payments": of(),
    "settlement:payments_pdf": file_of(PERSONS, month="month"),
    "settlement:payments_xlsx": file_of(PERSONS, month="month"),
    "settlement:basis": of(decision_pk="decision"),
    "settlement:paid": of(contract_pk="contract"),
    "settlement:paid_invoice": of(contract_pk="contract"),
    "settlement:withdraw_paid_invoice": of(contract_pk="contract", pk="paid_invoice"),
    "settlement:tranches": of(contract_pk="contract"),
    "settlement:withdraw_tranche": of(contract_pk="contract", pk="tranche_payment"),
    "settlement:decision_ledger": of(decision_pk="decision"),
    "settlement:decision_ledger_xlsx": file_of(ONE_PERSON, decision_pk="decision"),
    "settlement:contract_ledger": of(contract_pk="contract"),
    "settlement:contract_forecast": of(contract_pk="contract"),
    "settlement:contract_ledger_xlsx": file_of(PERSONS, contract_pk="contract"),
    "settlement:invoice_file": file_of(OF_AN_ORGANISATION, pk="invoice"),
    "settlement:settlement": of(**_MONTH),
    "settlement:pdf": file_of(PERSONS, **_MONTH),
    "settlement:xlsx": file_of(PERSONS, **_MONTH),
    "settlement:visits": of(**_MONTH, decision_pk="decision"),
    "settlement:correct": of(**_MONTH, visit_pk="settled_visit"),
    "settlement:late_visit": of(**_MONTH),
    "settlement:withdraw": of(**_MONTH, pk="adjustment"),
    "settlement:penalty": of(**_MONTH),
    "settlement:remove_penalty": form_only(**_MONTH, pk="penalty"),
    "settlement:invoice": of(**_MONTH),
    "settlement:remove_invoice": form_only(**_MONTH, pk="invoice"),
    "settlement:offer": of(**_MONTH),
    "settlement:confirm": of(**_MONTH),
    "settlement:settle": of(**_MONTH),
    "settlement:take_back": of(**_MONTH),
}
