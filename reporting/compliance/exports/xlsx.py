"""The report of a month as a workbook: decisions, deviations, visits, the month; real numbers, dates, durations."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from documents.workbook import Column, Minutes, Rows, write_workbook
from kernel.cells import escape_cell
from reporting.compliance.exports.report import MonthReport


def month_xlsx(report: MonthReport) -> bytes:
    """The workbook in the active language; the same report gives the same bytes."""
    (name, value), *rest = report.head()
    return write_workbook(
        f"{report.contract.number} {report.month}",
        company=report.unit_name,
        made_for=report.month.first,
        sheets=[
            (_("Decisions"), *_decisions(report)),
            (_("Deviations"), *_deviations(report)),
            (_("Visits"), *_visits(report)),
            (_("About the month"), [(name, 16), (escape_cell(value), 80)], rest),
        ],
    )


def _decisions(report: MonthReport) -> tuple[list[Column], Rows]:
    columns = [
        (_("Decision"), 16),
        *([(_("Person"), 26)] if report.has_names else []),
        (_("granted, h"), 12),
        (_("delivered, h"), 12),
        (_("fulfilment, %"), 12),
        (_("Deviations"), 24),
    ]
    rows = [
        [
            line.number,
            *([line.person_name] if report.has_names else []),
            Minutes(line.granted_minutes),
            Minutes(line.delivered_minutes),
            line.percent,
            ", ".join(line.codes),
        ]
        for line in report.decisions
    ]
    return columns, rows


def _deviations(report: MonthReport) -> tuple[list[Column], Rows]:
    columns = [
        (_("Decision or contract"), 18),
        (_("Code"), 7),
        (_("Deviation"), 32),
        (_("Weight"), 16),
        (_("Date"), 12),
        (_("Visits, activities, minutes"), 46),
        (_("Difference, h"), 12),
        (_("Answer"), 50),
    ]
    rows = [
        [
            line.where,
            line.code,
            line.name,
            line.severity,
            line.day,
            line.about,
            None if line.minutes is None else Minutes(line.minutes),
            line.answer,
        ]
        for line in report.deviations
    ]
    return columns, rows


def _visits(report: MonthReport) -> tuple[list[Column], Rows]:
    columns = [
        (_("Decision"), 16),
        (_("Date"), 12),
        (_("Start"), 8),
        (pgettext("time of a visit", "End"), 8),
        (_("Length, h"), 10),
        (_("Worker's code"), 14),
        (_("Worker"), 24),
        (_("Activities"), 40),
        (_("State"), 16),
        (_("Entered on"), 12),
    ]
    rows = [
        [
            line.decision,
            line.day,
            line.start,
            line.end.time(),
            Minutes(line.minutes),
            line.worker,
            line.worker_name,
            line.activities,
            line.state,
            line.entered_on,
        ]
        for line in report.visits
    ]
    return columns, rows
