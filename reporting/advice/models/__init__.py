"""Advice: appointments with their cards, notes, slots of advisers, requests, reminders, files."""

from reporting.advice.models.appointments import Appointment, Move, Referral, Reminder
from reporting.advice.models.files import AdviceFile
from reporting.advice.models.notes import Note, NoteDeputy
from reporting.advice.models.slots import Availability, Slot
from reporting.advice.models.terms import Terms, Topic
from reporting.advice.models.waiting import Request

__all__ = [
    "AdviceFile",
    "Appointment",
    "Availability",
    "Move",
    "Note",
    "NoteDeputy",
    "Referral",
    "Reminder",
    "Request",
    "Slot",
    "Terms",
    "Topic",
]
