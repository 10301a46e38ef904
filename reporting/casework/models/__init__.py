"""What the unit keeps of its own work beside care: loads, time cards, programmes, and registers of what was done."""

from reporting.casework.models.loads import DAY_MINUTES, Caseload, IntakePlan, TimeEntry
from reporting.casework.models.programmes import NONE, Belonging, GroupForm, Programme, Result, Training
from reporting.casework.models.teams import StaffMeeting, Team, TeamMeeting

__all__ = [
    "DAY_MINUTES",
    "NONE",
    "Belonging",
    "Caseload",
    "GroupForm",
    "IntakePlan",
    "Programme",
    "Result",
    "StaffMeeting",
    "Team",
    "TeamMeeting",
    "TimeEntry",
    "Training",
]
