"""Marks of figures that stand far from the others."""

from decimal import Decimal

import pytest

from reporting.statistics.outliers import outliers


def _named(*values: object) -> dict[str, Decimal]:
    return {str(number): Decimal(str(value)) for number, value in enumerate(values)}


def test_one_figure_far_from_eleven_is_marked_by_every_method() -> None:
    figures = _named(90, 91, 92, 89, 90, 93, 88, 91, 90, 92, 89, 20)
    assert outliers(figures) == {"11": ("z", "modified_z", "iqr")}


def test_a_figure_that_drags_mean_and_deviation_along_is_still_marked_by_the_robust_methods() -> None:
    assert outliers(_named(90, 91, 92, 89, 90, 93, 20, 21)) == {
        "6": ("modified_z", "iqr"),
        "7": ("modified_z", "iqr"),
    }


@pytest.mark.parametrize("values", [[90] * 12, [90, 10, 50], [*range(80, 92)], []])
def test_equal_few_or_evenly_spread_figures_are_not_marked(values: list[int]) -> None:
    assert outliers(_named(*values)) == {}
