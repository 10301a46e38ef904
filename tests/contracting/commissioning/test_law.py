"""Limits of the law: what comes with the product, which value holds on a day, and the tenant's own values over it."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.commissioning.law import (
    BUNDLED,
    CODES,
    NATIONAL_BANDS,
    TITLES,
    LimitNotKnown,
    find_limit,
    limit,
    limits_on,
    value_text,
)
from contracting.commissioning.models import LegalLimit
from contracting.commissioning.rules.limits import Limit, Unit, in_force, read_limits
from contracting.commissioning.rules.payments import fault_of
from kernel.tenancy import tenant_scope

TODAY = date(2026, 11, 22)


def _own(code: str, value: str, since: date, until: date | None = None, **fields: Any) -> LegalLimit:
    values: dict[str, Any] = {"unit": "days", "article": "art. 13", "source": "Dz.U. 2027 poz. 1", **fields}
    row: LegalLimit = LegalLimit.objects.create(
        code=code, value=Decimal(value), valid_from=since, valid_to=until, **{"acts_from": since, **values}
    )
    return row


def test_every_limit_is_named_and_its_periods_do_not_overlap() -> None:
    assert set(TITLES) == set(CODES)
    by_code: dict[str, list[Limit]] = defaultdict(list)
    for row in BUNDLED:
        assert row.article and row.source and not row.own
        by_code[row.code].append(row)
    for code, rows in by_code.items():
        assert len({row.unit for row in rows}) == 1, code
        for earlier, later in pairwise(rows):
            assert earlier.valid_to is not None and later.valid_from is not None, code
            assert later.valid_from == earlier.valid_to + timedelta(days=1), code


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("call_days_min", 21),
        ("announcement_items", 7),
        ("publication_places", 3),
        ("justification_days", 30),
        ("contract_max_years", 5),
        ("small_grant_max_pln", 10_000),
        ("small_grant_max_days", 90),
        ("small_grant_year_per_organisation_pln", 20_000),
        ("small_grant_pool_percent", 20),
        ("small_grant_post_within_working_days", 7),
        ("small_grant_comment_days", 7),
        ("income_criterion_alone_pln", 1010),
        ("income_criterion_family_pln", 823),
    ],
)
def test_values_read_in_the_sources(in_alfa: Any, code: str, value: int) -> None:
    assert limit(code, on=TODAY).value == value


def test_only_what_was_read_in_the_act_is_marked_as_checked() -> None:
    unread = {row.code for row in BUNDLED if not row.verified}
    assert unread == {
        # The act asks for persons of both sides and says no number.
        "committee_executive_persons_min",
        "committee_ngo_persons_min",
        "procurement_threshold_pln",
        "social_services_threshold_pln",
        "income_criterion_alone_pln",
        "income_criterion_family_pln",
        "person_payment_day",
        "person_payment_least_pln",
        # A standard of the pilots, no rule of law.
        "caseload_environments",
        "caseload_with_blue_card",
        "benefits_worker_families",
    }


@pytest.mark.parametrize(
    ("day", "value"),
    [(date(2025, 12, 31), 130_000), (date(2026, 1, 1), 170_000), (date(2040, 1, 1), 170_000)],
)
def test_a_threshold_changes_at_midnight_of_the_year(in_alfa: Any, day: date, value: int) -> None:
    assert limit("procurement_threshold_pln", on=day).value == value


def test_what_is_entered_later_does_not_change_the_law_of_the_past(in_alfa: Any) -> None:
    _own("call_days_min", "1", date(2020, 1, 1), acts_from=TODAY)
    assert limit("call_days_min", on=TODAY - timedelta(days=1)).value == 21
    assert limits_on(TODAY - timedelta(days=1))["call_days_min"].value == 21
    assert limit("call_days_min", on=TODAY).value == 1
    # Where nothing was known, what is entered later is all there is.
    _own("social_services_threshold_pln", "5", date(2028, 1, 1), unit="pln", acts_from=date(2029, 1, 1))
    assert limit("social_services_threshold_pln", on=date(2028, 5, 1)).value == 5


def test_where_nothing_is_known_it_says_so_and_what_to_do(in_alfa: Any) -> None:
    with pytest.raises(LimitNotKnown) as refused:
        limit("social_services_threshold_pln", on=date(2028, 1, 1))
    assert "1 stycznia 2028" in str(refused.value).replace("\u00a0", " ")
    assert find_limit("social_services_threshold_pln", on=date(2028, 1, 1)) is None
    assert "social_services_threshold_pln" not in limits_on(date(2028, 1, 1))
    with pytest.raises(KeyError):
        limit("no_such_code", on=TODAY)


def test_the_tenants_own_value_holds_in_its_period_only(in_alfa: Any) -> None:
    _own("call_days_min", "30", date(2027, 1, 1), date(2027, 6, 30), verified=True)
    asked = {
        day: limit("call_days_min", on=day)
        for day in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 7, 1))
    }
    assert [int(found.value) for found in asked.values()] == [21, 30, 21]
    assert [found.own for found in asked.values()] == [False, True, False]
    assert limits_on(date(2027, 6, 30))["call_days_min"].source == "Dz.U. 2027 poz. 1"


def test_another_tenants_value_changes_nothing_here(alfa: Any, beta: Any) -> None:
    with tenant_scope(beta):
        _own("call_days_min", "45", date(2020, 1, 1))
    with tenant_scope(alfa):
        assert limit("call_days_min", on=TODAY).value == 21


def test_one_query_each(in_alfa: Any, django_assert_num_queries: Any) -> None:
    find_limit("call_days_min", on=TODAY)  # The first query of a test also enters the tenant's schema.
    with django_assert_num_queries(1):
        limit("call_days_min", on=TODAY)
    with django_assert_num_queries(1):
        assert len(limits_on(TODAY)) == len(CODES)


_DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(_DAYS, st.integers(0, 900), st.booleans(), st.booleans()), max_size=6), _DAYS)
def test_the_row_in_force_is_the_latest_begun_of_the_own_ones(
    periods: list[tuple[date, int, bool, bool]], day: date
) -> None:
    rows = [
        Limit(
            "x", Decimal(place), Unit.DAYS, "a", "s", True,
            valid_from=start, valid_to=None if endless else start + timedelta(days=length), own=own,
        )
        for place, (start, length, endless, own) in enumerate(periods)
    ]  # fmt: skip
    found = in_force(rows, day)
    holding = [row for row in rows if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)]
    if not holding:
        assert found is None
        return
    own = [row for row in holding if row.own] or holding
    assert found in own and found.valid_from == max(row.valid_from for row in own)


def test_a_row_without_a_clear_mark_is_refused() -> None:
    head = "code,value,unit,valid_from,valid_to,article,source,verified"
    with pytest.raises(ValueError, match="yes or no"):
        read_limits([head, "x,1,days,,,art. 1,Dz.U.,maybe"])


def test_values_are_written_with_their_units() -> None:
    rows = {row.code: row for row in BUNDLED}
    told = {
        code: value_text(rows[code]).replace("\u00a0", " ").replace("\u202f", " ")
        for code in ("call_days_min", "small_grant_max_pln", "small_grant_pool_percent", "publication_places")
    }
    assert told == {
        "call_days_min": "21 dni",
        "small_grant_max_pln": "10 000,00 zł",
        "small_grant_pool_percent": "20,0 %",
        "publication_places": "3 miejsca",
    }


def test_the_national_table_covers_every_income() -> None:
    assert fault_of(NATIONAL_BANDS) is None
    assert [(int(band.over), band.alone, band.family) for band in NATIONAL_BANDS][1:3] == [
        (100, Decimal("1.5"), Decimal("3.5")),
        (220, Decimal(10), Decimal(15)),
    ]
