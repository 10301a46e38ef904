"""The verbs of crisis intervention."""

from reporting.crisis.actions.asking import note_asking
from reporting.crisis.actions.cases import (
    CaseOpening,
    close_case,
    describe_case,
    name_worker,
    open_case,
    release_worker,
)
from reporting.crisis.actions.correcting import correct_contact
from reporting.crisis.actions.documents import revise_document, write_document
from reporting.crisis.actions.duty import (
    DutyEntry,
    MeetingEntry,
    add_duty,
    copy_week,
    hold_debriefing,
    record_meeting,
    remove_duty,
)
from reporting.crisis.actions.exporting import record_export
from reporting.crisis.actions.points import (
    add_hours,
    add_point,
    change_point,
    end_hours,
    point_stamp,
)
from reporting.crisis.actions.reopening import reopen_case
from reporting.crisis.actions.sessions import (
    SessionEntry,
    edit_session,
    record_session,
    refer,
    settle_referral,
)
from reporting.crisis.actions.shelter import add_place, begin_stay, change_stay, end_place, end_stay
from reporting.crisis.actions.terms import add_entry, add_terms, end_entry

__all__ = [
    "CaseOpening",
    "DutyEntry",
    "MeetingEntry",
    "SessionEntry",
    "add_duty",
    "add_entry",
    "add_hours",
    "add_place",
    "add_point",
    "add_terms",
    "begin_stay",
    "change_point",
    "change_stay",
    "close_case",
    "copy_week",
    "correct_contact",
    "describe_case",
    "edit_session",
    "end_entry",
    "end_hours",
    "end_place",
    "end_stay",
    "hold_debriefing",
    "name_worker",
    "note_asking",
    "open_case",
    "point_stamp",
    "record_export",
    "record_meeting",
    "record_session",
    "refer",
    "release_worker",
    "remove_duty",
    "reopen_case",
    "revise_document",
    "settle_referral",
    "write_document",
]
