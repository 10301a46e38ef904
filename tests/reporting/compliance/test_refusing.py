"""Refusing minutes line by line: how many, never twice, and what is accepted then."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.queries import compare_month
from reporting.compliance.rules import Code, Deviation, VisitFacts, refusable_minutes, refused_by_decision
from reporting.compliance.snapshots import shows_the_same
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import visit
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER, ClosingWorld, build_world
from tests.reporting.compliance.examples import a_visit

SignIn = Callable[..., Client]
WHOLE = [
    Code.OUTSIDE_SCOPE,
    Code.OUTSIDE_VALIDITY,
    Code.DURING_SUSPENSION,
    Code.NOT_QUALIFIED,
    Code.DUPLICATE,
]
NEVER = [Code.UNDER_DELIVERED, Code.NOTHING_DELIVERED, Code.SCOPE_NOT_PERFORMED, Code.MISSED, Code.OFF_PLAN]


def _of(code: Code, one: VisitFacts | None = None, minutes: int | None = None) -> Deviation:
    return Deviation(code, "U/1", "D/1", visit=one, minutes=minutes)


@pytest.mark.parametrize("code", WHOLE)
def test_a_visit_that_should_not_have_been_is_refused_whole(code: Code) -> None:
    assert refusable_minutes(_of(code, a_visit("2026-10-05 08:00", 90))) == 90


@pytest.mark.parametrize("code", NEVER)
def test_what_was_not_delivered_cannot_be_refused(code: Code) -> None:
    assert refusable_minutes(_of(code, None, 60)) == 0


def test_of_an_overlap_the_shared_minutes_and_of_too_much_what_is_too_much() -> None:
    one = a_visit("2026-10-05 08:00", 90)
    assert refusable_minutes(_of(Code.WORKER_OVERLAP, one, 20)) == 20
    assert refusable_minutes(_of(Code.PERSON_OVERLAP, one, 30)) == 30
    assert refusable_minutes(_of(Code.OVER_DELIVERED, None, 45)) == 45
    assert refusable_minutes(_of(Code.CONTRACT_CAP, None, 15)) == 15


def test_no_minute_is_refused_twice() -> None:
    one, other = a_visit("2026-10-05 08:00", 60), a_visit("2026-10-05 12:00", 30)
    refused = [
        ("d", _of(Code.OUTSIDE_SCOPE, one)),
        ("d", _of(Code.WORKER_OVERLAP, one, 20)),
        ("d", _of(Code.NOT_QUALIFIED, other)),
        ("d", _of(Code.OVER_DELIVERED, None, 100)),
        ("e", _of(Code.OVER_DELIVERED, None, 10)),
        ("", _of(Code.CONTRACT_CAP, None, 130)),
    ]
    assert refused_by_decision(refused) == ({"d": 100, "e": 10}, 20)
    assert refused_by_decision(refused[:3]) == ({"d": 90}, 0)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("de"),
            st.sampled_from([*WHOLE, Code.WORKER_OVERLAP, Code.PERSON_OVERLAP]),
            st.integers(0, 2),
            st.integers(1, 60),
        ),
        max_size=6,
    )
)
def test_of_a_visit_never_more_than_its_length(refused: list[tuple[str, Code, int, int]]) -> None:
    visits = [a_visit(f"2026-10-0{number + 5} 08:00", 60) for number in range(3)]
    given_over = [(key, _of(code, visits[which], minutes)) for key, code, which, minutes in refused]
    by_decision, beyond = refused_by_decision(given_over)
    assert beyond == 0
    for key, minutes in by_decision.items():
        touched = {which for of, _code, which, _minutes in refused if of == key}
        assert 0 < minutes <= 60 * len(touched)


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    world = build_world(alfa)
    with tenant_scope(alfa):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    return world


def _refuse(world: ClosingWorld, sign_in: SignIn, code: str = "H1", **typed: Any) -> Any:
    with tenant_scope(world.tenant):
        chosen = f"{code} {world.one(code).subject}"
    fields = {"chosen": chosen, "reason": "beyond", "note": "", **typed}
    return sign_in(Role.COORDINATOR, world.tenant).post(
        f"/alfa/month/{world.contract.pk}/2026-10/answer/", fields, follow=True
    )


def test_what_is_refused_is_not_accepted(alfa: Tenant, world: ClosingWorld, sign_in: SignIn) -> None:
    page = _refuse(world, sign_in).content.decode()
    assert "nieuznane: ponad to, co przyznano" in page
    assert "1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}min" in page
    client = sign_in(Role.DIRECTOR, alfa)
    asked = client.get(f"/alfa/month/{world.contract.pk}/2026-10/accept/").content.decode()
    # Delivered 2:00 + 3:30, of which 1:30 is too much.
    assert "4\N{NO-BREAK SPACE}h" in asked
    client.post(f"/alfa/month/{world.contract.pk}/2026-10/accept/")
    with tenant_scope(alfa):
        row = ContractMonth.objects.get()
        assert (row.state, row.accepted_minutes, row.refused_minutes) == ("accepted", 240, 90)
        assert row.snapshot["refused"] == {"decisions": {world.over.number: 90}, "beyond": 0}
        assert shows_the_same(row.snapshot, compare_month(OCTOBER, contracts=[world.contract.pk]))
        assert Entry.objects.get(verb="refuse_deviations").payload["reason"] == "beyond"
    told = client.get(f"/alfa/month/{world.contract.pk}/2026-10/").content.decode()
    assert "nieuznane" in told
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/alfa/month/{world.contract.pk}/2026-10/xlsx/").content)
    )
    answers = " ".join(str(cell.value) for row in book["Odchylenia"] for cell in row)
    assert "odjęto 1\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}30\N{NO-BREAK SPACE}min" in answers


def test_reopened_the_refusals_stay_and_can_be_taken_back(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    _refuse(world, sign_in)
    with tenant_scope(alfa):
        actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
        row = actions.reopen_month(world.contract, OCTOBER, reason="pomyłka", actor=DIRECTOR)
        assert (row.accepted_minutes, row.refused_minutes) == (None, 0)
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        actions.withdraw_resolution(Resolution.objects.get(), actor=DIRECTOR)
        points = [("H1", world.one("H1").subject)]
        actions.justify_deviations(world.contract, OCTOBER, points=points, reason="urgent", actor=DIRECTOR)
        row = actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
        assert (row.accepted_minutes, row.refused_minutes) == (330, 0)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": "refused_other"}, "wymaga"),
        ({"reason": "nonsense"}, "powód"),
    ],
)
def test_a_refusal_needs_its_reason(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, typed: dict[str, str], said: str
) -> None:
    answer = _refuse(world, sign_in, **typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with tenant_scope(alfa):
        assert not Resolution.objects.exists()


def test_where_nothing_was_delivered_there_is_nothing_to_refuse(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    with tenant_scope(alfa):
        world.clean.visits.all().delete()
    answer = _refuse(world, sign_in, "H3")
    assert answer.status_code == 422
    assert "H3 nie dotyczy wykonanych godzin" in answer.content.decode()


def test_an_excess_over_the_cap_that_was_refused_counts_no_more(alfa: Tenant) -> None:
    world = build_world(alfa, cap_minutes=300)
    with tenant_scope(alfa):
        visit(world.clean, world.worker, date(2026, 10, 2), "08:00", 10)
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        for code in ("H1", "C1"):
            points = [(one.code, one.subject) for one in world.answered() if one.code == code]
            actions.refuse_deviations(world.contract, OCTOBER, points=points, reason="beyond", actor=DIRECTOR)
        row = actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
        # 340 delivered, 100 beyond the decisions; the cap of 300 is kept by that already.
        assert (row.accepted_minutes, row.refused_minutes) == (240, 100)
        compared = compare_month(OCTOBER, contracts=[world.contract.pk])
        assert not compared.contracts[0].deviations
        assert shows_the_same(row.snapshot, compared)


@pytest.mark.parametrize(
    ("verb", "reason"), [(actions.justify_deviations, "agreed"), (actions.refuse_deviations, "beyond")]
)
def test_one_reason_for_several_kinds_is_asked_about_at_the_door_of_the_verb(
    alfa: Tenant, world: ClosingWorld, verb: Any, reason: str
) -> None:
    with tenant_scope(alfa):
        worker = world.worker
        visit(world.over, worker, date(2026, 10, 12), "10:00", 60, activities=["errands"])
        points = [(one.code, one.subject) for one in world.answered() if one.code in ("H1", "S1")]
        assert len(points) == 2
        with pytest.raises(DomainError) as refused:
            verb(world.contract, OCTOBER, points=points, reason=reason, actor=DIRECTOR)
        assert (refused.value.code, refused.value.field) == ("one_reason_for_several", "together")
        assert "H1, S1" in str(refused.value.message)
        assert not Resolution.objects.exists()
        verb(world.contract, OCTOBER, points=points[:1] * 2, reason=reason, actor=DIRECTOR)
        assert Resolution.objects.count() == 1


def test_the_database_keeps_refusals_and_minutes_together(alfa: Tenant, world: ClosingWorld) -> None:
    with tenant_scope(alfa):
        points = [("H1", world.one("H1").subject)]
        with pytest.raises(DomainError):
            actions.refuse_deviations(world.contract, OCTOBER, points=points, reason="urgent", actor=DIRECTOR)
        with pytest.raises(DomainError):
            actions.justify_deviations(
                world.contract, OCTOBER, points=points, reason="beyond", actor=DIRECTOR
            )
