"""Why a file or one of its cells was refused: stable codes, and sentences with the remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError, Problem, Sentence

SHOWN_CHARACTERS = 80

# The file as a whole. Braces are filled from `value`, `column`, `row` and the details of the refusal.
FILE_REASONS = {
    "empty_file": _("The file is empty. Save the diary with a header and its visits, and choose it again."),
    "too_large": _(
        "The file has {size} MB and at most {limit} MB can be read. Split it by month or contract and "
        "import the parts."
    ),
    "too_many_rows": _(
        "The file has {count} rows below the header and at most {limit} can be read. Split it by month or"
        " contract and import the parts."
    ),
    "unpacks_too_large": _(
        "Unpacked, the file is larger than {limit} MB. Keep only the sheet with the visits, or split it "
        "by month or contract and import the parts."
    ),
    "too_wide": _(
        "Cell {address} lies far to the right of the diary. Delete everything beside the columns of the "
        "diary and save the file again."
    ),
    "too_many_formulas": _(
        "More than {limit} cells of the sheet are formulas, and computed values are not what was signed. "
        "Copy the sheet, paste it as values and save the file again."
    ),
    "not_a_table": _(
        "The file is not a table. Save the diary as “CSV UTF-8”, XLSX or ODS in your spreadsheet and "
        "choose that file."
    ),
    "renamed_archive": _(
        "The file is a ZIP archive, not a spreadsheet, whatever its name says. Unpack it and choose the "
        "CSV, XLSX or ODS file inside."
    ),
    "broken_workbook": _(
        "The spreadsheet is damaged and cannot be read. Open it in your spreadsheet program, save it "
        "again as XLSX or as “CSV UTF-8”, and choose the new file."
    ),
    "encrypted": _(
        "The file is protected by a password. Save it without the password (File, Info, Protect) and "
        "choose the new file."
    ),
    "old_format": _(
        "This format of spreadsheets (XLS, XLSB) cannot be read. Save the file as XLSX or as “CSV UTF-8” "
        "and choose that one."
    ),
    "macros": _(
        "The file contains macros, and such files are not accepted. Save it as XLSX, without macros, and "
        "choose the new file."
    ),
    "no_sheet": _(
        "The first sheet of the file is not a table of cells. Move the sheet with the visits to the first"
        " place and save again."
    ),
    "not_utf8": _(
        "Row {row} is not written in UTF-8, so Polish letters would be lost; the file is probably in the "
        "older Windows-1250. In the spreadsheet choose “Save as” and the type “CSV UTF-8”, and choose the"
        " new file."
    ),
    "utf16": _(
        "The text is written in UTF-16 (“Unicode text”). In the spreadsheet choose “Save as” and the type"
        " “CSV UTF-8”, and choose the new file."
    ),
    "nul_bytes": _(
        "Row {row} contains characters that no text has (NUL), so the file is damaged or is not a table. "
        "Save the diary again as “CSV UTF-8” or XLSX."
    ),
    "broken_quotes": _(
        "The quotation marks of row {row} do not match. A cell in quotation marks needs one at each end, "
        "and a quotation mark inside it is written twice. Saving the file again in a spreadsheet corrects"
        " this."
    ),
    "cell_too_large": _(
        "A cell of row {row} holds more text than a whole page. Shorten it and save the file again."
    ),
    "separator": _(
        "The columns of the file are separated by something other than a semicolon or a comma. Save it as"
        " “CSV UTF-8”."
    ),
    "no_header": _(
        "The first row is empty. The header must stand in the first row: delete the rows above it."
    ),
    "duplicated_header": _(
        "The header names column “{value}” more than once. Keep one of these columns and delete the others."
    ),
    "unknown_column": _(
        "The header names column “{value}”, which the diary does not have. Delete or rename it; the "
        "columns are: {known}."
    ),
    "missing_column": _(
        "The header lacks column “{column}”. Add it, also when you leave the other columns as they are."
    ),
    "formula_in_header": _("Cell {address} of the header is a formula. Type the name of the column instead."),
}

# One cell, or one row.
ROW_REASONS = {
    "formula": _(
        "Cell {address} is a formula, and a computed value is not what was signed. Replace it by its "
        "value (copy, paste as values)."
    ),
    "missing_value": _("The cell is empty. Fill in column “{column}”."),
    "extra_cells": _(
        "The row has content beside the columns of the header. Delete it, or put text that holds the "
        "separator into quotation marks."
    ),
    "text_too_long": _("The text has {length} characters and at most {limit} fit. Shorten it."),
    "control_characters": _("The text contains invisible control characters. Type it again without them."),
    "became_date": _(
        "The spreadsheet has turned this cell into a date or time. Set the format of the column to “Text”"
        " and type the value again."
    ),
    "date_format": _(
        "“{value}” is not a date in one of the accepted forms. Write it as 2026-10-05 or 05.10.2026."
    ),
    "date_as_number": _("“{value}” is a bare number, not a date. Set the format of the column to “Date”."),
    "no_such_date": _("“{value}” is not a day of the calendar. Correct the day or the month."),
    "not_leap_year": _(
        "29 February does not exist in {year}, which is not a leap year. Correct the day or the year."
    ),
    "date_year": _("The year of “{value}” cannot be right. Give a year from {first} to {last}."),
    "date_with_time": _(
        "“{value}” is a date with a time. Leave only the date here; times go to columns start and end."
    ),
    "time_format": _("“{value}” is not a time. Write hours and minutes, like 08:00."),
    "no_such_time": _(
        "“{value}” is not a time of the day. Write a time from 00:00 to 23:59; an end before the start "
        "means the next day."
    ),
    "time_with_seconds": _("“{value}” has seconds. Write whole minutes, like 08:00."),
    "time_on_another_day": _(
        "“{value}” lies on another day than the date of the row. Leave only the time, like 08:00."
    ),
    "nonexistent_time": _(
        "{time} did not exist on {day}: the clocks went forward from 02:00 to 03:00 that night. Correct "
        "the time."
    ),
    "equal_times": _("The visit ends when it starts ({value}). Correct the start or the end."),
    "longer_than_a_day": _(
        "The visit lasts longer than 24 hours, because the clocks went back that night. Correct the times."
    ),
    "unknown_status": _(
        "“{value}” is not a status. Write done, no_show or cancelled, in Polish wykonana, nieobecność or "
        "odwołana, or leave the cell empty, which means done."
    ),
    "activity_form": _(
        "“{value}” is not a list of activity codes. Separate the codes by a vertical bar, like "
        "shopping|hygiene."
    ),
    "duplicated_row": _(
        "The same visit (decision, worker, start and end) is in rows {rows}. Keep one of them."
    ),
    # Found by whoever knows the stored decisions, workers and months.
    "unknown_decision": _(
        "There is no decision “{value}” under this contract. Correct the number, as printed on the decision."
    ),
    "person_anonymised": _(
        "The data of person {code} were anonymised after their term of keeping: nothing is written about them any "
        "more. Take the row out of the file, or add the person anew."
    ),
    "unknown_worker": _(
        "The organisation has no worker “{value}”. Write the worker's code, or “Surname Given name”."
    ),
    "worker_gone": _(
        "The last day of work of “{value}” was {day}, and the visit is later. Correct the date or the worker."
    ),
    "ambiguous_worker": _("Several workers are called “{value}”. Write the worker's code instead: {codes}."),
    "unknown_activity": _("The service has no activity “{activity}”. Use one of its codes: {known}."),
    "not_begun": _(
        "The visit of {when} lies in the future, and only what has begun can be done or missed. Correct "
        "the date or the time, or bring the visit in once it has begun."
    ),
    # Not refused, but told to whoever saves the file and at the cell of the grid.
    "unusually_long": _(
        "{value}: the visit lasts {length}, longer than usual (up to {limit}). Check its start and end."
    ),
    "month_closed": _(
        "The diary of {month} is closed. Ask the social unit to return it, or enter the correction in an "
        "open month."
    ),
}

REASONS = FILE_REASONS | ROW_REASONS


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """One thing wrong in a file.

    `row_number` counts from 1, the header (None: the file as a whole); `column` is its name in the header,
    several joined by a comma where the row as such is wrong, or the address of a cell under no name; `value`
    is the cell as text; `details` fill the sentence.
    """

    row_number: int | None
    column: str
    value: str
    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    # Files of other records say some things in words of their own.
    sentences: ClassVar[Mapping[str, Sentence]] = REASONS

    @property
    def message(self) -> Sentence:
        """The reason and the remedy in the language of whoever reads, translated when it is shown."""
        shown = {
            "value": shortened(self.value),
            "column": self.column,
            "row": str(self.row_number or ""),
            **self.details,
        }
        sentence: Any = self.sentences[self.code]
        return format_lazy(sentence, **shown)

    def as_json(self) -> dict[str, Any]:
        """For answers of the API and of commands, in the active language."""
        return {
            "row": self.row_number,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "reason": str(self.message),
        }

    def as_record(self) -> dict[str, Any]:
        """For storage, without the sentence: that is made again in the language of whoever reads it."""
        return {
            "row": self.row_number,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "details": dict(self.details),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """What `as_record` gave."""
        return cls(record["row"], record["column"], record["value"], record["code"], record["details"])


class FileRefusal(DomainError):
    """The file as a whole cannot be read; `refusals` say why, the first gives `code` and `message`."""

    def __init__(self, refusals: Iterable[RowRefusal]) -> None:
        self.refusals = tuple(refusals)
        first = self.refusals[0]
        problems = [
            Problem(each.code, each.message, each.column or None, each.value or None)
            for each in self.refusals
        ]
        super().__init__(first.code, first.message, problems=problems)

    @classmethod
    def because(
        cls, code: str, *, row: int | None = None, column: str = "", value: str = "", **details: object
    ) -> "FileRefusal":
        """A refusal for one reason; `details` fill the braces of its sentence."""
        texts = {name: str(detail) for name, detail in details.items()}
        return cls([RowRefusal(row, column, value, code, texts)])


def shortened(text: str) -> str:
    """The text on one line and short enough to be quoted in a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"
