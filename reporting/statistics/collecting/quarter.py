"""The figures of a quarter: of advice, crisis intervention, calls, the unit's own work and programmes."""

from reporting.statistics.batches.figures import Collected
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.collecting import advice, casework, crisis, results, tenders


def collect_quarter(quarter: Quarter) -> Collected:
    """Everything that the tenant at hand has to tell of a quarter; a constant number of queries.

    A register that the tenant has never used tells nothing, which is not the same as a zero.
    """
    return Collected(
        (
            *advice.figures(quarter),
            *crisis.figures(quarter),
            *crisis.refused_referrals(quarter),
            *tenders.figures(quarter),
            *casework.figures(quarter),
            *results.figures(quarter),
        )
    )
