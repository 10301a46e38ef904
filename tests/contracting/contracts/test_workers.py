"""Workers through HTTP: an organisation's own people, their qualifications, the end of their work."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import NamedStaff, Worker, WorkerQualification
from contracting.contracts.rules.codes import next_code
from kernel.tenancy import tenant_scope
from tests.factories.care import WorkerFactory, qualify


def _form(partners: Any, **changes: Any) -> dict[str, Any]:
    own = str(partners.own.pk)
    return {"surname": "Śliwa", "given_name": "Maria", "code": "W09", "organisation": own, **changes}


@pytest.mark.parametrize("role", ["director", "coordinator", "ngo_manager", "ngo_coordinator"])
def test_create(partners: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, partners.tenant, partners.own if role.startswith("ngo") else None)
    assert client.get("/alfa/contracts/workers/new/").context["form"].initial["code"] == "W03"
    answer = client.post("/alfa/contracts/workers/new/", _form(partners))
    assert answer.status_code == 302
    with tenant_scope(partners.tenant):
        worker = Worker.objects.get(code="W09")
        assert worker.organisation_id == partners.own.pk and worker.active
        assert "Śliwa" not in str(Entry.objects.get(verb="create_worker").payload)


def test_an_organisation_adds_workers_to_itself_only(partners: Any, sign_in: Any) -> None:
    client = sign_in("ngo_coordinator", partners.tenant, partners.own)
    data = _form(partners, organisation=str(partners.other.pk))
    assert client.post("/alfa/contracts/workers/new/", data).status_code == 422
    with tenant_scope(partners.tenant):
        assert Worker.objects.count() == 2


def test_an_organisation_sees_and_edits_its_own_workers_only(partners: Any, sign_in: Any) -> None:
    client = sign_in("ngo_coordinator", partners.tenant, partners.own)
    listed = client.get("/alfa/contracts/workers/").content.decode()
    assert "Zięba" in listed and "Obca" not in listed
    for page in ("", "edit/", "end/", "reinstate/", "qualifications/new/"):
        assert client.get(f"/alfa/contracts/workers/{partners.other_worker.pk}/{page}").status_code == 404
    address = f"/alfa/contracts/workers/{partners.other_worker.pk}/edit/"
    assert client.post(address, _form(partners)).status_code == 404
    with tenant_scope(partners.tenant):
        partners.other_worker.refresh_from_db()
        assert partners.other_worker.surname == "Obca"


@pytest.mark.parametrize("role", ["social_worker", "benefits_worker", "inspector"])
def test_readers_do_not_edit(partners: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, partners.tenant)
    assert "Zięba" in client.get(f"/alfa/contracts/workers/{partners.worker.pk}/").content.decode()
    for page in ("new/", f"{partners.worker.pk}/edit/", f"{partners.worker.pk}/end/"):
        data = _form(partners, last_day="2026-05-01")
        assert client.post(f"/alfa/contracts/workers/{page}", data).status_code == 403
    with tenant_scope(partners.tenant):
        assert Worker.objects.filter(active=True).count() == 2


def test_the_accountant_sees_no_workers(partners: Any, sign_in: Any) -> None:
    client = sign_in("accountant", partners.tenant)
    assert client.get("/alfa/contracts/workers/").status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"code": "W01"}, "code"), ({"surname": " "}, "surname"), ({"code": "x" * 31}, "code")],
)
def test_refusals_save_nothing(partners: Any, sign_in: Any, changes: dict[str, str], field: str) -> None:
    client = sign_in("director", partners.tenant)
    answer = client.post("/alfa/contracts/workers/new/", _form(partners, **changes))
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    with tenant_scope(partners.tenant):
        assert Worker.objects.count() == 2 and not Entry.objects.exists()


def test_edit_and_the_later_editor(partners: Any, sign_in: Any) -> None:
    client = sign_in("ngo_manager", partners.tenant, partners.own)
    address = f"/alfa/contracts/workers/{partners.worker.pk}/edit/"
    seen = client.get(address).context["form"].initial["seen"]
    assert client.post(address, _form(partners, code="W01", seen=seen)).status_code == 302
    for said in ({"seen": seen}, {}):
        assert client.post(address, _form(partners, surname="Inna", **said)).status_code == 409
    with tenant_scope(partners.tenant):
        partners.worker.refresh_from_db()
        assert partners.worker.surname == "Śliwa"


def test_qualifications(partners: Any, sign_in: Any) -> None:
    client = sign_in("ngo_coordinator", partners.tenant, partners.own)
    base = f"/alfa/contracts/workers/{partners.worker.pk}/qualifications/"
    form = {"code": "carer_course", "valid_from": "2024-02-29", "valid_to": ""}
    for wrong in (
        {"code": "unknown"},
        {"valid_from": "2023-02-29"},
        {"valid_to": "2024-02-28"},
        {"valid_from": ""},
    ):
        assert client.post(f"{base}new/", form | wrong).status_code == 422
    assert client.post(f"{base}new/", form).status_code == 302
    assert client.post(f"{base}new/", form).status_code == 422
    assert "kurs opiekunki" in client.get(f"/alfa/contracts/workers/{partners.worker.pk}/").content.decode()
    with tenant_scope(partners.tenant):
        held = WorkerQualification.objects.get()
    longer = form | {"valid_to": "2026-06-30"}
    unsaid = client.post(f"{base}{held.pk}/", longer)
    assert unsaid.status_code == 409
    longer["seen"] = unsaid.context["form"]["seen"].value()
    assert client.post(f"{base}{held.pk}/", longer).status_code == 302
    with tenant_scope(partners.tenant):
        held.refresh_from_db()
        assert held.valid_to == date(2026, 6, 30)
    other = f"/alfa/contracts/workers/{partners.other_worker.pk}/qualifications/{held.pk}/"
    assert client.get(other).status_code == 404
    assert client.get(f"{base}{held.pk}/remove/").status_code == 200
    assert client.post(f"{base}{held.pk}/remove/").status_code == 302
    with tenant_scope(partners.tenant):
        assert not WorkerQualification.objects.exists()


def test_two_who_change_a_qualification_at_once(partners: Any, sign_in: Any) -> None:
    client = sign_in("ngo_coordinator", partners.tenant, partners.own)
    base = f"/alfa/contracts/workers/{partners.worker.pk}/qualifications/"
    form = {"code": "carer_course", "valid_from": "2024-02-29", "valid_to": ""}
    client.post(f"{base}new/", form)
    with tenant_scope(partners.tenant):
        held = WorkerQualification.objects.get()
    seen = client.get(f"{base}{held.pk}/").context["form"]["seen"].value()
    assert (
        client.post(f"{base}{held.pk}/", form | {"valid_to": "2026-06-30", "seen": seen}).status_code == 302
    )
    late = client.post(f"{base}{held.pk}/", form | {"valid_to": "2027-12-31", "seen": seen})
    assert late.status_code == 409 and "2027-12-31" in late.content.decode()
    with tenant_scope(partners.tenant):
        held.refresh_from_db()
        assert held.valid_to == date(2026, 6, 30)


def test_two_who_change_named_staff_at_once(partners: Any, sign_in: Any) -> None:
    with tenant_scope(partners.tenant):
        named = NamedStaff.objects.create(contract=partners.contract, worker=partners.worker)
    client = sign_in("coordinator", partners.tenant)
    page = f"/alfa/contracts/{partners.contract.pk}/staff/{named.pk}/"
    seen = client.get(page).context["form"]["seen"].value()
    typed = {"valid_from": "2026-02-01", "valid_to": "", "seen": seen}
    assert client.post(page, typed).status_code == 302
    late = client.post(page, typed | {"valid_from": "2026-03-01"})
    assert late.status_code == 409 and "2026-03-01" in late.content.decode()
    with tenant_scope(partners.tenant):
        named.refresh_from_db()
        assert named.valid_from == date(2026, 2, 1)


def test_end_of_work_shortens_what_contracts_name(partners: Any, sign_in: Any) -> None:
    with tenant_scope(partners.tenant):
        open_ended = NamedStaff.objects.create(contract=partners.contract, worker=partners.worker)
    client = sign_in("ngo_coordinator", partners.tenant, partners.own)
    base = f"/alfa/contracts/workers/{partners.worker.pk}/"
    assert "U/1/2026" in client.get(f"{base}end/").content.decode()
    assert client.post(f"{base}end/", {"last_day": "31.06.2026"}).status_code == 422
    assert client.post(f"{base}end/", {"last_day": "2026-06-30"}).status_code == 302
    with tenant_scope(partners.tenant):
        partners.worker.refresh_from_db()
        open_ended.refresh_from_db()
        assert not partners.worker.active and partners.worker.ended_on == date(2026, 6, 30)
        assert open_ended.valid_to == date(2026, 6, 30)
    assert "30.06.2026" in client.get(base).content.decode()
    assert client.post(f"{base}end/", {"last_day": "2026-07-30"}).status_code == 422
    assert "Zięba" not in client.get("/alfa/contracts/workers/").content.decode()
    ended = client.get("/alfa/contracts/workers/?state=ended").content.decode()
    assert "Zięba" in ended and "30.06.2026" in ended
    assert client.post(f"{base}reinstate/").status_code == 302
    with tenant_scope(partners.tenant):
        partners.worker.refresh_from_db()
        assert partners.worker.active and partners.worker.ended_on is None
        assert Entry.objects.get(verb="reinstate_worker").payload["last_day"] == ["2026-06-30", None]
    assert "30.06.2026" not in client.get("/alfa/contracts/workers/").content.decode()


def test_a_worker_works_up_to_the_last_day(partners: Any, sign_in: Any) -> None:
    client = sign_in("ngo_coordinator", partners.tenant, partners.own)
    base = f"/alfa/contracts/workers/{partners.worker.pk}/"
    today = timezone.localdate()
    for last_day, works in ((today, True), (today - timedelta(days=1), False)):
        assert client.post(f"{base}end/", {"last_day": last_day.isoformat()}).status_code == 302
        page = client.get(base).content.decode()
        assert f"{last_day:%d.%m.%Y}" in page and ("już nie pracuje" in page) is not works
        assert client.post(f"{base}reinstate/").status_code == 302


def test_query_count_does_not_grow(partners: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in("director", partners.tenant)
    for count in (5, 50):
        with tenant_scope(partners.tenant):
            for _ in range(Worker.objects.count(), count):
                qualify(WorkerFactory(organisation=partners.own))
        with django_assert_max_num_queries(20):
            client.get("/alfa/contracts/workers/")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [([], "W01"), (["W01", "W03"], "W04"), (["W099"], "W100"), (["W9", "x", "P7"], "W10"), (["X1"], "W01")],
)
def test_next_code(codes: list[str], expected: str) -> None:
    assert next_code(codes, first="W01") == expected
