"""The verbs of the diary: entries, the freeze of months, files."""

from reporting.delivery.actions.cells import Operation, Outcome, save_cells
from reporting.delivery.actions.freezing import freeze_month, thaw_month
from reporting.delivery.actions.visits import VisitContent, change_visit, record_visit, remove_visit

__all__ = [
    "Operation",
    "Outcome",
    "VisitContent",
    "change_visit",
    "freeze_month",
    "record_visit",
    "remove_visit",
    "save_cells",
    "thaw_month",
]
