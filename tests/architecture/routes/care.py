"""Routes of care: persons and decisions."""

from tests.architecture.entries import ONE_PERSON, Entry, form_only, of

ROWS: dict[str, Entry] = {
    "care:search": of(),
    "care:persons": of(),
    "care:create_person": of(),
    "care:person": of(pk="person"),
    "care:edit_person": of(pk="person"),
    "care:edit_contact": of(pk="person"),
    "care:ask_readings": of(),
    "care:person_readings": of(pk="person"),
    "care:hand_out_readings": Entry({"pk": "person"}, status=405, file=ONE_PERSON),
    "care:reveal_pesel": form_only(pk="person"),
    "care:create_decision": of(person_pk="person"),
    "care:decisions": of(),
    "care:decision": of(pk="decision"),
    "care:amend_decision": of(pk="decision"),
    "care:correct_decision": of(pk="decision"),
    "care:revoke_decision": of(pk="decision"),
    "care:restore_decision": of(pk="decision"),
    "care:suspend_decision": of(pk="decision"),
    "care:change_suspension": of(decision_pk="decision", pk="suspension"),
    "care:lift_suspension": of(decision_pk="decision", pk="suspension"),
}
