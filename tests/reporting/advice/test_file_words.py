"""Files of advice: in their own words, under Polish headings too, and with every fault of every row."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils.translation import override

from kernel.tenancy import tenant_scope
from reporting.advice.files import AdviceRefusal, read_advice
from reporting.advice.importing import Scope
from reporting.advice.importing.checking import check_rows
from reporting.advice.importing.work import file_limits
from reporting.delivery.files import FileRefusal
from tests.factories.care import ContractFactory
from tests.factories.people import partner
from tests.reporting.advice.advice_world import AdviceWorld


def _read(content: bytes) -> list[AdviceRefusal]:
    with pytest.raises(FileRefusal) as refused:
        read_advice(BytesIO(content), file_limits())
    return [AdviceRefusal.from_record(each.as_record()) for each in refused.value.refusals]


def test_no_sentence_of_a_file_of_advice_speaks_of_the_diary_or_of_visits() -> None:
    of_whole_files = {"equal_times", "longer_than_a_day", "unknown_decision", "unknown_worker", "worker_gone"}
    with override("en"):
        spoken = {
            code: str(sentence)
            for code, sentence in AdviceRefusal.sentences.items()
            if re.search(r"diary|visits|columns start and end", str(sentence)) and code not in of_whole_files
        }
    assert spoken.keys() <= {"not_begun", "month_closed", "unusually_long", "ambiguous_worker"}, spoken


def test_a_pdf_is_refused_in_words_of_advice() -> None:
    with override("pl"):
        [refusal] = _read(b"%PDF-1.7 \x01\x02\x03")
        assert refusal.code == "not_a_table"
        assert "Zapisz porady" in str(refusal.as_json()["reason"])


@pytest.mark.parametrize("name", ["advice/porady-szablon.csv", "advice/advice-template.csv"])
def test_the_templates_are_read_without_a_fault(advice: AdviceWorld, name: str) -> None:
    path = finders.find(name)
    assert isinstance(path, str)
    table = read_advice(BytesIO(Path(path).read_bytes()), file_limits())
    assert (len(table.rows), table.refusals) == (1, [])
    assert (table.rows[0].kind, table.rows[0].place, table.rows[0].person) == ("legal", "office", "K-17")
    assert f"/{name}" in advice.client("ngo_coordinator").get(advice.url("files/")).content.decode()


def test_a_heading_in_two_languages_is_one_column_twice() -> None:
    header = "Data;date;GODZINA;doradca;rodzaj;minuty;miejsce\n"
    assert [(each.code, each.column) for each in _read(header.encode())] == [("duplicated_header", "date")]


def test_every_fault_of_a_row_is_told_at_once(advice: AdviceWorld) -> None:
    rows = (
        "data;godzina;doradca;rodzaj;minuty;miejsce;stan\n"
        "05.10.2026;16:30;Nikt Taki;tajna;900;księżyc;odbyta\n"
        "05.10.2020;16:30;A01;prawna;481;księżyc;\n"
    )
    with tenant_scope(advice.tenant):
        contract = ContractFactory(organisation=partner(advice.tenant, name="Inne"))
        table = read_advice(BytesIO(rows.encode()), file_limits())
        checked = check_rows(table, Scope(None, contract))
    told = {(each.row_number, each.column, each.code) for each in checked.refusals}
    assert told == {
        (2, "type", "unknown_type"),
        (2, "minutes", "minutes_number"),
        (2, "place", "unknown_place"),
        (2, "adviser", "unknown_adviser"),
        (3, "place", "unknown_place"),
        (3, "adviser", "not_of_contract"),
        (3, "minutes", "too_long"),
        (3, "date", "too_early"),
        (3, "date", "outside_contract"),
    }
    assert checked.new == []
