"""The verbs of the carer's phone: entries, their settlement, observations."""

from reporting.field.actions.entries import Outcome, SentVisit, take_visit
from reporting.field.actions.observing import SentObservation, answer_observation, observe, read_observation
from reporting.field.actions.settling import Choice, settle_entry

__all__ = [
    "Choice",
    "Outcome",
    "SentObservation",
    "SentVisit",
    "answer_observation",
    "observe",
    "read_observation",
    "settle_entry",
    "take_visit",
]
