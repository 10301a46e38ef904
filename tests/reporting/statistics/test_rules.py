"""Few persons are hidden, zero is not, and what is hidden cannot be computed from what is shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.statistics.rules import Cell, protect, total_of


def _cell(key: str, persons: int) -> Cell:
    return Cell(key, key, persons, persons * 600, persons * 540)


def test_fulfilment_has_one_decimal_rounded_half_up_and_is_undefined_without_a_grant() -> None:
    assert Cell("a", "", 7, 2000, 1909).fulfilment == Decimal("95.5")
    assert Cell("a", "", 7, 0, 120).fulfilment is None


@pytest.mark.parametrize(("persons", "reason"), [(0, ""), (1, "few"), (4, "few"), (5, ""), (6, "")])
def test_threshold_of_five(persons: int, reason: str) -> None:
    table = protect([_cell("a", persons), _cell("b", 50), _cell("c", 60)], 5)
    assert table.cells[0].hidden == reason


def test_a_single_hidden_cell_takes_the_smallest_shown_one_with_it() -> None:
    table = protect([_cell("a", 3), _cell("b", 50), _cell("c", 20)], 5)
    assert [cell.hidden for cell in table.cells] == ["few", "", "protects"]
    assert table.total.hidden == ""


def test_where_no_other_cell_is_left_the_total_is_hidden() -> None:
    table = protect([_cell("a", 3), _cell("b", 0)], 5)
    assert table.cells[0].hidden == "few"
    assert table.total.hidden


def test_an_empty_table_is_shown_as_zero() -> None:
    assert protect([], 5).total == Cell("total", "", 0, 0, 0)


@given(st.lists(st.integers(0, 30), max_size=8), st.integers(2, 10))
def test_no_small_figure_can_be_computed_from_what_is_shown(persons: list[int], threshold: int) -> None:
    cells = [_cell(str(number), count) for number, count in enumerate(persons)]
    table = protect(cells, threshold)
    hidden = [cell for cell in table.cells if cell.hidden]
    assert all(not 0 < cell.persons < threshold for cell in table.cells if not cell.hidden)
    if table.total.hidden or not hidden:
        return
    # The best that a reader can do: the total less all that is shown.
    left = total_of(hidden).persons
    assert len(hidden) >= 2
    assert left >= threshold
