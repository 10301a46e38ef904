"""Dossiers of advice and crisis intervention: figures against what is ordered, a report, a recommendation, issues."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from audit.models import Entry
from contracting.contracts.actions import (
    Proposal,
    propose_amendment,
    send_amendment_for_signature,
    sign_amendment,
)
from contracting.contracts.consumption import Delivered, delivered_under, together
from contracting.contracts.models import Contract, ContractAmendment
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.compliance.today.pace import pace_of
from reporting.crisis.actions import DutyEntry, add_duty
from reporting.settlement.ledger import contract_use
from reporting.supervision import actions
from reporting.supervision.models import Dossier, ServiceTask
from reporting.supervision.queries.dossiers import told_of
from reporting.supervision.rules.amounts import Ordered, joined, order_change_of
from tests.factories.care import ContractFactory, DecisionFactory
from tests.meanwhile import meanwhile
from tests.reporting.supervision.asking import ACTOR
from tests.reporting.supervision.serving import Serving, advised, build_serving, case, known, on, session
from ui.formatting import format_minutes_text

pytestmark = pytest.mark.django_db

REASON = "Kolejka rośnie, godzin brakuje."
STANDING = Ordered(600, Decimal(1000), Decimal(0), Decimal(50), date(2026, 12, 31))


@pytest.fixture
def world(alfa: Any) -> Serving:
    return build_serving(alfa)


def test_the_dossier_lays_advice_beside_what_the_contract_orders(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3, person=known("Asklewska"), depth="in_depth", minutes=90)
        advised(world, 4, kind="family", alias="Z-1")
        advised(world, 5, kind="family", state="no_show")
        advised(world, 6)
        told = told_of(world.contract, world.month)
        assert told.advice is not None and told.crisis is None and not told.is_closed_by_month
        lines = {one.kind: (one.held, one.in_depth, one.minutes, one.no_show) for one in told.advice.lines}
        assert lines["legal"] == (2, 1, 150, 0) and lines["family"] == (1, 0, 60, 1)
        assert (told.advice.persons, told.advice.anonymous) == (2, 1)
        volume = told.advice.volume
        assert volume is not None and (volume.year, volume.ordered, volume.given) == (0, 600, 210)
    page = world.get("director", "dossier", **world.at()).content.decode()
    assert "Zamówiono w umowie: 10:00" in page and "35,0" in page and "Asklewska" not in page
    assert "sprawozdanie niezłożone" in page
    for who in ("director", "ngo"):
        listed = world.get(who, "dossiers", f"?month={world.month}").content.decode()
        assert "U/P/1" in listed


def test_the_dossier_of_crisis_intervention_counts_cases_sessions_documents_and_duty(world: Serving) -> None:
    with world.in_tenant():
        first = case(world, 3)
        session(world, first, 4)
        session(world, first, 5, state="no_show")
        case(world, 10, contact="field")
        start, end = world.month.bounds()
        worker = world.clients["worker"].user
        add_duty(DutyEntry(world.organisation.pk, worker.pk, start, on(world.month, 2, 0)), actor=ACTOR)
        told = told_of(world.crisis, world.month).crisis
        assert told is not None
        assert (told.opened, told.closed, told.going_on) == (2, 0, 2)
        assert (told.sessions, told.no_show, told.minutes) == (1, 1, 60)
        assert (told.cards, told.plans, told.debriefings, told.debriefings_held) == (0, 0, 1, 0)
        whole = int((end - start).total_seconds() // 60)
        assert (told.asked, told.short, told.empty) == (whole, 1440, whole - 1440)
    assert world.get("director", "dossier", **world.at(world.crisis)).status_code == 200


def test_the_service_gets_the_recommendation_that_no_decision_could(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3)
    assert world.get("director", "recommend_service", **world.at()).status_code == 200
    for who, expected in (("ngo", 403), ("inspector", 403), ("director", 302)):
        sent = world.post(who, "recommend_service", {"verdict": "raise", "reason": REASON}, **world.at())
        assert sent.status_code == expected
    assert (
        world.post("director", "recommend_service", {"verdict": "x", "reason": ""}, **world.at()).status_code
        == 422
    )
    page = world.get("director", "dossier", **world.at()).content.decode()
    assert "zamówić więcej" in page and REASON in page and "Umowa i aneksy" in page
    assert REASON in world.get("ngo", "dossier", **world.at()).content.decode()


def _task(world: Serving) -> ServiceTask:
    with world.in_tenant():
        found: ServiceTask = ServiceTask.objects.select_related("dossier", "amendment").get()
        return found


def _recommend(world: Serving, verdict: str) -> int:
    sent = {"verdict": verdict, "reason": REASON}
    return int(world.post("director", "recommend_service", sent, **world.at()).status_code)


def _amend(world: Serving, minutes: int | None = None, **changes: Any) -> ContractAmendment:
    """The cap of hours, or what else is named, changed by both signatures, through the doors of contracts."""
    today = timezone.localdate()
    with world.in_tenant():
        years = [(today.year, changes["amount"], None)] if changes.get("amount") else []
        proposal = Proposal(
            REASON, today, changes or {"cap_minutes": minutes}, years if "amount" in changes else None
        )
        made = send_amendment_for_signature(
            propose_amendment(world.contract, proposal, actor=ACTOR), actor=ACTOR
        )
        for side in ("unit", "organisation"):
            made = sign_amendment(
                made, side=side, function="dyrektor", signed_on=today, form="qualified", actor=ACTOR
            )
        return made


@pytest.mark.parametrize(
    ("verdict", "wrong", "right"), [("raise", 500, 900), ("lower", 700, 300)], ids=["more", "less"]
)
def test_more_or_less_of_a_service_is_a_task_until_the_contract_says_so(
    world: Serving, verdict: str, wrong: int, right: int
) -> None:
    with world.in_tenant():
        advised(world, 3)
    _amend(world, 610)
    assert _recommend(world, verdict) == 302
    task = _task(world)
    start = world.clients["director"].get(reverse("today", args=[world.tenant.slug])).content.decode()
    assert "rekomendacj" in start and "U/P/1" in start
    said = {"said": "Podpisano aneks."}
    refused = world.post("director", "complete_service_task", said, pk=task.pk)
    assert refused.status_code == 422 and "nie podpisano aneksu" in refused.content.decode()
    for minutes in (wrong, right):
        amendment = _amend(world, minutes)
        listed = world.get("director", "service_tasks").content.decode()
        goes = minutes == right
        assert (f"Aneks {amendment.number}, podpisany później, idzie w tę stronę" in listed) is goes
        sent = world.post("director", "complete_service_task", said, pk=task.pk)
        assert sent.status_code == (302 if goes else 422)
    settled = _task(world)
    assert (settled.state, settled.amendment, settled.said) == ("done", amendment, "Podpisano aneks.")
    assert "Podpisano aneks." in world.get("director", "service_tasks", "?state=settled").content.decode()
    assert "Podpisano aneks." in world.get("director", "dossier", **world.at()).content.decode()
    assert _recommend(world, "keep") == 422 and _task(world).state == "done"
    for name, typed in (("complete_service_task", said), ("drop_service_task", {"reason": "Nie."})):
        again = world.post("director", name, typed, pk=task.pk)
        assert again.status_code == 422 and "już zakończone" in again.content.decode()
        assert world.get("director", name, pk=task.pk).status_code == 302
    with world.in_tenant():
        [line] = Entry.objects.filter(verb="complete_service_task")
        assert line.payload["amendment"] == amendment.number


@pytest.mark.parametrize(
    ("verdict", "amount", "wrong", "right"),
    [
        ("raise", 100_000, {"amount": Decimal(90_000)}, {"amount": None}),
        ("lower", None, {"price_per_hour": Decimal(60)}, {"amount": Decimal(90_000)}),
        ("raise", 100_000, {"price_per_hour": Decimal(60)}, {"price_per_hour": Decimal(40)}),
        ("raise", 100_000, {"price_per_hour": Decimal(60)}, {"outside_grant": Decimal(50_000)}),
    ],
    ids=["no limit any more", "a limit of money", "the price", "costs outside the grant"],
)
def test_money_tells_by_the_hours_that_it_buys(
    world: Serving, verdict: str, amount: int | None, wrong: dict[str, Any], right: dict[str, Any]
) -> None:
    with world.in_tenant():
        advised(world, 3)
        contract = Contract.objects.filter(pk=world.contract.pk)
        contract.update(amount=amount, price_per_hour=50, outside_grant=0)
    assert _recommend(world, verdict) == 302
    task, said = _task(world), {"said": "Podpisano aneks."}
    for changes in (wrong, right):
        with world.in_tenant():
            world.contract.refresh_from_db()
        amendment = _amend(world, **changes)
        sent = world.post("director", "complete_service_task", said, pk=task.pk)
        assert sent.status_code == (302 if changes == right else 422), amendment.changes
        if changes == wrong:
            assert f"Aneks {amendment.number}" in sent.content.decode()


def test_all_amendments_since_the_recommendation_count_together_and_a_new_word_begins_nothing_anew(
    world: Serving,
) -> None:
    with world.in_tenant():
        advised(world, 3)
    _amend(world, 610)
    assert _recommend(world, "raise") == 302
    first = _task(world)
    _amend(world, 900)
    with world.in_tenant():
        ServiceTask.objects.update(due_on=first.due_on - timedelta(days=3))
    assert _recommend(world, "raise") == 302
    again = _task(world)
    assert (again.opened_at, again.due_on) == (first.opened_at, first.due_on - timedelta(days=3))
    last = _amend(world, 850)
    said = {"said": "Zamówiono więcej dwoma aneksami."}
    assert world.post("director", "complete_service_task", said, pk=again.pk).status_code == 302
    assert _task(world).amendment == last


def test_going_on_in_another_way_is_done_in_words_and_any_task_is_dropped_with_a_reason(
    world: Serving,
) -> None:
    with world.in_tenant():
        advised(world, 3)
    assert _recommend(world, "change") == 302
    assert (
        world.post("director", "complete_service_task", {"said": ""}, pk=_task(world).pk).status_code == 422
    )
    assert _recommend(world, "keep") == 302
    with world.in_tenant():
        assert not ServiceTask.objects.exists(), "a service that goes on as it is has nothing to be done"
    assert _recommend(world, "change") == 302
    task = _task(world)
    for who in ("ngo", "inspector", "other_ngo"):
        assert world.get(who, "service_tasks").status_code == 403
        assert world.post(who, "drop_service_task", {"reason": "Nie."}, pk=task.pk).status_code == 403
    sent = world.post("director", "complete_service_task", {"said": "Dyżur także w soboty."}, pk=task.pk)
    assert sent.status_code == 302 and _task(world).state == "done"
    assert _recommend(world, "raise") == 422, "a settled task stays as it is"
    assert _task(world).dossier.verdict == "change"
    with world.in_tenant():
        ServiceTask.objects.update(state="open", settled_at=None, said="")
    assert world.post("director", "drop_service_task", {"reason": ""}, pk=task.pk).status_code == 422
    assert (
        world.post("director", "drop_service_task", {"reason": "Brak środków."}, pk=task.pk).status_code
        == 302
    )
    assert (_task(world).state, _task(world).said) == ("dropped", "Brak środków.")


def test_a_task_that_somebody_settled_meanwhile_keeps_its_recommendation(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3)
    assert _recommend(world, "change") == 302
    settle = lambda: actions.drop_service_task(_task_here(), reason="Nie.", actor=ACTOR)  # noqa: E731
    with meanwhile(actions, "recommend_on_service", settle):
        assert _recommend(world, "raise") == 422
    assert _task(world).dossier.verdict == "change"


def _task_here() -> ServiceTask:
    return ServiceTask.objects.get()  # type: ignore[no-any-return]


def test_the_tasks_on_services_ask_as_often_for_many_as_for_two(world: Serving) -> None:
    counts = []
    for more in (2, 7):
        with world.in_tenant():
            for _each in range(more):
                contract = ContractFactory(organisation=world.organisation, valid_from=world.month.first)
                dossier = Dossier.objects.create(contract=contract, month=world.month.first)
                ServiceTask.objects.create(dossier=dossier, opened_at=timezone.now(), due_on=world.month.last)
        world.get("director", "service_tasks")
        with CaptureQueriesContext(connection) as asked:
            assert world.get("director", "service_tasks").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({"cap_minutes": [600, 900]}, 1),
        ({"cap_minutes": [600, None]}, 1),
        ({"cap_minutes": [None, 600], "amount": ["1.00", "2.00"]}, -1),
        ({"tranches": [[[2026, "100.00", 600]], [[2026, "100.00", 500]]]}, -1),
        ({"tranches": [[[2026, "9.00", None]], [[2026, "8.00", None]]], "amount": ["9.00", "8.00"]}, -1),
        # What is not named has no limit: money or minutes that are written where there were none make it less.
        ({"amount": [None, "100.00"]}, -1),
        ({"amount": ["100.00", None], "price_per_hour": ["40.00", "90.00"]}, 1),
        ({"tranches": [[[2026, "9.00", None]], [[2026, "9.00", 600]]]}, -1),
        ({"tranches": [[[2026, "9.00", 600]], [[2026, "9.00", None]]]}, 1),
        (
            {
                "tranches": [
                    [[2026, "9.00", None], [2027, "9.00", 600]],
                    [[2026, "9.00", 0], [2027, "9.00", 700]],
                ]
            },
            -1,
        ),
        (
            {
                "tranches": [
                    [[2026, "9.00", None], [2027, "9.00", 600]],
                    [[2026, "9.00", None], [2027, "9.00", 700]],
                ]
            },
            1,
        ),
        ({"tranches": [[], [[2026, "9.00", None]]]}, 0),
        # The same money buys more at a lower price, and costs outside the grant are money too.
        ({"price_per_hour": ["50.00", "40.00"]}, 1),
        ({"price_per_hour": ["40.00", "50.00"], "valid_to": ["2026-12-31", "2027-03-31"]}, -1),
        ({"price_per_hour": ["40.00", "80.00"], "amount": ["1000.00", "1900.00"]}, -1),
        ({"price_per_hour": ["50.00", "0.00"]}, 1),
        ({"outside_grant": ["500.00", "600.00"]}, 1),
        ({"amount": ["1000.00", "900.00"], "outside_grant": ["0.00", "100.00"]}, 0),
        ({"valid_to": ["2026-12-31", "2027-03-31"]}, 1),
        ({"commitments": [[], [{}]]}, 0),
        ({}, 0),
    ],
)
def test_hours_tell_before_what_the_money_buys_and_that_before_time(changes: Any, way: int) -> None:
    assert order_change_of(changes, STANDING) == way


def test_changes_one_after_another_are_one_change_and_one_taken_back_is_none() -> None:
    there, back = {"cap_minutes": [600, 900]}, {"cap_minutes": [900, 600], "amount": ["1.00", "2.00"]}
    assert joined([there, {"commitments": [[], [{}]]}]) == {
        "cap_minutes": (600, 900),
        "commitments": ([], [{}]),
    }
    assert order_change_of(joined([there, back]), STANDING) == 1, "the hours are as before, the money is more"
    assert order_change_of(joined([there, {"cap_minutes": [900, 600]}]), STANDING) == 0


def test_where_decisions_are_in_force_each_gets_its_own(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3)
        first = world.month.first
        DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
        with pytest.raises(DomainError) as refused:
            actions.recommend_on_service(
                world.contract, world.month, verdict="keep", reason=REASON, actor=ACTOR
            )
        assert refused.value.code == "decisions_in_month"
        told = told_of(world.contract, world.month)
        assert told.is_closed_by_month and told.advice is not None and len(told.lines) == 1
    assert world.get("director", "recommend_service", **world.at()).status_code == 302
    page = world.get("director", "dossier", **world.at()).content.decode()
    assert 'id="advice"' in page and 'id="decisions"' in page


def test_what_was_concluded_stays_and_says_what_has_changed_since(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3)
    world.post("ngo", "report_problems", {"problems": "Choroba doradcy.", "measures": ""}, **world.at())
    world.post("director", "recommend_service", {"verdict": "keep", "reason": REASON}, **world.at())
    assert (
        world.post("director", "conclude_dossier", {"conclusions": "W porządku."}, **world.at()).status_code
        == 302
    )
    assert world.get("director", "recommend_service", **world.at()).status_code == 302
    with world.in_tenant():
        advised(world, 4)
    page = world.get("director", "dossier", **world.at()).content.decode()
    assert "udzielone porady" in page and "Zmieni" in page
    issued = PdfReader(io.BytesIO(world.get("director", "dossier_pdf", **world.at()).content))
    text = "".join(one.extract_text() for one in issued.pages)
    assert REASON in text and "Choroba doradcy." in text and "kontynuować bez zmian" in text
    assert "Decyzje" not in text
    world.post("director", "reopen_dossier", {"reason": "Dopisano poradę."}, **world.at())
    assert (
        world.post("director", "conclude_dossier", {"conclusions": "Po zmianie."}, **world.at()).status_code
        == 302
    )
    with world.in_tenant():
        first, second = Dossier.objects.get().issues.order_by("number")
        held = [sum(line["held"] for line in one.content["advice"]["lines"]) for one in (first, second)]
        assert held == [1, 2]


def test_a_running_month_of_advice_is_not_concluded(world: Serving) -> None:
    now = Month.of(timezone.localdate())
    with world.in_tenant():
        advised(world, 3)
        with pytest.raises(DomainError) as refused:
            actions.conclude_dossier(world.contract, now, conclusions="Już.", actor=ACTOR)
        assert refused.value.code == "month_runs"
        assert not Dossier.objects.exists()


def test_the_hours_of_the_year_count_where_the_contract_has_them(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3, minutes=90)
        world.contract.tranches.create(year=world.month.year, amount=1000, minutes=900)
        advice = told_of(world.contract, world.month).advice
        assert advice is not None and advice.volume is not None
        assert (advice.volume.year, advice.volume.ordered, advice.volume.given) == (world.month.year, 900, 90)
        world.contract.tranches.all().delete()
        world.contract.cap_minutes = None
        world.contract.save()
        assert told_of(world.contract, world.month).advice.volume is None  # type: ignore[union-attr]
    assert "nie ma z czym porównać" in world.get("director", "dossier", **world.at()).content.decode()


def test_another_organisation_finds_no_such_dossier(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3)
    for name in ("dossier", "dossier_pdf", "report_problems"):
        assert world.get("other_ngo", name, **world.at()).status_code == 404


def test_a_dossier_asks_the_same_queries_of_few_and_of_many(
    world: Serving, django_assert_max_num_queries: Any
) -> None:
    counts = []
    with world.in_tenant():
        for first in (1, 6):
            for day in range(first, first + 5):
                advised(world, day)
                session(world, case(world, day), day)
            with django_assert_max_num_queries(90) as asked:
                told_of(world.contract, world.month)
                told_of(world.crisis, world.month)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_start_page_and_the_contract_count_hours_of_advice_and_sessions_as_used(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3, minutes=90)
        world.crisis.cap_minutes = 1200
        world.crisis.save()
        session(world, case(world, 3), 4)
        contracts = [world.contract, world.crisis]
        caps = {one.contract: one.used_minutes for one in pace_of(contracts, timezone.localdate()).caps}
        assert caps == {world.contract: 90, world.crisis: 60}
        told = delivered_under([one.pk for one in contracts])
        assert {pk: one.minutes for pk, one in told.items()} == {world.contract.pk: 90, world.crisis.pk: 60}
        assert told[world.crisis.pk].until == on(world.month, 4).date()


def test_the_forecast_counts_hours_as_the_contract_does_and_leaves_money_to_those_who_pay_it(
    world: Serving,
) -> None:
    with world.in_tenant():
        advised(world, 3, minutes=90)
        advised(world, 4)
        world.crisis.cap_minutes, world.crisis.amount = 1200, Decimal("9000.00")
        world.crisis.save()
        world.contract.amount = Decimal("9000.00")
        world.contract.save()
        session(world, case(world, 3), 4)
        contracts = [world.contract, world.crisis]
        used = {pk: one.minutes for pk, one in delivered_under([one.pk for one in contracts]).items()}
        for contract, minutes in ((world.contract, 150), (world.crisis, 60)):
            use = contract_use(contract, timezone.localdate())
            assert use.minutes is not None and use.minutes.used == used[contract.pk] == minutes
            assert use.months[world.month].delivered == minutes and use.minutes.runs_out is not None
            assert use.money is None
        world.crisis.cap_minutes = None
        world.crisis.save()
    for contract in contracts:
        address = reverse("settlement:contract_ledger", args=[world.tenant.slug, contract.pk])
        page = world.clients["director"].get(address).content.decode()
        assert "nie odnotowano płatności" in page and "nic nie może się skończyć" not in page
        assert (format_minutes_text(150) in page) is (contract == world.contract)


def test_what_two_services_gave_under_one_contract_adds_up() -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 2)
    both = together(Delivered(90, first, {first: 90}), Delivered(60, last, {first: 20, last: 40}))
    assert both == Delivered(150, last, {first: 110, last: 40})
