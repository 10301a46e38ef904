"""Routes of field."""

from tests.architecture.entries import ONE_PERSON, PERSONS, Entry, file_of, form_only, of

ROWS: dict[str, Entry] = {
    "field:phone": of(),
    "field:manifest": of(),
    "field:service_worker": of(),
    "field:shift": of(),
    "field:sync": form_only(),
    "field:entries": of(),
    "field:confirm_carer": form_only(),
    "field:entry": of(pk="phone_entry"),
    "field:settle_own": form_only(pk="phone_entry"),
    "field:late_entries": of(),
    "field:late_entry": of(pk="late_phone_entry"),
    "field:observations": of(),
    "field:observation": of(pk="observation"),
    "field:cards": of(),
    "field:decision_card": file_of(ONE_PERSON, pk="decision", month="month"),
    "field:worker_cards": file_of(PERSONS, pk="worker", month="month"),
    "field:open_grid": of(pk="decision", month="month"),
}
