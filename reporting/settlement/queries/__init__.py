"""What the database knows of accepted lines, corrections and settlements."""

from reporting.settlement.queries.accepted import accepted_lines_in, accepted_lines_of
from reporting.settlement.queries.adjustments import adjusted_between, adjustments_of
from reporting.settlement.queries.closing import (
    carriers_of,
    closing_is_draft,
    closing_month,
    is_closing,
    open_months,
)

__all__ = [
    "accepted_lines_in",
    "accepted_lines_of",
    "adjusted_between",
    "adjustments_of",
    "carriers_of",
    "closing_is_draft",
    "closing_month",
    "is_closing",
    "open_months",
]
