"""The commitments of a contract as a workbook: one row a commitment and month."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from documents.workbook import Column, write_workbook


def commitments_xlsx(number: str, unit_name: str, year: int, rows: Sequence[Sequence[object]]) -> bytes:
    """The workbook of one year of a contract in the active language; each row has a value for each column below."""
    columns: list[Column] = [
        (_("Commitment"), 44),
        (_("Month"), 12),
        (_("At least or at most"), 14),
        (_("Promised"), 12),
        (_("Delivered"), 12),
        (_("Unit"), 12),
        (_("Outcome"), 18),
        (_("Who stands behind it"), 28),
        (_("Computed from"), 34),
        (_("Why it is not measured"), 48),
        (_("Evidence"), 34),
        (_("Stated by"), 26),
    ]
    return write_workbook(
        f"{number} {year}",
        company=unit_name,
        made_for=date(year, 1, 1),
        sheets=[(_("Commitments"), columns, rows)],
    )
