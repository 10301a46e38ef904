"""Every kind, technique, unit, outcome and side of evaluation through its pages: offered, kept and shown."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from contracting.commissioning import steps
from contracting.commissioning.models import Cycle
from kernel.tenancy import tenant_scope
from reporting.casework.models import Programme
from reporting.evaluation.models import Evaluation, Measurement, OutcomeKind, StatedValue, TakenResult
from reporting.evaluation.models.evaluations import EvaluationQuestion
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.commissioning import make_cycle, put_at
from tests.reporting.evaluation.measuring_world import MeasuringWorld, build_world
from tests.reporting.evaluation.test_commitments import close_october
from tests.reporting.evaluation.test_evaluating import plan, words
from tests.reporting.evaluation.test_outcome_kinds import KINDS, TYPED
from tests.reporting.evaluation.test_results import surveyed
from tests.reporting.supervision.supervised import build_supervised
from tests.values_on_pages import assert_offered, assert_shown, times_said

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
YEAR = {"period_from": date(2026, 1, 1), "period_to": date(2026, 12, 31)}


@pytest.fixture
def cycle(alfa: Tenant) -> Cycle:
    with tenant_scope(alfa):
        return put_at(make_cycle(**YEAR), steps.EVALUATION)


@pytest.mark.parametrize("kind", list(Evaluation.Kind), ids=str)
def test_every_kind_of_evaluation(alfa: Tenant, sign_in: SignIn, cycle: Cycle, kind: Evaluation.Kind) -> None:
    director, listed = sign_in(Role.DIRECTOR, alfa), f"/alfa/evaluation/cycles/{cycle.pk}/"
    assert_offered(director, f"{listed}plan/", kind)
    # The list without evaluations explains both kinds.
    plan(director, cycle, kind=next(one for one in Evaluation.Kind if one != kind).value, title="Inna")
    before = times_said(director, listed, kind)
    made = plan(director, cycle, kind=kind.value, title="Jak poszło")
    assert made.kind == kind
    assert_shown(director, listed, kind, before=before)
    assert_shown(director, f"/alfa/evaluation/{made.pk}/", kind)


@pytest.mark.parametrize("technique", list(EvaluationQuestion.Technique), ids=str)
def test_every_technique_of_a_question(
    alfa: Tenant, sign_in: SignIn, cycle: Cycle, technique: EvaluationQuestion.Technique
) -> None:
    director = sign_in(Role.DIRECTOR, alfa)
    assert_offered(director, f"/alfa/evaluation/cycles/{cycle.pk}/plan/", technique)
    told = {"questions-0-question": "Co się udało?", "questions-0-source": ""}
    another = next(one for one in EvaluationQuestion.Technique if one != technique)
    pages = []
    for title, asked in (("Pierwsza", another), ("Druga", technique)):
        row = {**told, "questions-0-technique": asked.value}
        made = plan(director, cycle, kind="partial", title=title, **row)
        with tenant_scope(alfa):
            assert made.questions.get().technique == asked
        pages.append(f"/alfa/evaluation/{made.pk}/")
    assert_shown(director, pages[1], technique, before=times_said(director, pages[0], technique))


@pytest.mark.parametrize("unit", list(OutcomeKind.Unit), ids=str)
def test_every_unit_of_an_outcome(alfa: Tenant, sign_in: SignIn, unit: OutcomeKind.Unit) -> None:
    director = sign_in(Role.DIRECTOR, alfa)
    assert_offered(director, f"{KINDS}add/", unit)
    before = times_said(director, KINDS, unit)
    typed = {**TYPED, "name": "Powroty", "method": "Z wykazu", "unit": unit.value}
    assert director.post(f"{KINDS}add/", typed).status_code == 302
    with tenant_scope(alfa):
        assert OutcomeKind.objects.get(name="Powroty").unit == unit
    assert_shown(director, KINDS, unit, before=before)


# What is taken into an evaluation of each kind of result, and how its page says the value; a new kind fails until it
# stands here.
TAKEN = {
    "mean": ("survey:{survey}:1:mean", "3,8 (suma punktów 19, odpowiedzi 5)"),
    "share": ("survey:{survey}:1:good", "60,0 % (3 z 5)"),
    "count": ("programmes:finished", "1 713"),
}


@pytest.mark.parametrize("kind", list(TakenResult.Kind), ids=str)
def test_every_kind_of_result(alfa: Tenant, kind: TakenResult.Kind) -> None:
    world = build_supervised(alfa, decisions=6)
    with world.in_tenant():
        cycle = put_at(make_cycle(service=world.contract.service, **YEAR), steps.EVALUATION)
        survey, day = surveyed(world), date(2026, 4, 1)
        Programme.objects.create(
            cycle=cycle,
            title="Razem",
            valid_from=day,
            valid_to=day,
            started=2000,
            finished=1713,
            continuing=287,
        )
    key, said = TAKEN[kind]
    director = world.clients["director"]
    page = f"/alfa/evaluation/{plan(director, cycle).pk}/"
    assert said not in words(director.get(page))
    told = {"fact": key.format(survey=survey.pk), "question": ""}
    assert director.post(f"{page}results/take/", told).status_code == 302
    with world.in_tenant():
        assert TakenResult.objects.get().kind == kind
    assert said in words(director.get(page))


@pytest.fixture
def world(alfa: Tenant) -> MeasuringWorld:
    return build_world(alfa)


def _commitments(world: MeasuringWorld) -> str:
    return f"/alfa/evaluation/commitments/{world.contract.pk}/"


def _reported(world: MeasuringWorld, verb: str) -> str:
    return f"{_commitments(world)}2026-10/{world.keys['reported']}/{verb}/"


# What the unit states of a commitment of at least four, for each outcome.
STATES = {"met": "5", "not_met": "3", "unmeasured": ""}


@pytest.mark.parametrize("outcome", list(Measurement.Outcome), ids=str)
def test_every_outcome_of_a_commitment(
    world: MeasuringWorld, sign_in: SignIn, outcome: Measurement.Outcome
) -> None:
    director, page = sign_in(Role.DIRECTOR, world.tenant), _commitments(world)
    provider = sign_in(Role.NGO_MANAGER, world.tenant, world.organisation)
    before = times_said(director, page, outcome)
    if value := STATES[outcome]:
        typed = {"value": value, "evidence": "Listy obecności"}
        assert director.post(_reported(world, "state"), typed).status_code == 302
        assert_shown(director, page, outcome, before=before)
    with tenant_scope(world.tenant):
        close_october(world)
        assert Measurement.objects.get(measure="reported", month=date(2026, 10, 1)).outcome == outcome
    for client in (director, provider):
        assert_shown(client, page, outcome)


@pytest.mark.parametrize("side", list(Measurement.Side), ids=str)
def test_everybody_who_stands_behind_a_value(
    world: MeasuringWorld, sign_in: SignIn, side: Measurement.Side
) -> None:
    director, page = sign_in(Role.DIRECTOR, world.tenant), _commitments(world)
    provider = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    before = times_said(director, page, side)
    measured = side == Measurement.Side.MEASURED
    if not measured:
        by = {Measurement.Side.CONFIRMED: director, Measurement.Side.STATED: provider}[side]
        typed = {"value": "5", "evidence": "Listy obecności"}
        assert by.post(_reported(world, "state"), typed).status_code == 302
    with tenant_scope(world.tenant):
        close_october(world)
        row = Measurement.objects.get(
            measure="same_carer" if measured else "reported", month=date(2026, 10, 1)
        )
    assert row.side == side
    for client in (director, provider):
        if measured:
            # Said of the commitment, not of each month.
            client.cookies["django_language"] = "pl"
            assert "Mierzone z zapisów: " in words(client.get(page))
        else:
            assert_shown(client, page, side, before=before)


@pytest.mark.parametrize("side", list(StatedValue.Side), ids=str)
def test_either_side_may_state_a_value(
    world: MeasuringWorld, sign_in: SignIn, side: StatedValue.Side
) -> None:
    director, page = sign_in(Role.DIRECTOR, world.tenant), _commitments(world)
    provider = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    before = {client: times_said(client, page, side) for client in (director, provider)}
    by = {StatedValue.Side.UNIT: director, StatedValue.Side.ORGANISATION: provider}[side]
    typed = {"value": "5", "evidence": "Listy obecności"}
    assert by.post(_reported(world, "state"), typed).status_code == 302
    with tenant_scope(world.tenant):
        assert StatedValue.objects.get().side == side
    for client in (director, provider):
        assert_shown(client, page, side, before=before[client])
