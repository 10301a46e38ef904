"""A form field for months, chosen by name from a list grouped by year."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms

from kernel.periods import Month
from ui.formatting import format_month


class MonthField(forms.TypedChoiceField):
    """A month of those offered; its value in the address is `2026-10`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=Month.parse, empty_value=None, **kwargs)

    def offer(self, months: Iterable[Month]) -> None:
        """Let one of these be chosen."""
        years = groupby(sorted(set(months)), key=lambda month: month.year)
        self.choices = [
            (str(year), [(str(month), format_month(month.first)) for month in of_year])
            for year, of_year in years
        ]
