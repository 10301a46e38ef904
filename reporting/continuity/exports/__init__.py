"""The pack of a provider on paper and as a spreadsheet: the same lines, two forms."""

from reporting.continuity.exports.pdf import pack_pdf
from reporting.continuity.exports.xlsx import pack_xlsx

__all__ = ["pack_pdf", "pack_xlsx"]
