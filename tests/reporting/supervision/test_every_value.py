"""Every state of an inspection and of a recommendation, every outcome of a breach, through their pages."""

import pytest

from reporting.supervision.models import Breach, Inspection, Recommendation
from tests.reporting.supervision.supervised import Supervised
from tests.reporting.supervision.test_breaches import answer, decide, reported
from tests.reporting.supervision.test_inspections import find, hold, plan, recommendation
from tests.values_on_pages import assert_offered, assert_shown, times_said

pytestmark = pytest.mark.django_db
BOTH = ("inspector", "ngo")


def brought_to(world: Supervised, state: str) -> Inspection:
    """An inspection in the state, by the pages that lead there."""
    row = plan(world)
    steps = {
        "called_off": [("inspector", "call_off_inspection", {"reason": "Choroba"})],
        "sent": [("inspector", "send_protocol", {})],
        "answered": [("inspector", "send_protocol", {}), ("ngo", "answer_protocol", {"answer": "Tak."})],
        "closed": [
            ("inspector", "send_protocol", {}),
            ("inspector", "close_inspection", {"note": "Koniec."}),
        ],
    }
    if state not in ("planned", "called_off"):
        hold(world, row)
    if state in ("sent", "answered"):
        find(world, row)
    for who, name, data in steps.get(state, []):
        assert world.post(who, name, data, pk=row.pk).status_code == 302, name
    return row


@pytest.mark.parametrize("state", list(Inspection.State), ids=str)
def test_every_state_of_an_inspection(world: Supervised, state: Inspection.State) -> None:
    row = brought_to(world, state)
    with world.in_tenant():
        assert Inspection.objects.get(pk=row.pk).state == state
    for who in BOTH:
        for address in (world.url("inspection", pk=row.pk), world.url("inspections")):
            assert_shown(world.clients[who], address, state)


@pytest.mark.parametrize("state", list(Recommendation.State), ids=str)
def test_every_state_of_a_recommendation(world: Supervised, state: Recommendation.State) -> None:
    row = brought_to(world, "sent")
    one = recommendation(world, row)
    if state == "reported":
        data = {"report": "Zrobiono."}
        assert world.post("ngo", "report_recommendation", data, pk=one.pk).status_code == 302
    elif state != "open":
        assert_offered(world.clients["inspector"], world.url("follow_up_recommendation", pk=one.pk), state)
        data = {"result": state.value, "note": "Obejrzano."}
        assert world.post("inspector", "follow_up_recommendation", data, pk=one.pk).status_code == 302
    assert recommendation(world, row).state == state
    for who in BOTH:
        assert_shown(world.clients[who], world.url("inspection", pk=row.pk), state)


@pytest.mark.parametrize("outcome", list(Breach.Outcome), ids=str)
def test_every_outcome_of_a_breach(world: Supervised, outcome: Breach.Outcome) -> None:
    breach = reported(world)
    assert answer(world, breach).status_code == 302
    page, asked = world.url("breach", pk=breach.pk), world.url("decide_breach", pk=breach.pk)
    assert_offered(world.clients["director"], asked, outcome)
    before = times_said(world.clients["director"], page, outcome)
    money = {} if outcome == "penalty" else {"amount": "", "month": ""}
    assert decide(world, breach, outcome=outcome.value, **money).status_code == 302
    for who in ("director", "ngo"):
        assert_shown(world.clients[who], page, outcome, before=before)
