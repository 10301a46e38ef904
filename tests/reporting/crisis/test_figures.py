"""Figures: counted by month, trends, no-show rate, for whoever may see them, as page and as workbook."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from python_calamine import CalamineWorkbook

from kernel.periods import WARSAW, Month
from reporting.crisis.actions import SessionEntry, describe_case, record_session
from reporting.crisis.figures import Line, months_up_to
from tenants.roles import Role
from tests.factories.care import ContractFactory
from tests.factories.people import partner
from tests.reporting.crisis.centre import MARK, a_case, actor, entry


def _case_on(client: Any, day: date, **fields: Any) -> Any:
    ago = (timezone.localdate() - day).days
    return a_case(client, days_ago=ago, **fields)


def _session(case: Any, client: Any, day: date, state: str, hour: int = 12) -> None:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=WARSAW)
    record_session(case, SessionEntry(at, 60, state, "office", client.user.pk), actor=actor(client))


def test_twelve_months_end_with_the_one_asked_for() -> None:
    months = months_up_to(Month(2026, 2))
    assert (months[0], months[-1], len(months)) == (Month(2025, 3), Month(2026, 2), 12)


def test_the_trend_is_a_quarter_against_the_one_before() -> None:
    assert Line("x", [9, 9, 9, 9, 9, 9, 1, 1, 1, 2, 2, 3]).change == 4
    assert Line("x", [0] * 9 + [1, 0, 0]).change == 1


def test_figures_count_by_month_and_tell_no_case(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    lead, director = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.DIRECTOR, in_alfa)
    month = Month.of(timezone.localdate()).previous()
    earlier = month.previous()
    problem, police = entry(), entry("institution", "Policja")
    old = _case_on(lead, earlier.first, entries=[problem])
    _case_on(lead, month.first, entries=[problem])
    describe_case(old, [problem, police], since=month.last, actor=actor(lead))
    for day, state in ((month.first, "done"), (month.last, "done"), (month.last, "no_show")):
        _session(old, lead, day, state, 10 if state == "done" else 23)
    _session(old, lead, earlier.last, "cancelled")
    answer = director.get(f"/alfa/crisis/figures/?month={month}")
    told = answer.context["figures"]
    assert [(line.name, line.values[-2:]) for line in told.categories] == [("Przemoc w rodzinie", [1, 1])]
    assert [(line.name, line.values[-2:]) for line in told.institutions] == [("Policja", [0, 1])]
    assert (told.cases[-2:], told.done[-2:], told.no_show[-2:], told.cancelled[-2:]) == (
        [1, 1], [0, 2], [0, 1], [1, 0],
    )  # fmt: skip
    assert told.no_show_percent == Decimal("33.3")
    text = answer.content.decode()
    assert "33,3" in text and old.number not in text and MARK not in text
    # Both with their trend: a chart by month, the same in its table, and how the last quarter went against the one before.
    for anchor, name, trend in (
        ("problems", "Przemoc w rodzinie", "▲ +2"), ("institutions", "Policja", "▲ +1")
    ):  # fmt: skip
        shown = text[text.index(f'<section class="section" id="{anchor}">') :].split("</section>")[0]
        assert "<svg" in shown and shown.count(name) >= 3 and trend in shown
        assert shown.count('<th scope="col"') >= 12 + 3


def test_an_organisation_counts_its_own_and_the_unit_can_tell_centres_apart(
    in_alfa: Any, sign_in: Callable[..., Any]
) -> None:
    own = partner(in_alfa)
    contract = ContractFactory(organisation=own, valid_from=timezone.localdate() - timedelta(days=99))
    carer, lead = sign_in(Role.WORKER, in_alfa, own), sign_in(Role.SOCIAL_WORKER, in_alfa)
    a_case(carer, days_ago=1, contract=contract)
    for _each in range(2):
        a_case(lead, days_ago=1)
    month = Month.of(timezone.localdate() - timedelta(days=1))

    def cases(client: Any, centre: str) -> int:
        page = client.get(f"/alfa/crisis/figures/?month={month}&centre={centre}")
        return int(page.context["figures"].cases[-1])

    director = sign_in(Role.DIRECTOR, in_alfa)
    assert [cases(director, centre) for centre in ("", "unit", str(own.pk), "nonsense")] == [3, 2, 1, 3]
    manager = sign_in(Role.NGO_MANAGER, in_alfa, own)
    assert [cases(manager, centre) for centre in ("", "unit")] == [1, 1]
    assert carer.get("/alfa/crisis/figures/").status_code == 403


def test_the_workbook_says_what_the_page_says(in_alfa: Any, sign_in: Callable[..., Any]) -> None:
    lead, director = sign_in(Role.SOCIAL_WORKER, in_alfa), sign_in(Role.DIRECTOR, in_alfa)
    day = timezone.localdate() - timedelta(days=1)
    case = a_case(lead, days_ago=1, entries=[entry(name="=1+1 wzór")])
    _session(case, lead, timezone.localdate(), "done", 0)
    answer = director.get(f"/alfa/crisis/figures/file/?month={Month.of(day)}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.sheet_names == ["Problemy", "Instytucje", "Sprawy i sesje"]
    problems = book.get_sheet_by_name("Problemy").to_python()
    assert problems[1][0] == "'=1+1 wzór" and problems[1][-1] == 1
    sessions = book.get_sheet_by_name("Sprawy i sesje").to_python()
    assert sessions[-1][1] == 1
