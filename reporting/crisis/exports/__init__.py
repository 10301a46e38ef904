"""The case file on paper, and the figures as a workbook."""

from reporting.crisis.exports.case_file import case_file_pdf
from reporting.crisis.exports.figures import figures_xlsx

__all__ = ["case_file_pdf", "figures_xlsx"]
