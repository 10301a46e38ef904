"""One link answered twice at once: one answer is kept, the other is told that the invitation is used."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from reporting.supervision import actions
from reporting.supervision.actions import surveys
from reporting.supervision.models import SurveyResponse
from reporting.supervision.queries.surveys import invitation_of
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory
from tests.factories.people import partner
from tests.racing import PATIENCE, at_once, committed_tenant, committing
from tests.reporting.supervision.asking import ACTOR, started

db = committing


@pytest.fixture
def linked(db: None) -> Iterator[Any]:
    with committed_tenant("tor-ankiet", "Tor Ankiet") as tenant:
        organisation = partner(tenant, name="Stowarzyszenie Tor Ankiet")
        with tenant_scope(tenant):
            contract = ContractFactory(organisation=organisation)
            DecisionFactory(contract=contract, minutes=480, person=PersonFactory())
            survey = started(contract)
            yield tenant, actions.issue_links(survey, actor=ACTOR)[0][1]


def test_one_answer_is_kept(linked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, token = linked
    both_have_read, take = threading.Barrier(2), surveys.lock

    def wait_then_lock(row: Any) -> Any:
        both_have_read.wait(PATIENCE)
        return take(row)

    monkeypatch.setattr(surveys, "lock", wait_then_lock)

    def answer(mark: int) -> Any:
        def act() -> Any:
            invitation = invitation_of(token)
            assert invitation is not None and invitation.state == "waiting"
            return actions.answer_survey(invitation, [mark, None, None], channel="link", actor=ACTOR)

        return act

    assert sorted(at_once(tenant, answer(1), answer(5))) == ["done", "invitation_used"]
    assert SurveyResponse.objects.count() == 1
