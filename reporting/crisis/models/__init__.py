"""Data of crisis intervention: the tenant's standard, cases with their cards and sessions, shelter, duty."""

from reporting.crisis.models.cases import CaseEntry, CaseWorker, ContactCorrection, CrisisCase, Reopening
from reporting.crisis.models.documents import CrisisDocument
from reporting.crisis.models.duty import Debriefing, Duty, TeamMeeting
from reporting.crisis.models.points import ContactPoint, OpeningHours
from reporting.crisis.models.sessions import Referral, Session
from reporting.crisis.models.shelter import ShelterPlace, ShelterStay
from reporting.crisis.models.terms import TERM_FIELDS, DictionaryEntry, StandardTerms

__all__ = [
    "TERM_FIELDS",
    "CaseEntry",
    "CaseWorker",
    "ContactCorrection",
    "ContactPoint",
    "CrisisCase",
    "CrisisDocument",
    "Debriefing",
    "DictionaryEntry",
    "Duty",
    "OpeningHours",
    "Referral",
    "Reopening",
    "Session",
    "ShelterPlace",
    "ShelterStay",
    "StandardTerms",
    "TeamMeeting",
]
