"""Tables in the order of OZPS and MRiPS-03: what released figures say, and signs for the rest."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from reporting.statistics.actions.publishing import publish
from reporting.statistics.desk.official import MRIPS, OZPS, filled, months_of
from reporting.statistics.models import FactsBatch, ReleasedCell
from tenants.models import Tenant
from tests.factories.facts import batch_of, care_facts, fact_of, small_tenant
from tests.reporting.statistics.sending_world import ACTOR

pytestmark = pytest.mark.django_db
YEAR = 2025


def _month(tenant: Tenant, month: int, persons: int) -> FactsBatch:
    batch = batch_of(tenant, date(YEAR, month, 1))
    care_facts(batch, persons, persons * 600, persons * 540)
    fact_of(batch, "care_hours_accepted", persons * 500, persons=persons)
    fact_of(batch, "care_fulfilment", persons * 540, denominator=Decimal(persons * 600), persons=persons)
    return batch


def _half(tenant: Tenant, *, months: int = 6, persons: int = 12) -> None:
    for month in range(1, months + 1):
        _month(tenant, month, persons + month)
        publish("month", date(YEAR, month, 1), actor=ACTOR)


def _rows(lines: Any, *columns: Any) -> dict[str, tuple[Any, ...]]:
    return dict(filled(lines, "32", columns))


def test_mrips_knows_hours_of_a_whole_half_year_and_marks_the_rest(alfa: Tenant) -> None:
    _half(alfa)
    rows = _rows(MRIPS, months_of(YEAR, 1))
    # 13 + … + 18 = 93 persons' months of 500 minutes: 775 hours. No price was told.
    assert rows["care"] == (".", Decimal("775.0"), ".", ".", ".", ".")
    assert rows["care_mental"] == (".",) * 6
    assert rows["most_in_month"] == (18, "x", "x", "x", "x", "x")
    # The second half is not told, so neither it nor the year is a number.
    for half in (0, 2):
        assert _rows(MRIPS, months_of(YEAR, half))["care"][1] == "."


def test_a_month_that_is_hidden_hides_the_half_year_with_its_own_sign(alfa: Tenant) -> None:
    _half(alfa)
    ReleasedCell.objects.filter(period=date(YEAR, 3, 1), place="32", population="care", part="*").update(
        figures=None, hidden="persons"
    )
    rows = _rows(MRIPS, months_of(YEAR, 1))
    assert (rows["care"][1], rows["most_in_month"][0]) == ("#", "#")


def test_ozps_has_a_column_for_each_year_and_ratios_of_sums(alfa: Tenant) -> None:
    _half(alfa, months=12)
    rows = _rows(OZPS, months_of(YEAR - 1), months_of(YEAR))
    assert rows["fulfilment"] == (".", Decimal("90.00"))
    assert rows["persons_mean"] == (".", 19)
    assert rows["demography"] == (".", ".") and rows["crisis_sessions"] == (".", ".")


def test_the_page_and_the_workbook_say_that_they_are_no_form(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    _half(alfa)
    analyst = sign_in("regional_analyst", voivodeship="32")
    address = f"/region/32/tables/?form=mrips-03&year={YEAR}&half=1"
    answer = analyst.get(address)
    page = " ".join(answer.content.decode().replace("\xa0", " ").split())
    assert answer.status_code == 200
    assert "To pomoc w wypełnianiu, nie formularz" in page and "775" in page
    assert "wypełnienie niemożliwe" in page and f"I półrocze {YEAR}" in page
    file = analyst.get(f"/region/32/tables/file/xlsx/?form=mrips-03&year={YEAR}&half=1")
    book = load_workbook(BytesIO(file.content))
    figures = [
        row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == "Usługi opiekuńcze ogółem"
    ]
    assert figures[0][1:7] == (".", 775, ".", ".", ".", ".")
    about = [str(cell) for row in book.worksheets[1].iter_rows(values_only=True) for cell in row]
    assert any("nie sprawdzono zgodności" in cell for cell in about)
    for query in ("", "?form=nic&year=1066&half=9", "?form=mrips-03&half=2"):
        assert analyst.get(f"/region/32/tables/{query}").status_code == 200
    assert analyst.get("/region/32/tables/file/pdf/").status_code == 404
    assert sign_in("regional_analyst", voivodeship="12").get(address).status_code == 404


def test_the_page_asks_as_much_of_many_tenants_as_of_one(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    analyst = sign_in("regional_analyst", voivodeship="32")

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert analyst.get(f"/region/32/tables/?year={YEAR}").status_code == 200
        return len(asked)

    _month(alfa, 1, 12)
    publish("month", date(YEAR, 1, 1), actor=ACTOR)
    questions()
    few = questions()
    for number in range(1, 5):
        _month(small_tenant(number, f"32010{number}2"), 1, 20)
    publish("month", date(YEAR, 1, 1), actor=ACTOR)
    assert questions() == few
