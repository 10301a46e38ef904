"""Verbs of continuity: on the radar, and on moving persons from one provider to another."""

from reporting.continuity.actions.calling import note_reached
from reporting.continuity.actions.issuing import drop_lines, issue_line
from reporting.continuity.actions.radar import RADAR_FIELDS, change_radar, check_silence, radar_stamp
from reporting.continuity.actions.reassigning import ask_reassignment, prepare_next

__all__ = [
    "RADAR_FIELDS",
    "ask_reassignment",
    "change_radar",
    "check_silence",
    "drop_lines",
    "issue_line",
    "note_reached",
    "prepare_next",
    "radar_stamp",
]
