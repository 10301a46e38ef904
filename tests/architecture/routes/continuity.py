"""Routes of continuity."""

from tests.architecture.entries import PERSONS, Entry, file_of, of

ROWS: dict[str, Entry] = {
    "continuity:radar": of(),
    "continuity:settings": of(),
    "continuity:check": of(decision_pk="decision"),
    "continuity:providers": of(),
    "continuity:contract_pack": of(contract_pk="contract"),
    "continuity:contract_pack_xlsx": file_of(PERSONS, contract_pk="contract"),
    "continuity:contract_pack_pdf": file_of(PERSONS, contract_pk="contract"),
    "continuity:note_reached": of(contract_pk="contract", person_pk="person"),
    "continuity:reassign": of(contract_pk="contract"),
    "continuity:organisation_pack": of(organisation_pk="organisation"),
    "continuity:organisation_pack_xlsx": file_of(PERSONS, organisation_pk="organisation"),
    "continuity:organisation_pack_pdf": file_of(PERSONS, organisation_pk="organisation"),
    "continuity:reassignment": of(pk="reassignment"),
    "continuity:issue": of(pk="reassignment"),
    "continuity:reassignment_progress": of(pk="reassignment"),
}
