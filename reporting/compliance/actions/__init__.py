"""Verbs on deviations (justify, acknowledge), on months of contracts (submit … accept) and on thresholds."""

from reporting.compliance.actions.closing import accept_month, reopen_month, return_month, submit_month
from reporting.compliance.actions.resolving import (
    acknowledge_deviations,
    acknowledge_notes,
    justify_deviations,
    withdraw_resolution,
)
from reporting.compliance.actions.thresholds import change_thresholds, thresholds_stamp
from reporting.compliance.actions.workflow import CLOSE

__all__ = [
    "CLOSE",
    "accept_month",
    "acknowledge_deviations",
    "acknowledge_notes",
    "change_thresholds",
    "justify_deviations",
    "reopen_month",
    "return_month",
    "submit_month",
    "thresholds_stamp",
    "withdraw_resolution",
]
