"""The verbs of the carer's phone: entries, their settlement, observations."""

from reporting.field.actions.confirming import confirm_carer
from reporting.field.actions.entries import Outcome, SentVisit, take_visit
from reporting.field.actions.observing import SentObservation, answer_observation, observe, read_observation
from reporting.field.actions.settling import Choice, add_entry_late, settle_entry

__all__ = [
    "Choice",
    "Outcome",
    "SentObservation",
    "SentVisit",
    "add_entry_late",
    "answer_observation",
    "confirm_carer",
    "observe",
    "read_observation",
    "settle_entry",
    "take_visit",
]
