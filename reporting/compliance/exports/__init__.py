"""A contract's month on paper and as a spreadsheet: one report, two forms, the same bytes for the same data."""

from reporting.compliance.exports.pdf import month_pdf
from reporting.compliance.exports.report import MonthReport, report_of
from reporting.compliance.exports.xlsx import month_xlsx

__all__ = ["MonthReport", "month_pdf", "month_xlsx", "report_of"]
