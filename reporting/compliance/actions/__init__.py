"""Verbs on deviations (justify, refuse, acknowledge), on months (submit … accept, one or many) and on thresholds."""

from reporting.compliance.actions.accepting import ask_bulk_acceptance, handed_in, open_points
from reporting.compliance.actions.closing import (
    LineToReturn,
    accept_month,
    accept_months,
    reopen_month,
    return_month,
    submit_month,
)
from reporting.compliance.actions.resolving import (
    acknowledge_deviations,
    acknowledge_notes,
    justify_deviations,
    refuse_deviations,
    withdraw_resolution,
)
from reporting.compliance.actions.thresholds import change_thresholds, thresholds_stamp
from reporting.compliance.actions.workflow import CLOSE

__all__ = [
    "CLOSE",
    "LineToReturn",
    "accept_month",
    "accept_months",
    "acknowledge_deviations",
    "acknowledge_notes",
    "ask_bulk_acceptance",
    "change_thresholds",
    "handed_in",
    "justify_deviations",
    "open_points",
    "refuse_deviations",
    "reopen_month",
    "return_month",
    "submit_month",
    "thresholds_stamp",
    "withdraw_resolution",
]
