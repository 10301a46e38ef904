"""A worker and their account through HTTP: linked, unlinked, refused; the linked carer writes her own visit."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Worker
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from reporting.delivery.models import Visit
from tenants.models import Membership
from tests.factories.care import DecisionFactory, WorkerFactory, visit

MONDAY = date(2026, 3, 2)


def _membership(client: Any) -> Any:
    with public_scope():
        return Membership.objects.get(user=client.user)


def _page(worker: Any, verb: str = "") -> str:
    return f"/alfa/contracts/workers/{worker.pk}/{verb}"


def _link(client: Any, worker: Any, carer: Any) -> Any:
    return client.post(_page(worker, "account/"), {"account": str(_membership(carer).pk)})


def _account_of(partners: Any, worker: Any) -> UUID | None:
    with tenant_scope(partners.tenant):
        found: UUID | None = Worker.objects.get(pk=worker.pk).user_id
    return found


def _refusal(answer: Any) -> str:
    assert answer.status_code == 422
    [error] = answer.context["form"].errors.as_data()["account"]
    return str(error.code)


@pytest.mark.parametrize("role", ["director", "coordinator", "ngo_manager", "ngo_coordinator"])
def test_link_and_unlink(partners: Any, sign_in: Any, role: str) -> None:
    carer = sign_in("worker", partners.tenant, partners.own)
    client = sign_in(role, partners.tenant, partners.own if role.startswith("ngo") else None)
    assert _page(partners.worker, "account/") in client.get(_page(partners.worker)).content.decode()
    assert carer.user.email in client.get(_page(partners.worker, "account/")).content.decode()
    assert _link(client, partners.worker, carer).status_code == 302
    assert _account_of(partners, partners.worker) == carer.user.pk
    page = client.get(_page(partners.worker)).content.decode()
    assert carer.user.full_name in page and _page(partners.worker, "account/unlink/") in page
    assert client.get(_page(partners.worker, "account/unlink/")).status_code == 200
    assert _account_of(partners, partners.worker) == carer.user.pk
    assert client.post(_page(partners.worker, "account/unlink/")).status_code == 302
    assert _account_of(partners, partners.worker) is None
    again = client.post(_page(partners.worker, "account/unlink/"), follow=True)
    assert "nie jest powiązane żadne konto" in again.content.decode()
    with tenant_scope(partners.tenant):
        lines = Entry.objects.filter(verb__in=["link_account", "unlink_account"]).order_by("sequence")
        assert [(line.verb, line.payload["account"]) for line in lines] == [
            ("link_account", [None, str(carer.user.pk)]),
            ("unlink_account", [str(carer.user.pk), None]),
        ]
        assert all(carer.user.email not in str(line.payload) for line in lines)


def test_only_current_carers_of_the_same_organisation(partners: Any, beta: Any, sign_in: Any) -> None:
    client = sign_in("director", partners.tenant)
    left = sign_in("worker", partners.tenant, partners.own)
    with public_scope():
        Membership.objects.filter(user=left.user).update(ended_at=timezone.now())
    others = [
        left,
        sign_in("worker", partners.tenant, partners.other),
        sign_in("ngo_coordinator", partners.tenant, partners.own),
        sign_in("social_worker", partners.tenant),
        sign_in("worker", beta, partners.own),
    ]
    page = client.get(_page(partners.worker, "account/")).content.decode()
    for other in others:
        assert other.user.email not in page
        assert _refusal(_link(client, partners.worker, other)) == "invalid_choice"
    assert "Nie ma wolnego konta" in page
    assert _account_of(partners, partners.worker) is None


def test_one_account_one_worker(partners: Any, sign_in: Any) -> None:
    carer = sign_in("worker", partners.tenant, partners.own)
    client = sign_in("ngo_manager", partners.tenant, partners.own)
    with tenant_scope(partners.tenant):
        second = WorkerFactory(code="W09", organisation=partners.own)
    assert _link(client, partners.worker, carer).status_code == 302
    assert _refusal(_link(client, second, carer)) == "invalid_choice"
    assert _account_of(partners, second) is None
    # The account may belong to a worker of another organisation as well: a carer can work for both.
    with public_scope():
        both = Membership.objects.create(
            user=carer.user, tenant=partners.tenant, role="worker", organisation=partners.other
        )
    director = sign_in("director", partners.tenant)
    answer = director.post(_page(partners.other_worker, "account/"), {"account": str(both.pk)})
    assert answer.status_code == 302
    assert _account_of(partners, partners.other_worker) == carer.user.pk


def test_another_account_takes_the_place_of_the_first(partners: Any, sign_in: Any) -> None:
    first, second = (sign_in("worker", partners.tenant, partners.own) for _ in range(2))
    client = sign_in("ngo_coordinator", partners.tenant, partners.own)
    assert _link(client, partners.worker, first).status_code == 302
    assert _link(client, partners.worker, second).status_code == 302
    assert _account_of(partners, partners.worker) == second.user.pk


def test_nobody_is_linked_with_ended_work(partners: Any, sign_in: Any) -> None:
    carer = sign_in("worker", partners.tenant, partners.own)
    client = sign_in("ngo_manager", partners.tenant, partners.own)
    client.post(_page(partners.worker, "end/"), {"last_day": "2026-06-30"})
    assert _refusal(_link(client, partners.worker, carer)) == "work_ended"
    assert _account_of(partners, partners.worker) is None


@pytest.mark.parametrize("role", ["social_worker", "inspector", "worker", "accountant"])
def test_others_link_nobody(partners: Any, sign_in: Any, role: str) -> None:
    carer = sign_in("worker", partners.tenant, partners.own)
    client = sign_in(role, partners.tenant, partners.own if role == "worker" else None)
    for verb in ("account/", "account/unlink/"):
        assert client.get(_page(partners.worker, verb)).status_code == 403
        assert client.post(_page(partners.worker, verb)).status_code == 403
    assert _link(client, partners.worker, carer).status_code == 403
    assert _account_of(partners, partners.worker) is None


def test_another_organisation_finds_no_worker_to_link(partners: Any, sign_in: Any) -> None:
    carer = sign_in("worker", partners.tenant, partners.other)
    client = sign_in("ngo_manager", partners.tenant, partners.other)
    assert _link(client, partners.worker, carer).status_code == 404
    assert client.post(_page(partners.worker, "account/unlink/")).status_code == 404


def test_the_linked_carer_writes_and_sees_her_own_visits_only(partners: Any, sign_in: Any) -> None:
    carer = sign_in("worker", partners.tenant, partners.own)
    with tenant_scope(partners.tenant):
        decision = DecisionFactory(contract=partners.contract)
        colleague = WorkerFactory(code="W08", organisation=partners.own)
        visit(decision, colleague, MONDAY, "10:00", 60)

    def write() -> Any:
        body = {"contract": str(partners.contract.pk), "operations": [_visit_of(decision, partners.worker)]}
        return carer.post("/alfa/diary/grid/save/", body, content_type="application/json")

    def seen() -> set[str]:
        address = f"/alfa/diary/grid/month/?month=2026-03&contract={partners.contract.pk}"
        return {each["worker"] for each in carer.get(address).json()["visits"]}

    def stored() -> int:
        with tenant_scope(partners.tenant):
            return int(Visit.objects.filter(worker=partners.worker).count())

    write()
    assert stored() == 0 and seen() == set()
    coordinator = sign_in("ngo_coordinator", partners.tenant, partners.own)
    assert _link(coordinator, partners.worker, carer).status_code == 302
    [outcome] = write().json()["results"]
    assert outcome["status"] == 200, outcome
    assert stored() == 1 and seen() == {str(partners.worker.pk)}
    coordinator.post(_page(partners.worker, "account/unlink/"))
    assert seen() == set()
    write()
    assert stored() == 1


def _visit_of(decision: Any, worker: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "kind": "record",
        "visit": str(new_id()),
        "decision": str(decision.pk),
        "version": 0,
        "seen": [],
        "content": {
            "date": MONDAY.isoformat(),
            "start": "08:00",
            "end": "09:00",
            "worker": str(worker.pk),
            "state": "done",
            "activities": ["shopping"],
            "note": "",
        },
    }
