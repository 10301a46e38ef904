"""Tables of released figures as files: XLSX, CSV, PDF."""

from reporting.statistics.exports.files import FORMATS, file_of

__all__ = ["FORMATS", "file_of"]
