"""The procedure of a breach: reported, answered in time, decided with reasons; penalties for whoever settles."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.supervision import actions
from reporting.supervision.models import Breach
from reporting.supervision.queries.penalties import penalties_of
from tests.reporting.supervision.supervised import MONTH, Supervised
from tests.values_on_pages import assert_shown

pytestmark = pytest.mark.django_db


def reported(world: Supervised) -> Breach:
    data = {"contract": world.contract.pk, "facts": "Trzy dni bez wizyt.", "basis": "§ 7 ust. 2"}
    answer = world.post("inspector", "report_breach", data)
    assert answer.status_code == 302
    with world.in_tenant():
        return Breach.objects.latest("pk")


def fresh(world: Supervised, breach: Breach) -> Breach:
    with world.in_tenant():
        return Breach.objects.get(pk=breach.pk)


def answer(world: Supervised, breach: Breach) -> Any:
    return world.post("ngo", "answer_breach", {"answer": "Choroba opiekunki."}, pk=breach.pk)


def decide(world: Supervised, breach: Breach, **changed: Any) -> Any:
    data = {
        "outcome": "penalty",
        "reasons": "Brak zastępstwa.",
        "amount": "500,00",
        "month": MONTH,
        **changed,
    }
    return world.post("director", "decide_breach", data, pk=breach.pk)


def test_from_the_report_to_a_penalty(world: Supervised) -> None:
    breach = reported(world)
    assert answer(world, breach).status_code == 302
    assert decide(world, breach).status_code == 302
    page = world.get("ngo", "breach", pk=breach.pk).content.decode()
    for told in ("Trzy dni bez wizyt.", "§ 7 ust. 2", "Choroba opiekunki.", "Brak zastępstwa."):
        assert told in page
    with world.in_tenant():
        (penalty,) = penalties_of(world.contract, Month.parse(MONTH))
        assert (penalty.amount, penalty.basis, penalty.number) == (
            Decimal("500.00"),
            "§ 7 ust. 2",
            str(breach),
        )
        assert penalties_of(world.contract, Month(2026, 9)) == []
        verbs = list(
            Entry.objects.filter(subject_type="breach").order_by("sequence").values_list("verb", flat=True)
        )
    assert verbs == ["report_breach", "answer_breach", "decide_breach"]
    assert str(breach) in world.get("director", "breaches").content.decode()


@pytest.mark.parametrize("outcome", ["none", "warning", "termination"])
def test_other_outcomes_carry_no_amount(world: Supervised, outcome: str) -> None:
    breach = reported(world)
    answer(world, breach)
    assert decide(world, breach, outcome=outcome).status_code == 302
    row = fresh(world, breach)
    assert (row.state, row.outcome, row.amount, row.month) == ("decided", outcome, None, None)


def test_a_decision_waits_for_the_answer_or_its_term(world: Supervised) -> None:
    breach = reported(world)
    assert decide(world, breach).status_code == 422
    with world.in_tenant():
        Breach.objects.update(answer_due_on=timezone.localdate() - timedelta(days=1))
    assert decide(world, breach).status_code == 302


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": ""},
        {"amount": "0"},
        {"month": ""},
        {"reasons": " "},
        {"outcome": "zzz"},
        {"month": "2024-01"},
    ],
)
def test_an_incomplete_decision_is_refused(world: Supervised, changed: dict[str, str]) -> None:
    breach = reported(world)
    answer(world, breach)
    assert decide(world, breach, **changed).status_code == 422
    assert fresh(world, breach).state == "answered"


# What each state lets through; a new state fails until it stands here.
LETS = {
    "reported": {"answer_breach", "withdraw_breach"},
    "answered": {"decide_breach", "withdraw_breach"},
    "decided": set[str](),
    "withdrawn": set[str](),
}


@pytest.mark.parametrize("state", list(Breach.State), ids=str)
def test_every_state_is_shown_and_lets_only_its_verbs_through(world: Supervised, state: Breach.State) -> None:
    def withdraw(world: Supervised, breach: Breach) -> Any:
        return world.post("inspector", "withdraw_breach", {"reason": "Pomyłka"}, pk=breach.pk)

    breach = reported(world)
    if state in ("answered", "decided"):
        answer(world, breach)
    if state == "decided":
        decide(world, breach)
    if state == "withdrawn":
        withdraw(world, breach)
    assert fresh(world, breach).state == state
    # Of a decided one the page says what was decided.
    told = Breach.Outcome.PENALTY if state == "decided" else state
    for who in ("director", "ngo"):
        assert_shown(world.clients[who], world.url("breach", pk=breach.pk), told)
    for name, verb in (
        ("answer_breach", answer),
        ("decide_breach", decide),
        ("withdraw_breach", withdraw),
    ):
        if name not in LETS[state]:
            verb(world, breach)
            assert fresh(world, breach).state == state, name


def test_what_is_decided_stays(world: Supervised) -> None:
    breach = reported(world)
    answer(world, breach)
    assert answer(world, breach).status_code == 422
    decide(world, breach)
    assert decide(world, breach, outcome="none").status_code == 422
    assert world.post("inspector", "withdraw_breach", {"reason": "x"}, pk=breach.pk).status_code == 422
    assert fresh(world, breach).outcome == "penalty"
    with world.in_tenant(), pytest.raises(DomainError) as refused:
        actions.withdraw_breach(breach, reason="x", actor=Actor.system("tests"))
    assert refused.value.code == "wrong_state"


def test_a_report_is_withdrawn_with_a_reason(world: Supervised) -> None:
    breach = reported(world)
    assert world.post("inspector", "withdraw_breach", {"reason": ""}, pk=breach.pk).status_code == 422
    assert world.post("inspector", "withdraw_breach", {"reason": "Pomyłka."}, pk=breach.pk).status_code == 302
    assert fresh(world, breach).state == "withdrawn"
    with world.in_tenant():
        assert penalties_of(world.contract, Month.parse(MONTH)) == []


def test_who_may(world: Supervised) -> None:
    breach = reported(world)
    assert world.get("inspector", "decide_breach", pk=breach.pk).status_code == 403
    assert world.get("ngo", "report_breach").status_code == 403
    assert world.get("director", "answer_breach", pk=breach.pk).status_code == 403
    assert world.get("other_ngo", "breach", pk=breach.pk).status_code == 404
    assert world.get("other_ngo", "answer_breach", pk=breach.pk).status_code == 404
    assert str(breach) not in world.get("other_ngo", "breaches").content.decode()


def test_today_tells_who_is_to_act(world: Supervised) -> None:
    breach = reported(world)
    assert str(breach) in world.today_page("ngo")
    assert str(breach) not in world.today_page("director")
    answer(world, breach)
    assert str(breach) in world.today_page("director")
    assert str(breach) not in world.today_page("ngo")


def test_the_database_keeps_the_states(world: Supervised) -> None:
    breach = reported(world)
    wrong: list[dict[str, Any]] = [
        {"state": "answered"},
        {"state": "decided"},
        {"state": "zzz"},
        {"outcome": "penalty"},
        {"reasons": "x"},
        {"amount": 5},
    ]
    with world.in_tenant():
        for fields in wrong:
            with pytest.raises(IntegrityError), transaction.atomic():
                Breach.objects.filter(pk=breach.pk).update(**fields)
