"""A decision moves to another contract only while its diary is empty: visits stay with those who made them."""

from datetime import date
from typing import Any

import pytest

from audit.models import Entry
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.delivery.actions import freeze_month
from reporting.delivery.models import FrozenMonth, Visit
from tests.factories.care import DecisionFactory, WorkerFactory, visit
from tests.reporting.care.care_forms import decision_form

MONDAY = date(2026, 3, 2)
ACTOR = Actor.system("tests")


def _decided(care: Any) -> Any:
    with tenant_scope(care.tenant):
        return DecisionFactory(contract=care.contract, person=care.person, number="D/001/2026")


def _visited(care: Any, **fields: Any) -> Any:
    """The decision with a visit of the first organisation's worker in March, which it handed in."""
    decision = _decided(care)
    with tenant_scope(care.tenant):
        worker = WorkerFactory(organisation=care.organisation, code="W01", surname="Zięba")
        visit(decision, worker, MONDAY, "08:00", 60, **fields)
        freeze_month(care.contract, date(2026, 3, 1), actor=ACTOR)
    return decision


def _move(client: Any, care: Any, decision: Any, **changes: Any) -> Any:
    data = decision_form(
        care.other_contract, care.activities, number="D/001/2026", reason="typing", valid_from="2026-01-05"
    )
    return client.post(f"/alfa/care/decisions/{decision.pk}/correct/", data | changes)


def _operation(decision: Any, worker: Any) -> dict[str, Any]:
    return {
        "id": "0199aaaa-0000-7000-8000-000000000001",
        "kind": "record",
        "visit": "0199aaaa-0000-7000-8000-000000000002",
        "decision": str(decision.pk),
        "version": 0,
        "seen": [],
        "content": {
            "date": "2026-03-03",
            "start": "08:00",
            "end": "09:00",
            "worker": str(worker.pk),
            "state": "done",
            "activities": [],
            "note": "",
        },
    }


def _save(client: Any, contract: Any, operation: dict[str, Any]) -> Any:
    body = {"contract": str(contract.pk), "operations": [operation]}
    return client.post("/alfa/diary/grid/save/", body, content_type="application/json")


def test_without_visits_the_contract_is_corrected(care: Any, sign_in: Any) -> None:
    decision = _decided(care)
    assert _move(sign_in("director", care.tenant), care, decision).status_code == 302
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        assert decision.contract_id == care.other_contract.pk


@pytest.mark.parametrize("state", ["done", "draft", "cancelled"])
def test_with_any_visit_the_contract_stays_and_says_why(care: Any, sign_in: Any, state: str) -> None:
    decision = _visited(care, state=state)
    answer = _move(sign_in("coordinator", care.tenant), care, decision)
    assert answer.status_code == 422
    [refusal] = answer.context["form"].errors.as_data()["contract"]
    assert refusal.code == "contract_has_visits" and "U/2/2026" in refusal.message
    with tenant_scope(care.tenant):
        decision.refresh_from_db()
        assert decision.contract_id == care.contract.pk
        assert not Entry.objects.filter(verb="correct_decision").exists()


def test_other_terms_of_a_visited_decision_are_corrected(care: Any, sign_in: Any) -> None:
    decision = _visited(care)
    client = sign_in("director", care.tenant)
    answer = _move(client, care, decision, contract=str(care.contract.pk), minutes="10 h")
    assert answer.status_code == 302
    with tenant_scope(care.tenant):
        assert Decision.objects.get().minutes == 600


def test_the_other_organisation_sees_nothing_and_the_frozen_month_stays_frozen(
    care: Any, sign_in: Any
) -> None:
    decision = _visited(care)
    _move(sign_in("director", care.tenant), care, decision)
    with tenant_scope(care.tenant):
        own = Visit.objects.get().worker
        foreign = WorkerFactory(organisation=care.other, code="W02", surname="Obca")
    theirs = sign_in("ngo_coordinator", care.tenant, care.other)
    assert theirs.get(f"/alfa/care/decisions/{decision.pk}/").status_code == 404
    page = theirs.get(f"/alfa/diary/grid/?month=2026-03&contract={care.other_contract.pk}")
    assert page.status_code == 200 and "D/001/2026" not in page.content.decode()
    told = theirs.get(f"/alfa/diary/grid/month/?month=2026-03&contract={care.other_contract.pk}")
    assert told.status_code == 200 and "Zięba" not in told.content.decode()
    _save(theirs, care.other_contract, _operation(decision, foreign))
    ours = sign_in("ngo_coordinator", care.tenant, care.organisation)
    [outcome] = _save(ours, care.contract, _operation(decision, own)).json()["results"]
    assert [error["code"] for error in outcome["errors"]] == ["month_closed"]
    with tenant_scope(care.tenant):
        assert FrozenMonth.objects.get().contract_id == care.contract.pk
        assert Visit.objects.count() == 1


def test_an_amendment_takes_the_other_contract_and_leaves_the_visits(care: Any, sign_in: Any) -> None:
    decision = _visited(care)
    client = sign_in("director", care.tenant)
    data = decision_form(
        care.other_contract,
        care.activities,
        number="D/002/2026",
        valid_from="2026-06-01",
        valid_to="2026-12-31",
    )
    assert client.post(f"/alfa/care/decisions/{decision.pk}/amend/", data).status_code == 302
    with tenant_scope(care.tenant):
        assert Visit.objects.get().decision.contract_id == care.contract.pk
        assert Decision.objects.get(number="D/002/2026").contract_id == care.other_contract.pk
