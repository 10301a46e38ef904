"""Which figures may be released: few persons and one provider's business are hidden, and what would give them away.

Pure: no Django, no database. The parts, each on the ones before it:

- `tables`: one population in one period as cells of place x service, with their sums; what counts as zero.
- `sensitive`: the primary rules, cell by cell.
- `network`: the equations of a table as a graph, in which a hidden cell is protected by closed ways of hidden cells.
- `remaining`: the hidden cells of a shown sum as one figure, which comes out by taking away what is shown.
- `protecting`: hides what the primary rules name, and of the others as few as keep it from being computed.
- `waves`: what may join figures that are released already, so that two versions tell nothing by their difference.

What is promised, for each cell that the primary rules name, against a reader who has every figure of every version,
knows that a hidden cell is not zero, and works with real numbers:

- persons: as many as the threshold of the cell stay possible, so he can say of no cell that few stand behind it. Parts
  that may tell of health have one of their own, and so have the wholes above them: a whole bounds its parts;
- minutes, money, counts: the interval that stays possible is at least half as wide as the figure itself;
- business also together: what is hidden in a shown sum is, as a sum, no figure that shows a business;
- all also against one insider: somebody who knows one tenant's cells, or a provider who knows its own part everywhere.
  Two insiders who put their figures together are not withstood.

Cells hidden only for the sake of others cannot be computed exactly, but may be narrowed; they are not secret in
themselves. A reader is told the same reason for both kinds: a reason of their own would tell that a cell is not small.
A total that is shown as zero tells that its parts are zero; zero is not hidden.
"""

from reporting.statistics.disclosure.protecting import Protection, coarser, protect
from reporting.statistics.disclosure.sensitive import Limits, Reason
from reporting.statistics.disclosure.tables import ALL_SERVICES, COUNTRY, Figures, Table, sum_up
from reporting.statistics.disclosure.waves import Wave, admit, may_replace, safe_corrections

__all__ = [
    "ALL_SERVICES",
    "COUNTRY",
    "Figures",
    "Limits",
    "Protection",
    "Reason",
    "Table",
    "Wave",
    "admit",
    "coarser",
    "may_replace",
    "protect",
    "safe_corrections",
    "sum_up",
]
