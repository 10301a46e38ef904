"""What the database knows of accepted lines, corrections and settlements."""

from reporting.settlement.queries.accepted import accepted_lines_in, accepted_lines_of
from reporting.settlement.queries.adjustments import adjusted_between, adjustments_of
from reporting.settlement.queries.closing import (
    begun_settlements,
    carriers_of,
    closing_corrections,
    closing_month,
    deductible_months,
    is_closing,
    open_months,
)
from reporting.settlement.queries.late import late_lines, late_visits_of, not_held_lines, visits_not_held

__all__ = [
    "accepted_lines_in",
    "accepted_lines_of",
    "adjusted_between",
    "adjustments_of",
    "begun_settlements",
    "carriers_of",
    "closing_corrections",
    "closing_month",
    "deductible_months",
    "is_closing",
    "late_lines",
    "late_visits_of",
    "not_held_lines",
    "open_months",
    "visits_not_held",
]
