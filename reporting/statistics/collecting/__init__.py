"""The tenant's own figures, collected inside the tenant: nothing here is asked by a region."""

from reporting.statistics.collecting.month import collect_month
from reporting.statistics.collecting.quarter import collect_quarter

__all__ = ["collect_month", "collect_quarter"]
