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
    "open_months",
]
