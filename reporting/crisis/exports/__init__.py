"""The case file on paper."""

from reporting.crisis.exports.case_file import case_file_pdf

__all__ = ["case_file_pdf"]
