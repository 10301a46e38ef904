"""Diary files: every form that is accepted, every fault that is named, and nothing that brings the reader down."""

import io
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import translation

from reporting.delivery.files import (
    DEFAULT_LIMITS,
    DiaryFile,
    FileLimits,
    FileRefusal,
    RowRefusal,
    read_diary,
    refuse_equal_rows,
)
from reporting.delivery.files.reasons import REASONS
from tests.reporting.delivery.diary_files import GOOD, HEADER, csv_file, ods_file, row, xlsx_file


def read(content: bytes, limits: FileLimits = DEFAULT_LIMITS) -> DiaryFile:
    return read_diary(io.BytesIO(content), limits)


def refused(content: bytes, limits: FileLimits = DEFAULT_LIMITS) -> FileRefusal:
    with pytest.raises(FileRefusal) as caught:
        read(content, limits)
    return caught.value


def faults(*rows: tuple[Any, ...], make: Any = csv_file) -> list[tuple[int | None, str, str, str]]:
    return [(each.row_number, each.column, each.value, each.code) for each in read(make(rows)).refusals]


class TestAccepted:
    def test_a_row_is_read_in_full(self) -> None:
        diary = read(csv_file([row(status="", note="  zażółć  ")]))
        assert diary.refusals == []
        assert diary.faulty == []
        (visit,) = diary.rows
        assert visit == (
            2,
            "D/001/2026",
            date(2026, 10, 5),
            time(8),
            time(10),
            False,
            datetime(2026, 10, 5, 6, tzinfo=UTC),
            datetime(2026, 10, 5, 8, tzinfo=UTC),
            "W01",
            ("shopping", "hygiene"),
            "done",
            "zażółć",
        )

    @pytest.mark.parametrize("separator", [";", ","])
    @pytest.mark.parametrize("bom", [True, False])
    @pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
    def test_csv_with_either_separator_bom_and_newline(self, separator: str, bom: bool, newline: str) -> None:
        content = csv_file([row(note='a; "b", c')], separator=separator, bom=bom).replace(
            b"\r\n", newline.encode()
        )
        assert [visit.note for visit in read(content).rows] == ['a; "b", c']

    def test_a_cell_may_hold_a_line_break_and_rows_are_counted_as_a_spreadsheet_counts_them(self) -> None:
        content = csv_file([row(note="first\nsecond"), row(start="09:00", note="x"), row(start="oops")])
        diary = read(content)
        assert [visit.row_number for visit in diary.rows] == [2, 3]
        assert [refusal.row_number for refusal in diary.refusals] == [4]

    def test_blank_rows_are_passed_over_and_counted(self) -> None:
        content = csv_file([("",) * 8, row(), (" ",) * 8, row(start="09:00")])
        diary = read(content)
        assert [visit.row_number for visit in diary.rows] == [3, 5]
        assert diary.refusals == []

    def test_the_order_the_case_and_the_spaces_of_the_header_are_free(self) -> None:
        header = (" NOTE ", "Status", "activities", "Worker", "END", "start", "Date", "Decision  Number")
        assert read(csv_file([tuple(reversed(GOOD))], header=header)).rows == read(csv_file([GOOD])).rows

    def test_the_optional_columns_may_be_absent(self) -> None:
        (visit,) = read(csv_file([GOOD[:6]], header=HEADER[:6])).rows
        assert (visit.status, visit.note) == ("done", "")

    def test_short_rows_and_empty_trailing_columns_are_read(self) -> None:
        header = (*HEADER, "", "")
        diary = read(csv_file([GOOD[:6], (*row(start="09:00"), "", " ")], header=header))
        assert [visit.row_number for visit in diary.rows] == [2, 3]

    @pytest.mark.parametrize("written", ["2026-10-05", "05.10.2026", " 05.10.2026 "])
    def test_both_forms_of_a_date(self, written: str) -> None:
        assert read(csv_file([row(date=written)])).rows[0].date == date(2026, 10, 5)

    @pytest.mark.parametrize("written", ["08:00", "8:00", "08:00:00"])
    def test_forms_of_a_time(self, written: str) -> None:
        assert read(csv_file([row(start=written)])).rows[0].start == time(8)

    @pytest.mark.parametrize(
        ("written", "status"),
        [
            ("done", "done"),
            (" Done ", "done"),
            ("", "done"),
            ("Wykonana", "done"),
            ("ODBYTA", "done"),
            ("odbyla sie", "done"),
            ("no_show", "no_show"),
            ("no show", "no_show"),
            ("nieobecność", "no_show"),
            ("Nieobecnosc  osoby", "no_show"),
            ("nie zastano", "no_show"),
            ("cancelled", "cancelled"),
            ("odwołana", "cancelled"),
            ("Odwołana przez osobę", "cancelled"),
        ],
    )
    def test_every_status_also_in_polish(self, written: str, status: str) -> None:
        assert read(csv_file([row(status=written)])).rows[0].status == status

    def test_activities_are_kept_once_each_in_their_order_and_may_be_none(self) -> None:
        assert read(csv_file([row(activities=" b | a||b ")])).rows[0].activities == ("b", "a")
        assert read(csv_file([row(activities="", status="no_show")])).rows[0].activities == ()

    def test_letters_composed_of_two_characters_become_one(self) -> None:
        assert read(csv_file([row(worker="Z\u0307ak\u00a0 Ewa")])).rows[0].worker == "Żak Ewa"

    @pytest.mark.parametrize("make", [xlsx_file, ods_file])
    def test_typed_cells_of_spreadsheets(self, make: Any) -> None:
        content = make(
            [
                (12, date(2026, 10, 5), time(8), time(10, 30), 7, "shopping", "", ""),
                ("D", datetime.combine(date(2026, 10, 5), time()), 8 / 24, 10.5 / 24, "W", 5, "no_show", 2.5),
            ]
        )
        diary = read(content)
        assert diary.refusals == []
        first, second = diary.rows
        assert (first.decision_number, first.worker, first.date) == ("12", "7", date(2026, 10, 5))
        assert (first.start, first.end) == (second.start, second.end) == (time(8), time(10, 30))
        assert (second.date, second.activities, second.note) == (date(2026, 10, 5), ("5",), "2.5")

    def test_durations_booleans_and_times_that_carry_their_date(self) -> None:
        content = xlsx_file(
            [
                row(start=timedelta(hours=8), end=datetime.combine(date(2026, 10, 5), time(9, 0)), note=True),
                row(
                    start=datetime.combine(date(2026, 10, 5), time(22, 0)),
                    end=datetime.combine(date(2026, 10, 6), time(1, 0)),
                    note=1,
                ),
            ],
            default_date_format="yyyy-mm-dd hh:mm",
        )
        diary = read(content)
        assert diary.refusals == []
        assert [(visit.start, visit.end, visit.ends_next_day, visit.note) for visit in diary.rows] == [
            (time(8), time(9), False, "TRUE"),
            (time(22), time(1), True, "1"),
        ]


class TestClock:
    def resolved(self, day: str, start: str, end: str) -> Any:
        return read(csv_file([row(date=day, start=start, end=end)])).rows[0]

    def test_an_end_before_the_start_is_on_the_next_day_and_in_the_next_month(self) -> None:
        visit = self.resolved("2026-10-31", "22:00", "02:00")
        assert visit.ends_next_day
        assert (visit.starts_at, visit.ends_at) == (
            datetime(2026, 10, 31, 21, tzinfo=UTC),
            datetime(2026, 11, 1, 1, tzinfo=UTC),
        )

    def test_a_time_in_the_doubled_hour_is_its_first_occurrence(self) -> None:
        visit = self.resolved("2026-10-25", "02:30", "03:30")
        assert visit.starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
        assert visit.ends_at - visit.starts_at == timedelta(hours=2)

    def test_a_visit_over_the_lost_hour_is_an_hour_shorter(self) -> None:
        visit = self.resolved("2026-03-29", "01:30", "03:30")
        assert visit.ends_at - visit.starts_at == timedelta(hours=1)

    @pytest.mark.parametrize(
        ("changed", "column", "day", "at"),
        [
            ({"date": "2026-03-29", "start": "02:30", "end": "04:00"}, "start", "2026-03-29", "02:30"),
            ({"date": "2026-03-29", "start": "01:00", "end": "02:00"}, "end", "2026-03-29", "02:00"),
            ({"date": "2026-03-28", "start": "23:00", "end": "02:59"}, "end", "2026-03-29", "02:59"),
        ],
    )
    def test_a_time_that_the_clocks_skip_is_refused(
        self, changed: Any, column: str, day: str, at: str
    ) -> None:
        (refusal,) = read(csv_file([row(**changed)])).refusals
        assert (refusal.code, refusal.column, refusal.value) == ("nonexistent_time", column, changed[column])
        with translation.override("en"):
            assert str(refusal.message).startswith(f"{at} did not exist on {day}")

    def test_equal_times_are_refused(self) -> None:
        assert faults(row(end="08:00")) == [(2, "end", "08:00", "equal_times")]

    def test_a_night_visit_that_lasts_longer_than_a_day_as_the_clocks_go_back(self) -> None:
        assert faults(row(date="2026-10-24", start="08:00", end="07:30")) == [
            (2, "end", "07:30", "longer_than_a_day")
        ]
        assert faults(row(date="2026-10-24", start="08:00", end="07:00")) == []

    def test_a_time_cell_of_another_day_is_refused(self) -> None:
        content = xlsx_file(
            [row(start=datetime.combine(date(2026, 10, 4), time(8, 0)))],
            default_date_format="yyyy-mm-dd hh:mm",
        )
        (refusal,) = read(content).refusals
        assert (refusal.column, refusal.code, refusal.value) == (
            "start",
            "time_on_another_day",
            "2026-10-04 08:00",
        )


class TestRefusedCells:
    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("decision_number", "", "missing_value"),
            ("decision_number", " \u00a0", "missing_value"),
            ("decision_number", "=A1", "formula"),
            ("decision_number", "x" * 61, "text_too_long"),
            ("decision_number", "D\x01", "control_characters"),
            ("date", "", "missing_value"),
            ("date", "2026-02-29", "not_leap_year"),
            ("date", "29.02.2027", "not_leap_year"),
            ("date", "31.04.2026", "no_such_date"),
            ("date", "2026-13-01", "no_such_date"),
            ("date", "5.10.2026", "date_format"),
            ("date", "05/10/2026", "date_format"),
            ("date", "2026.10.05", "date_format"),
            ("date", "2026-10-05 08:00", "date_format"),
            ("date", "٢٠٢٦-10-05", "date_format"),
            ("date", "1026-10-05", "date_year"),
            ("date", "46300", "date_as_number"),
            ("date", "=TODAY()", "formula"),
            ("start", "", "missing_value"),
            ("start", "24:00", "no_such_time"),
            ("start", "25:10", "no_such_time"),
            ("start", "08:60", "no_such_time"),
            ("start", "8", "time_format"),
            ("start", "-1:00", "time_format"),
            ("start", "08.00", "time_format"),
            ("start", "08:00:30", "time_with_seconds"),
            ("end", "x", "time_format"),
            ("worker", "", "missing_value"),
            ("activities", "shopping,hygiene", "activity_form"),
            ("activities", "shopping hygiene", "activity_form"),
            ("status", "draft", "unknown_status"),
            ("status", "zrobione", "unknown_status"),
            ("note", "=1+1", "formula"),
            ("note", "'=1+1", "formula"),
            ("note", "x" * 501, "text_too_long"),
        ],
    )
    def test_each_fault_names_row_column_value_and_reason(self, column: str, value: str, code: str) -> None:
        assert faults(row(**{column: value})) == [(2, column, value, code)]

    def test_every_faulty_column_of_every_row_is_listed_and_nothing_of_the_good_ones(self) -> None:
        bad = row(date="x", start="y", worker="", status="?")
        diary = read(csv_file([row(), bad, row(start="09:00"), bad]))
        assert [(each.row_number, each.column) for each in diary.refusals] == [
            (number, column) for number in (3, 5) for column in ("date", "start", "worker", "status")
        ]
        assert [visit.row_number for visit in diary.rows] == [2, 4]
        assert diary.faulty[0] == (3, "D/001/2026", None, None, ("shopping", "hygiene"), None)

    def test_faulty_times_are_listed_beside_another_fault_of_the_row(self) -> None:
        assert faults(row(end="08:00", worker="")) == [
            (2, "worker", "", "missing_value"),
            (2, "end", "08:00", "equal_times"),
        ]

    def test_cells_under_no_column(self) -> None:
        assert faults((*GOOD, "more")) == [(2, "I2", "more", "extra_cells")]
        diary = read(csv_file([(*GOOD, "more")], header=(*HEADER, "")))
        assert [refusal.code for refusal in diary.refusals] == ["extra_cells"]

    @pytest.mark.parametrize("make", [xlsx_file, ods_file])
    def test_typed_cells_in_the_wrong_place(self, make: Any) -> None:
        assert faults(
            row(decision_number=date(2026, 1, 1), date=46300, start=8, end=date(2026, 10, 5)), make=make
        ) == [
            (2, "decision_number", "2026-01-01", "became_date"),
            (2, "date", "46300", "date_as_number"),
            (2, "start", "8", "time_format"),
            (2, "end", "2026-10-05", "time_format"),
        ]

    def test_a_date_cell_with_a_time_and_a_time_cell_with_seconds(self) -> None:
        content = xlsx_file(
            [row(date=datetime.combine(date(2026, 10, 5), time(8, 30)), start=time(8, 0, 30))],
            default_date_format="yyyy-mm-dd hh:mm",
        )
        assert [(each.column, each.code) for each in read(content).refusals] == [
            ("date", "date_with_time"),
            ("start", "time_with_seconds"),
        ]

    def test_equal_rows_are_refused_each_naming_all(self) -> None:
        diary = read(
            csv_file([row(), row(start="09:00"), row(note="again", date="05.10.2026"), row(worker="W02")])
        )
        assert [(each.row_number, each.code, each.details["rows"]) for each in diary.refusals] == [
            (2, "duplicated_row", "2, 4"),
            (4, "duplicated_row", "2, 4"),
        ]
        assert [visit.row_number for visit in diary.rows] == [3, 5]
        assert [faulty.row_number for faulty in diary.faulty] == [2, 4]

    def test_equal_rows_of_one_worker_under_two_spellings_are_found_once_the_worker_is_known(self) -> None:
        diary = read(csv_file([row(worker="W01"), row(worker="Nowak Anna")]))
        assert diary.refusals == []
        found = refuse_equal_rows(
            (visit.row_number, visit.worker, (visit.starts_at, "id")) for visit in diary.rows
        )
        assert [(each.row_number, each.value) for each in found] == [(2, "W01"), (3, "Nowak Anna")]


class TestHeader:
    def test_duplicated_unknown_and_missing_columns_are_all_named(self) -> None:
        header = ("decision_number", "Date", "DATE", "start", "end", "activities", "staus", "colour")
        refusal = refused(csv_file([GOOD], header=header))
        assert [(each.row_number, each.code, each.column) for each in refusal.refusals] == [
            (1, "duplicated_header", "date"),
            (1, "unknown_column", "staus"),
            (1, "unknown_column", "colour"),
            (1, "missing_column", "worker"),
        ]
        assert refusal.code == "duplicated_header"
        assert [problem.field for problem in refusal.problems] == ["date", "staus", "colour", "worker"]
        with translation.override("en"):
            assert "“DATE”" in str(refusal)
            assert "decision_number, date, start" in str(refusal.refusals[1].message)

    @pytest.mark.parametrize("make", [csv_file, xlsx_file, ods_file])
    def test_the_header_stands_in_the_first_row(self, make: Any) -> None:
        assert refused(make([HEADER, GOOD], header=("",) * 8)).code == "no_header"
        assert refused(make([HEADER, GOOD], header=("Dziennik wizyt",))).code == "unknown_column"

    def test_a_header_alone_is_a_diary_without_visits(self) -> None:
        assert read(csv_file([])).rows == []


class TestMessages:
    @pytest.mark.parametrize("language", ["pl", "en"])
    @pytest.mark.parametrize("code", sorted(REASONS))
    def test_every_reason_is_a_whole_sentence_in_both_languages(self, code: str, language: str) -> None:
        names = (
            "size",
            "limit",
            "count",
            "address",
            "known",
            "length",
            "year",
            "first",
            "last",
            "day",
            "when",
            "time",
            "code",
        )
        details = dict.fromkeys((*names, "rows", "codes", "activity", "month"), "7")
        with translation.override(language):
            sentence = str(RowRefusal(7, "start", "{x}", code, details).message)
        with translation.override("en"):
            english = str(RowRefusal(7, "start", "{x}", code, details).message)
        assert sentence.endswith(".")
        assert len(sentence) > 30
        assert (sentence != english) == (language == "pl")

    def test_a_refusal_is_stored_without_its_sentence_and_told_in_the_language_of_the_reader(self) -> None:
        (refusal,) = read(csv_file([row(date="2026-02-29")])).refusals
        stored = RowRefusal.from_record(refusal.as_record())
        assert stored == refusal
        with translation.override("en"):
            assert stored.as_json() == {
                "row": 2,
                "column": "date",
                "value": "2026-02-29",
                "code": "not_leap_year",
                "reason": "29 February does not exist in 2026, which is not a leap year. Correct the day or the year.",
            }
        with translation.override("pl"):
            assert "nie jest rokiem przestępnym" in stored.as_json()["reason"]
