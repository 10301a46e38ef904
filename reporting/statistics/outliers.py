"""Which of several figures stand far from the others, by the three methods that DHIS2 knows."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import fmean, median, pstdev, quantiles

# Standard deviations from the mean, from the median in units of the median deviation, and widths of the middle half.
Z_LIMIT = 3.0
MODIFIED_Z_LIMIT = 3.5
IQR_WIDTHS = 1.5
# Of fewer figures nothing is said: any of them would stand far from the rest.
FEWEST = 8

# Makes the median deviation of a normal distribution its standard deviation.
_NORMAL = 0.6745


def outliers(figures: Mapping[str, Decimal]) -> dict[str, tuple[str, ...]]:
    """The figures that at least one method marks, with the names of the methods: z, modified_z, iqr.

    Of fewer than 8 figures, or of figures that hardly differ, none is marked.
    """
    values = [float(value) for value in figures.values()]
    if len(values) < FEWEST:
        return {}
    middle, spread = median(values), pstdev(values)
    deviation = median(abs(value - middle) for value in values)
    low, high = _fences(values)
    found = {}
    for key, figure in figures.items():
        value = float(figure)
        methods = (
            ("z", spread > 0 and abs(value - fmean(values)) / spread > Z_LIMIT),
            ("modified_z", deviation > 0 and _NORMAL * abs(value - middle) / deviation > MODIFIED_Z_LIMIT),
            ("iqr", low < high and not low <= value <= high),
        )
        marked = tuple(name for name, is_marked in methods if is_marked)
        if marked:
            found[key] = marked
    return found


def _fences(values: Sequence[float]) -> tuple[float, float]:
    first, _middle, third = quantiles(values, n=4, method="inclusive")
    width = third - first
    return first - IQR_WIDTHS * width, third + IQR_WIDTHS * width
