"""Verbs on persons and decisions."""

from reporting.care.actions.contacts import change_contact, contact_stamp
from reporting.care.actions.decisions import (
    amend_decision,
    correct_decision,
    create_decision,
    decision_stamp,
    restore_decision,
    revoke_decision,
)
from reporting.care.actions.entries import DecisionEntry, clash_in_plan
from reporting.care.actions.importing import Imported, import_care
from reporting.care.actions.persons import (
    PersonEntry,
    create_person,
    edit_person,
    note_readings_told,
    person_stamp,
    pesel_ending,
    reveal_pesel,
)
from reporting.care.actions.suspensions import change_suspension, lift_suspension, suspend_decision

__all__ = [
    "DecisionEntry",
    "Imported",
    "PersonEntry",
    "amend_decision",
    "change_contact",
    "change_suspension",
    "clash_in_plan",
    "contact_stamp",
    "correct_decision",
    "create_decision",
    "create_person",
    "decision_stamp",
    "edit_person",
    "import_care",
    "lift_suspension",
    "note_readings_told",
    "person_stamp",
    "pesel_ending",
    "restore_decision",
    "reveal_pesel",
    "revoke_decision",
    "suspend_decision",
]
