"""The directory of local resources through HTTP: searching, entering, checking."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.models import Resource
from kernel.tenancy import tenant_scope
from tests.factories.commissioning import count_resource, make_cycle, make_resource
from tests.factories.people import partner


def _form(**changes: str) -> dict[str, str]:
    return {
        "institution": "Klub Seniora Łabędź",
        "scope": "Obiady",
        "address": "ul. Leśna 4",
        "opening_hours": "pn.–pt. 9–15",
        "contact": "klub@przyklad.test",
        "sector": "ngo",
        "service": "",
        "minutes_month": "160 h",
        "persons": "45",
        "verified_on": "01.10.2026",
        **changes,
    }


@pytest.mark.parametrize(
    "role", ["director", "social_worker", "accountant", "ngo_manager", "ngo_coordinator"]
)
def test_who_reads_the_directory(in_alfa: Any, sign_in: Any, role: str) -> None:
    place = make_resource()
    client = sign_in(role, in_alfa, partner(in_alfa) if role.startswith("ngo") else None)
    assert "Łabędź" in client.get("/alfa/resources/").content.decode()
    assert "ul. Leśna 4" in client.get(f"/alfa/resources/{place.pk}/").content.decode()
    may_edit = role in {"director", "social_worker"}
    expected = 200 if may_edit else 403
    assert client.get("/alfa/resources/new/").status_code == expected
    assert client.get(f"/alfa/resources/{place.pk}/edit/").status_code == expected
    assert client.post(f"/alfa/resources/{place.pk}/verify/").status_code == (302 if may_edit else 403)


@pytest.mark.parametrize("role", ["committee_member", "worker"])
def test_who_does_not(in_alfa: Any, sign_in: Any, role: str) -> None:
    client = sign_in(role, in_alfa, partner(in_alfa) if role == "worker" else None)
    assert client.get("/alfa/resources/").status_code == 403


def test_cycles_are_shown_to_the_unit_only(in_alfa: Any, sign_in: Any) -> None:
    cycle = make_cycle(title="Tajny cykl")
    counted = count_resource(cycle)
    organisation = partner(in_alfa)
    address = f"/alfa/resources/{counted.resource_id}/"
    assert "Tajny cykl" in sign_in("accountant", in_alfa).get(address).content.decode()
    assert "Tajny cykl" not in sign_in("ngo_manager", in_alfa, organisation).get(address).content.decode()


def test_enter_and_change(in_alfa: Any, sign_in: Any) -> None:
    client = sign_in("social_worker", in_alfa)
    assert client.post("/alfa/resources/new/", _form()).status_code == 302
    with tenant_scope(in_alfa):
        place = Resource.objects.get()
        assert (place.minutes_month, place.persons, place.retired) == (9600, 45, False)
    address = f"/alfa/resources/{place.pk}/edit/"
    seen = client.get(address).context["form"].initial["seen"]
    assert client.post(address, _form(persons="50", seen=seen)).status_code == 302
    assert client.post(address, _form(persons="60", seen=seen)).status_code == 409
    with tenant_scope(in_alfa):
        assert Resource.objects.get().persons == 50
        verbs = list(Entry.objects.values_list("verb", flat=True))
        assert verbs == ["create_resource", "edit_resource"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"institution": ""}, "institution"),
        ({"sector": "kosmiczny"}, "sector"),
        ({"minutes_month": "dużo"}, "minutes_month"),
        ({"persons": "-1"}, "persons"),
        ({"verified_on": "2199-01-01"}, "verified_on"),
        ({"verified_on": ""}, "verified_on"),
    ],
)
def test_refusals_name_the_field(in_alfa: Any, sign_in: Any, changes: dict[str, str], field: str) -> None:
    answer = sign_in("director", in_alfa).post("/alfa/resources/new/", _form(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    with tenant_scope(in_alfa):
        assert not Resource.objects.exists()


def test_the_same_place_with_the_same_offer_is_entered_once(in_alfa: Any, sign_in: Any) -> None:
    client = sign_in("director", in_alfa)
    assert client.post("/alfa/resources/new/", _form()).status_code == 302
    assert client.post("/alfa/resources/new/", _form()).status_code == 422
    assert client.post("/alfa/resources/new/", _form(scope="Zajęcia")).status_code == 302


def test_checked_today(in_alfa: Any, sign_in: Any) -> None:
    old = timezone.localdate() - timedelta(days=400)
    place = make_resource(verified_on=old)
    client = sign_in("coordinator", in_alfa)
    assert "niesprawdzone od roku" in client.get(f"/alfa/resources/{place.pk}/").content.decode()
    address = f"/alfa/resources/{place.pk}/verify/"
    assert client.get(address).status_code == 405
    for _ in range(2):
        assert client.post(address).status_code == 302
    with tenant_scope(in_alfa):
        assert Resource.objects.get().verified_on == timezone.localdate()
        assert Entry.objects.filter(verb="verify_resource").count() == 1


def test_search_filters_and_order(in_alfa: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    make_resource(minutes_month=600)
    make_resource(
        institution="Dzienny Dom", scope="Pobyt", address="ul. Polna", sector="public", minutes_month=60
    )
    make_resource(
        institution="Żłobek", scope="Opieka", address="ul. Wąska", verified_on=today - timedelta(days=366)
    )
    make_resource(institution="Dawny klub", scope="Obiady", address="ul. Stara", retired=True)
    client = sign_in("coordinator", in_alfa)

    def found(query: str) -> list[str]:
        return [place.institution for place in client.get(f"/alfa/resources/?{query}").context["page"]]

    assert found("") == ["Dzienny Dom", "Klub Seniora Łabędź", "Żłobek"]
    assert found("words=labedz+lesna") == ["Klub Seniora Łabędź"]
    assert found("words=WĄSKA") == found("words=waska") == ["Żłobek"]
    assert found("words=obiady&state=all") == ["Dawny klub", "Klub Seniora Łabędź"]
    assert found("state=retired") == ["Dawny klub"]
    assert found("state=stale") == ["Żłobek"]
    assert found("sector=public") == ["Dzienny Dom"]
    assert found("sort=-capacity")[:2] == ["Klub Seniora Łabędź", "Dzienny Dom"]
    assert found("words=brak") == []


def test_another_tenants_place_is_not_there(alfa: Any, beta: Any, sign_in: Any) -> None:
    with tenant_scope(beta):
        place = make_resource()
    client = sign_in("director", alfa)
    assert client.get(f"/alfa/resources/{place.pk}/").status_code == 404
    assert client.post(f"/alfa/resources/{place.pk}/verify/").status_code == 404


def test_query_count_does_not_grow(in_alfa: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in("director", in_alfa)
    client.get("/alfa/resources/")
    counts = []
    for size in (3, 40):
        with tenant_scope(in_alfa):
            for number in range(Resource.objects.count(), size):
                make_resource(institution=f"Miejsce {number}")
        with django_assert_max_num_queries(20) as asked:
            client.get("/alfa/resources/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
