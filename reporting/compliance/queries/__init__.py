"""Reading what a month is compared from: above models and rules, below permissions; nothing here writes.

`compare_month` is all that others need.
"""

from reporting.compliance.queries.comparison import compare_month, thresholds_at_hand
from reporting.compliance.queries.moment import one_moment

__all__ = ["compare_month", "one_moment", "thresholds_at_hand"]
