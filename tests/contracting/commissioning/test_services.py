"""Services through HTTP: who reads, who edits, what is refused, and that a refusal saves nothing."""

from typing import Any

import pytest

from audit.models import Entry
from contracting.commissioning.models import Activity, Qualification, Service
from kernel.tenancy import tenant_scope
from tests.factories.care import ServiceFactory

READERS = ["director", "coordinator", "social_worker", "benefits_worker", "inspector", "accountant"]


def _form(**changes: Any) -> dict[str, Any]:
    data = {
        "name": "Usługi opiekuńcze",
        "code": "care",
        "required_qualifications": [],
        "activities-TOTAL_FORMS": "3",
        "activities-INITIAL_FORMS": "0",
        "activities-0-name": "Zakupy",
        "activities-0-code": "shopping",
        "activities-0-ORDER": "2",
        "activities-0-offered": "on",
        "activities-1-name": "Higiena osobista",
        "activities-1-code": "",
        "activities-1-ORDER": "1",
        "activities-1-offered": "on",
        "activities-2-name": "",
        "activities-2-code": "",
        "activities-2-ORDER": "",
        "activities-2-offered": "on",
    }
    return {**data, **changes}


@pytest.mark.parametrize("role", READERS)
def test_people_of_the_unit_read_services(alfa: Any, sign_in: Any, role: str) -> None:
    with tenant_scope(alfa):
        service = ServiceFactory()
    client = sign_in(role, alfa)
    assert "Usługi opiekuńcze" in client.get("/alfa/services/").content.decode()
    page = client.get(f"/alfa/services/{service.pk}/").content.decode()
    assert "Posiłki" in page and "hygiene" in page


@pytest.mark.parametrize("role", ["committee_member"])
def test_others_are_refused(alfa: Any, sign_in: Any, role: str) -> None:
    assert sign_in(role, alfa).get("/alfa/services/").status_code == 403


@pytest.mark.parametrize("role", ["social_worker", "benefits_worker", "inspector", "accountant"])
def test_only_director_and_coordinator_edit(alfa: Any, sign_in: Any, role: str) -> None:
    with tenant_scope(alfa):
        service = ServiceFactory()
    client = sign_in(role, alfa)
    for address in (
        "/alfa/services/new/",
        f"/alfa/services/{service.pk}/edit/",
        "/alfa/services/qualifications/",
    ):
        assert client.post(address, _form(code="other")).status_code == 403
    with tenant_scope(alfa):
        assert list(Service.objects.values_list("code", flat=True)) == ["care"]


def test_create_with_activities_in_the_order_given(alfa: Any, sign_in: Any) -> None:
    client = sign_in("coordinator", alfa)
    assert client.get("/alfa/services/new/").status_code == 200
    answer = client.post("/alfa/services/new/", _form())
    assert answer.status_code == 302
    with tenant_scope(alfa):
        service = Service.objects.get()
        assert list(service.activities.values_list("code", "name")) == [
            ("higiena_osobista", "Higiena osobista"),
            ("shopping", "Zakupy"),
        ]
        assert Entry.objects.get(verb="create_service").subject_id == str(service.pk)
    assert "Higiena osobista" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "Opieka!"}, "id_code"),
        ({"name": ""}, "id_name"),
        ({"activities-1-code": "shopping"}, "shopping"),
        ({"activities-1-code": "Zła"}, "id_activities-1-code"),
    ],
)
def test_refusals_keep_what_was_typed_and_save_nothing(
    alfa: Any, sign_in: Any, changes: dict[str, str], sentence: str
) -> None:
    answer = sign_in("director", alfa).post("/alfa/services/new/", _form(**changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page and "error-summary" in page
    assert 'value="Higiena osobista"' in page
    with tenant_scope(alfa):
        assert not Service.objects.exists()
        assert not Activity.objects.exists()
        assert not Entry.objects.exists()


def test_no_activity_is_refused(alfa: Any, sign_in: Any) -> None:
    data = _form(**{"activities-0-name": "", "activities-0-code": "", "activities-1-name": ""})
    data.update({"activities-0-ORDER": "", "activities-1-ORDER": ""})
    assert sign_in("director", alfa).post("/alfa/services/new/", data).status_code == 422
    with tenant_scope(alfa):
        assert not Service.objects.exists()


def test_edit_keeps_activities_left_out_but_offers_them_no_longer(alfa: Any, sign_in: Any) -> None:
    with tenant_scope(alfa):
        service = ServiceFactory()
    client = sign_in("director", alfa)
    page = client.get(f"/alfa/services/{service.pk}/edit/")
    seen = page.context["form"].initial["seen"]
    answer = client.post(f"/alfa/services/{service.pk}/edit/", _form(seen=seen, name="Opieka"))
    assert answer.status_code == 302
    with tenant_scope(alfa):
        assert Service.objects.get().name == "Opieka"
        offered = dict(service.activities.values_list("code", "offered"))
        assert offered == {"higiena_osobista": True, "shopping": True, "hygiene": False, "meals": False}


def test_the_later_of_two_editors_is_told_and_may_insist(alfa: Any, sign_in: Any) -> None:
    with tenant_scope(alfa):
        service = ServiceFactory()
    address = f"/alfa/services/{service.pk}/edit/"
    first, second = sign_in("director", alfa), sign_in("coordinator", alfa)
    seen = second.get(address).context["form"].initial["seen"]
    assert first.post(address, _form(seen=seen, name="Pierwsza")).status_code == 302
    refused = second.post(address, _form(seen=seen, name="Druga"))
    assert refused.status_code == 409
    assert 'value="Druga"' in refused.content.decode()
    with tenant_scope(alfa):
        assert Service.objects.get().name == "Pierwsza"
    again = refused.context["form"].data["seen"]
    assert second.post(address, _form(seen=again, name="Druga")).status_code == 302
    with tenant_scope(alfa):
        assert Service.objects.get().name == "Druga"


def test_two_services_cannot_share_a_code(alfa: Any, sign_in: Any) -> None:
    with tenant_scope(alfa):
        ServiceFactory()
    answer = sign_in("director", alfa).post("/alfa/services/new/", _form(name="Inna"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"]
    with tenant_scope(alfa):
        assert Service.objects.count() == 1


def test_dictionary_names_codes(alfa: Any, sign_in: Any) -> None:
    client = sign_in("coordinator", alfa)
    data = {
        "words-TOTAL_FORMS": "2",
        "words-INITIAL_FORMS": "0",
        "words-0-name": "Kurs opiekunki",
        "words-0-code": "",
        "words-1-name": "Pielęgniarka",
        "words-1-code": "nurse",
    }
    assert client.post("/alfa/services/qualifications/", data).status_code == 302
    with tenant_scope(alfa):
        assert dict(Qualification.objects.values_list("code", "name")) == {
            "kurs_opiekunki": "Kurs opiekunki",
            "nurse": "Pielęgniarka",
        }
    data.update({"words-INITIAL_FORMS": "2", "words-0-code": "nurse"})
    assert client.post("/alfa/services/qualifications/", data).status_code == 422


def test_another_tenants_service_is_not_there(alfa: Any, beta: Any, sign_in: Any) -> None:
    with tenant_scope(beta):
        service = ServiceFactory()
    client = sign_in("director", alfa)
    assert client.get(f"/alfa/services/{service.pk}/").status_code == 404
    assert client.get(f"/beta/services/{service.pk}/").status_code == 404


def test_query_count_of_the_list_does_not_grow(
    alfa: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("director", alfa)
    for count in (5, 50):
        with tenant_scope(alfa):
            for number in range(Service.objects.count(), count):
                ServiceFactory(code=f"s{number}", name=f"Usługa {number}")
        with django_assert_max_num_queries(18):
            client.get("/alfa/services/")
