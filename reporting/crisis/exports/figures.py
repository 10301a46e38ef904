"""The figures of crisis intervention as a workbook."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.workbook import Column, write_workbook
from kernel.tenancy import require_tenant
from reporting.crisis.figures import Figures, Line
from ui.formatting import format_month_short


def figures_xlsx(figures: Figures) -> bytes:
    """Three sheets: problems, institutions, sessions and cases; a column for each month."""
    return write_workbook(
        _("Figures of crisis intervention"),
        company=require_tenant().unit_name,
        made_for=figures.months[-1].last,
        sheets=[
            (_("Problems"), _columns(figures, _("Problem")), _rows(figures.categories)),
            (_("Institutions"), _columns(figures, _("Institution")), _rows(figures.institutions)),
            (
                _("Cases and sessions"),
                [
                    (_("Month"), 12),
                    (_("cases opened"), 12),
                    (_("sessions done"), 12),
                    (pgettext("sessions", "missed"), 12),
                    (pgettext("sessions", "cancelled"), 12),
                    (_("missed, %"), 12),
                ],
                [
                    [
                        format_month_short(month),
                        cases,
                        done,
                        missed,
                        cancelled,
                        None if percent is None else float(percent),
                    ]
                    for month, cases, done, missed, cancelled, percent in zip(
                        figures.months,
                        figures.cases,
                        figures.done,
                        figures.no_show,
                        figures.cancelled,
                        figures.no_show_by_month,
                        strict=True,
                    )
                ],
            ),
        ],
    )


def _columns(figures: Figures, name: str) -> list[Column]:
    return [(name, 40), *((format_month_short(month), 10) for month in figures.months), (_("Together"), 10)]


def _rows(lines: list[Line]) -> list[list[object]]:
    return [[line.name, *line.values, line.total] for line in lines]
