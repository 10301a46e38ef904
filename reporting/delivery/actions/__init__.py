"""The verbs of the diary: entries, the freeze of months, files."""

from reporting.delivery.actions.cells import Operation, Outcome, save_cells
from reporting.delivery.actions.freezing import freeze_month, thaw_month
from reporting.delivery.actions.visits import VisitContent

__all__ = [
    "Operation",
    "Outcome",
    "VisitContent",
    "freeze_month",
    "save_cells",
    "thaw_month",
]
