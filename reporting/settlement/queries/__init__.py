"""What the database knows of accepted lines, corrections and settlements."""

from reporting.settlement.queries.accepted import accepted_lines_in, accepted_lines_of
from reporting.settlement.queries.adjustments import adjusted_between, adjustments_of

__all__ = ["accepted_lines_in", "accepted_lines_of", "adjusted_between", "adjustments_of"]
