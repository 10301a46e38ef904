"""Every indicator of a month against values counted by hand, as the signed batch of a small world tells them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from reporting.statistics.actions.pushing import push_month
from reporting.statistics.batches.document import read
from reporting.statistics.batches.figures import Figure
from reporting.statistics.dictionary import dictionary
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory, WorkerFactory, visit
from tests.factories.people import OrganisationFactory
from tests.reporting.evaluation.test_track_record import measured
from tests.reporting.statistics.sending_world import ACTOR, OCTOBER, accept

pytestmark = pytest.mark.django_db
MENTAL = "specialist_mental"
# Quarterly indicators, each with its value in `test_collecting`.
OF_QUARTERS = {
    "advice", "advice_depth", "advice_persons", "advice_no_show", "advice_waiting", "referrals_refused",
    "crisis_cases", "crisis_sessions", "crisis_no_show", "offers_per_call", "single_offer_calls", "annulled_calls",
    "days_to_contract", "caseload", "caseload_over_limit", "social_workers_required", "projects", "localities",
    "programme_persons", "programme_finished", "service_kinds", "trained_specialists", "trained_residents",
    "improvements", "groups", "group_participations", "results",
}  # fmt: skip


def _deviations(*codes: str) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]


def _visits(decision: Any, *carers: tuple[Any, int]) -> None:
    """So many visits of each carer, one a day."""
    day = 1
    for carer, count in carers:
        for _each in range(count):
            visit(decision, carer, date(2026, 10, day), "08:00", 60)
            day += 1


def _world() -> None:
    """Two contracts with an accepted October: four decisions of three persons, one of whom has two services."""
    care = ContractFactory(service=ServiceFactory(code="care"), price_per_hour="40.00")
    first, second = DecisionFactory(contract=care), DecisionFactory(contract=care)
    pair = DecisionFactory(contract=care, two_workers=True)
    mental = ContractFactory(
        service=ServiceFactory(code=MENTAL, name="Specjalistyczne"),
        organisation=OrganisationFactory(legal_form="public"),
        price_per_hour="30.00",
        procured=True,
    )
    other = DecisionFactory(contract=mental, service=mental.service, person=second.person)
    month = accept([first, second, pair], granted=1200, delivered=1100)
    lines = month.snapshot["decisions"]
    lines[0]["deviations"], lines[1]["deviations"] = _deviations("H2", "D4"), _deviations("H1")
    month.snapshot["contracts"] = [{"deviations": _deviations("C1")}]
    month.accepted_minutes, month.refused_minutes = 3200, 100
    month.save()
    accept([other], granted=600, delivered=600)
    anna, ewa, jan = WorkerFactory(), WorkerFactory(), WorkerFactory()
    _visits(first, (anna, 3), (ewa, 1))
    _visits(second, (ewa, 2), (anna, 2))
    _visits(pair, (anna, 5), (jan, 5))
    visit(other, jan, date(2026, 10, 20), "12:00", 60)
    visit(first, jan, date(2026, 10, 21), "12:00", 60, state="no_show", activities=[])
    visit(first, jan, date(2026, 11, 1), "12:00", 60)
    measured(care, 10, "met", "not_met", "unmeasured")
    measured(mental, 10, "met")
    # What an organisation says of itself, and what is measured of a month that is not accepted, counts nowhere.
    measured(care, 10, "met", side="stated")
    measured(ContractFactory(), 10, "met")


def _pushed() -> dict[tuple[str, str, str], Figure]:
    batch = push_month(OCTOBER, actor=ACTOR)
    assert batch is not None
    return {one.place: one for one in read(batch.document).content.figures}


# Indicator, service, category: numerator, denominator, persons.
EXPECTED: dict[tuple[str, str, str], tuple[Any, Any, Any]] = {
    ("care_persons", "*", ""): (3, None, 3),
    ("care_persons", "care", ""): (3, None, 3),
    ("care_persons", MENTAL, ""): (1, None, 1),
    ("care_hours_granted", "*", ""): (4200, None, 3),
    ("care_hours_granted", "care", ""): (3600, None, 3),
    ("care_hours_granted", MENTAL, ""): (600, None, 1),
    ("care_hours_delivered", "*", ""): (3900, None, 3),
    ("care_hours_delivered", "care", ""): (3300, None, 3),
    ("care_hours_delivered", MENTAL, ""): (600, None, 1),
    ("care_hours_accepted", "*", ""): (3800, None, 3),
    ("care_hours_accepted", "care", ""): (3200, None, 3),
    ("care_hours_accepted", MENTAL, ""): (600, None, 1),
    ("care_fulfilment", "*", ""): (3900, 4200, 3),
    ("care_fulfilment", "care", ""): (3300, 3600, 3),
    ("care_fulfilment", MENTAL, ""): (600, 600, 1),
    ("care_hours_per_person", "*", ""): (3900, 3, 3),
    ("care_hours_per_person", "care", ""): (3300, 3, 3),
    ("care_hours_per_person", MENTAL, ""): (600, 1, 1),
    ("care_hours_refused", "*", ""): (100, 3900, 3),
    ("care_hours_refused", "care", ""): (100, 3300, 3),
    ("care_hours_refused", MENTAL, ""): (0, 600, 1),
    # Three of four visits, two of four, and the only one; two carers at once are left out.
    ("care_continuity", "*", ""): (3 + 2 + 1, 4 + 4 + 1, 3),
    # 3,200 minutes at 40 PLN are 2,133.33 PLN, 600 at 30 PLN are 300.
    ("hour_price", "*", ""): (Decimal("2433.33"), 3800, None),
    ("hour_price", "*", "unstated"): (Decimal("2133.33"), 3200, None),
    ("hour_price", "*", "procurement"): (300, 600, None),
    ("providers", "*", ""): (2, None, None),
    ("providers", "*", "association"): (1, None, None),
    ("providers", "*", "public"): (1, None, None),
    ("deviation_rate", "*", ""): (4, 4, 3),
    ("deviation_rate", "*", "H1"): (1, 4, 3),
    ("deviation_rate", "*", "H2"): (1, 4, 3),
    ("deviation_rate", "*", "D4"): (1, 4, 3),
    ("deviation_rate", "*", "C1"): (1, 4, 3),
    ("commitments_met", "*", ""): (2, 3, None),
}


def test_every_figure_of_a_month_is_what_was_counted_by_hand(in_alfa: Any) -> None:
    _world()
    told = _pushed()
    assert {
        place: (one.numerator, one.denominator, one.persons)
        for place, one in told.items()
        if place in EXPECTED
    } == EXPECTED
    # All others are categories of nothing.
    assert not [place for place, one in told.items() if place not in EXPECTED and one.numerator]
    assert all(category for _code, _service, category in told.keys() - EXPECTED.keys())


@pytest.mark.parametrize(
    ("code", "service", "value"),
    [
        ("care_fulfilment", "*", "92.86"),
        ("care_hours_per_person", "*", "1300.00"),
        ("care_hours_refused", "*", "2.56"),
        ("care_continuity", "*", "66.67"),
        ("hour_price", "*", "38.42"),
        ("deviation_rate", "*", "100.00"),
        ("commitments_met", "*", "66.67"),
    ],
)
def test_a_ratio_is_told_in_its_unit(code: str, service: str, value: str) -> None:
    numerator, denominator, _persons = EXPECTED[code, service, ""]
    indicator = dictionary().versions(code)[-1]
    assert str(indicator.value(Decimal(numerator), Decimal(denominator))) == value


def test_no_indicator_is_without_a_value_counted_by_hand() -> None:
    by_period: dict[str, set[str]] = {"month": set(), "quarter": set()}
    for one in dictionary().indicators:
        by_period[one.period].add(one.code)
    assert by_period["month"] == {code for code, _service, _category in EXPECTED}
    assert by_period["quarter"] == OF_QUARTERS
