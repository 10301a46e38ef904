"""Routes of compliance: today and the months."""

from tests.architecture.entries import PERSONS, Entry, file_of, form_only, of

ROWS: dict[str, Entry] = {
    "today": of(),
    "compliance:months": of(),
    "compliance:contract_usage": of(contract_pk="contract"),
    "compliance:month": of(contract_pk="contract", month="month"),
    "compliance:month_pdf": file_of(PERSONS, contract_pk="contract", month="month"),
    "compliance:month_xlsx": file_of(PERSONS, contract_pk="contract", month="month"),
    "compliance:answer": form_only(contract_pk="contract", month="month"),
    "compliance:acknowledge": form_only(contract_pk="contract", month="month"),
    "compliance:withdraw": form_only(contract_pk="contract", month="month", pk="resolution"),
    "compliance:submit": of(contract_pk="contract", month="month"),
    "compliance:return": of(contract_pk="contract", month="month"),
    "compliance:accept": of(contract_pk="contract", month="month"),
    "compliance:reopen": of(contract_pk="contract", month="month"),
    "compliance:accept_months": of(month="month"),
    "compliance:month_points": of(month="month"),
    "compliance:bulk_acceptance": of(pk="bulk_acceptance"),
    "compliance:bulk_acceptance_progress": of(pk="bulk_acceptance"),
    "compliance:decision_month": of(decision_pk="decision", month="month"),
    "compliance:thresholds": of(),
}
