"""What is written into a diary file, in whichever format, is what is read from it."""

import io
import unicodedata
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.periods import NonexistentTime, resolve_wall_time
from reporting.delivery.files import DiaryFile, escape_cell, read_diary
from tests.reporting.delivery.diary_files import csv_file, ods_file, xlsx_file


def read(content: bytes) -> DiaryFile:
    return read_diary(io.BytesIO(content))


TEXT = st.text(
    alphabet=st.characters(
        exclude_categories=["Cs", "Cc", "Cn", "Co"], exclude_characters="\ufeff\ufffe\uffff"
    ),
    max_size=30,
)
LINE = TEXT.map(lambda text: " ".join(text.split()))


@st.composite
def visits(draw: st.DrawFn) -> tuple[Any, ...]:
    day = draw(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
    start, end = (draw(st.times()).replace(second=0, microsecond=0) for _ in range(2))
    decision, worker = (draw(LINE.filter(lambda text: text and text[0] not in "='")) for _ in range(2))
    activities = draw(st.lists(st.from_regex(r"[a-z0-9_]{1,20}", fullmatch=True), unique=True, max_size=4))
    status = draw(st.sampled_from(["done", "no_show", "cancelled"]))
    note = draw(LINE.filter(lambda text: not text.startswith(("=", "'"))))
    return decision, day, start, end, worker, tuple(activities), status, note


def exists(visit: tuple[Any, ...]) -> bool:
    _, day, start, end, *_ = visit
    try:
        begins = resolve_wall_time(day, start)
        ends = resolve_wall_time(day + timedelta(days=end < start), end)
    except NonexistentTime:
        return False
    return start != end and ends - begins <= timedelta(hours=24)


class TestRoundTrip:
    @given(
        written=st.lists(
            visits().filter(exists), max_size=5, unique_by=lambda visit: (visit[0], visit[4], visit[1])
        ),
        polish=st.booleans(),
    )
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_what_is_written_in_any_format_is_read_alike(
        self, written: list[tuple[Any, ...]], polish: bool
    ) -> None:
        expected = [
            tuple(unicodedata.normalize("NFC", each) if isinstance(each, str) else each for each in visit)
            for visit in written
        ]
        as_texts = [
            (
                escape_cell(decision),
                day.strftime("%d.%m.%Y") if polish else day.isoformat(),
                f"{start:%H:%M}",
                f"{end:%H:%M}",
                escape_cell(worker),
                "|".join(activities),
                status,
                escape_cell(note),
            )
            for decision, day, start, end, worker, activities, status, note in written
        ]
        typed = [(*visit[:5], "|".join(visit[5]), *visit[6:]) for visit in written]
        for content in (
            csv_file(as_texts, separator=";"),
            csv_file(as_texts, separator=",", bom=True),
            xlsx_file(typed),
            xlsx_file(as_texts),
            ods_file(typed),
        ):
            diary = read(content)
            assert diary.refusals == []
            assert [
                (
                    visit.decision_number,
                    visit.date,
                    visit.start,
                    visit.end,
                    visit.worker,
                    visit.activities,
                    visit.status,
                    visit.note,
                )
                for visit in diary.rows
            ] == [
                (" ".join(each[0].split()), *each[1:4], " ".join(each[4].split()), *each[5:])
                for each in expected
            ]
            assert all(visit.ends_next_day == (visit.end < visit.start) for visit in diary.rows)
