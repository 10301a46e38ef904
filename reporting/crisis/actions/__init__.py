"""The verbs of crisis intervention."""

from reporting.crisis.actions.cases import (
    CaseOpening,
    close_case,
    describe_case,
    name_worker,
    open_case,
    release_worker,
)
from reporting.crisis.actions.documents import revise_document, write_document
from reporting.crisis.actions.exporting import record_export
from reporting.crisis.actions.sessions import (
    SessionEntry,
    edit_session,
    record_session,
    refer,
    settle_referral,
)
from reporting.crisis.actions.terms import add_entry, add_terms, end_entry

__all__ = [
    "CaseOpening",
    "SessionEntry",
    "add_entry",
    "add_terms",
    "close_case",
    "describe_case",
    "edit_session",
    "end_entry",
    "name_worker",
    "open_case",
    "record_export",
    "record_session",
    "refer",
    "release_worker",
    "revise_document",
    "settle_referral",
    "write_document",
]
