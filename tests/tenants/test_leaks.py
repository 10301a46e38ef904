"""Nothing of one tenant reaches another: by cache, session, routing, connection, task or file (R-01 to R-12)."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from audit.actions import record
from audit.models import Entry
from kernel.access import Actor
from kernel.errors import TenantScopeMissing
from kernel.tenancy import current_schema, public_scope, tenant_scope
from reporting.care.models import Person
from tenants import actions, routing
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.factories.care import PersonFactory
from tests.factories.people import UserFactory

SYSTEM = Actor.system("test")


def _comparable(content: bytes, slug: str) -> str:
    """A page without its address, its safety codes and the seconds left of the session, which differ each time."""
    text = content.decode().replace(f"/{slug}/", "/x/")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    text = re.sub(r' data-left="\d+"', "", text)
    return re.sub(r'"X-CSRFToken": "[^"]+"', "", text)


def _fail_inside(tenant: Tenant) -> None:
    with transaction.atomic(), tenant_scope(tenant), connection.cursor() as cursor:
        Person.objects.count()
        cursor.execute("SELECT 1 / 0")


@pytest.fixture
def keys() -> Iterator[list[str]]:
    """Keys that the test may use in the real Redis; removed in every scope afterwards."""
    names = ["leak-probe"]
    yield names
    for tenant in Tenant.objects.all():
        with tenant_scope(tenant):
            cache.delete_many(names)
    cache.delete_many(names)


@pytest.mark.django_db
def test_r01_the_same_cache_key_holds_a_value_for_each_tenant(
    alfa: Tenant, beta: Tenant, keys: list[str]
) -> None:
    with tenant_scope(alfa):
        cache.set(keys[0], "of alfa", 60)
    with tenant_scope(beta):
        assert cache.get(keys[0]) is None
        cache.set(keys[0], "of beta", 60)
    with tenant_scope(alfa):
        assert cache.get(keys[0]) == "of alfa"
    assert cache.get(keys[0]) is None


@pytest.mark.django_db
def test_r04_the_session_of_a_member_of_alfa_finds_nothing_in_beta(
    alfa: Tenant, beta: Tenant, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    assert client.get(reverse("people:list", args=["alfa"])).status_code == 200
    answer = client.get(reverse("people:list", args=["beta"]))
    assert answer.status_code == 404
    assert beta.name not in answer.content.decode()
    assert beta.unit_name not in answer.content.decode()


@pytest.mark.django_db
def test_r04_a_tenant_of_others_and_one_that_does_not_exist_look_the_same(
    beta: Tenant, alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    of_others = client.get(reverse("people:list", args=["beta"]))
    nowhere = client.get(reverse("people:list", args=["nowhere"]))
    assert (of_others.status_code, nowhere.status_code) == (404, 404)
    assert _comparable(of_others.content, "beta") == _comparable(nowhere.content, "nowhere")


@pytest.mark.django_db
def test_a_membership_that_ended_opens_nothing_from_the_next_request(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    sign_in(Role.DIRECTOR, alfa)
    client = sign_in(Role.DIRECTOR, alfa)
    address = reverse("people:list", args=["alfa"])
    assert client.get(address).status_code == 200
    membership = Membership.objects.get(user=client.user, tenant=alfa)  # type: ignore[attr-defined]
    actions.end_membership(membership, actor=SYSTEM)
    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_a_suspension_holds_at_once_where_the_route_is_still_cached(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    address = reverse("people:list", args=["alfa"])
    assert client.get(address).status_code == 200
    # As another process does it: this one's cache of routes is not told.
    Tenant.objects.filter(pk=alfa.pk).update(state="suspended", suspension_reason="Umowa wygasła w maju")
    refused = client.get(address)
    assert refused.status_code == 403
    assert "Umowa wygasła w maju" in refused.content.decode()
    Tenant.objects.filter(pk=alfa.pk).update(state="active", suspension_reason="")
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_suspending_forgets_the_cached_route(alfa: Tenant) -> None:
    assert routing.tenant_by_slug("alfa") == alfa
    actions.suspend_tenant(alfa, reason="Przerwa", actor=SYSTEM)
    found = routing.tenant_by_slug("alfa")
    assert found is not None
    assert not found.is_active


@pytest.mark.django_db
def test_r05_after_an_error_in_a_view_the_connection_is_back_in_public(
    alfa: Tenant, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def fail(*_args: Any, **_kwargs: Any) -> None:
        seen.append(current_schema())
        raise ZeroDivisionError

    client = sign_in(Role.DIRECTOR, alfa)
    client.raise_request_exception = False
    monkeypatch.setattr("tenants.views.people.page_of", fail)
    assert client.get(reverse("people:list", args=["alfa"])).status_code == 500
    assert seen == [alfa.schema_name]
    assert current_schema() == "public"
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == ("public",)


@pytest.mark.django_db
def test_r05_a_rolled_back_block_leaves_the_search_path_of_the_scope_around_it(
    alfa: Tenant, beta: Tenant
) -> None:
    with tenant_scope(alfa):
        Person.objects.count()
        with pytest.raises(DatabaseError):
            _fail_inside(beta)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            assert cursor.fetchone() == (alfa.schema_name,)


@pytest.mark.django_db
def test_r08_tenant_tables_cannot_be_reached_from_public(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        PersonFactory()
    with public_scope():
        with pytest.raises(TenantScopeMissing):
            Person.objects.count()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public' "
                "AND table_name LIKE 'care\\_%%'"
            )
            assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_row_of_alfa_is_not_found_by_its_id_in_beta(alfa: Tenant, beta: Tenant) -> None:
    with tenant_scope(alfa):
        person = PersonFactory()
    with tenant_scope(beta):
        assert not Person.objects.filter(pk=person.pk).exists()


@pytest.mark.django_db
def test_r09_the_tenant_comes_from_the_address_and_from_no_header(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    headers = {
        "HTTP_X_FORWARDED_HOST": "alfa",
        "HTTP_X_TENANT": "alfa",
        "HTTP_X_SCHEMA_NAME": alfa.schema_name,
    }
    assert client.get(reverse("people:list", args=["beta"]), **headers).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["public", "pg_catalog", "t_x; DROP SCHEMA public", 't_"quoted"', "T_UPPER1234"]
)
def test_r10_a_schema_of_a_tenant_has_a_name_of_our_making(alfa: Tenant, name: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Tenant.objects.filter(pk=alfa.pk).update(schema_name=name)


@pytest.mark.django_db
def test_each_tenant_has_an_audit_chain_of_its_own(alfa: Tenant, beta: Tenant) -> None:
    user = UserFactory()
    for tenant in (alfa, beta):
        with tenant_scope(tenant), transaction.atomic():
            record("probe", actor=Actor(user.pk, "A"), subject_type="tenant", subject_id=tenant.pk)
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            assert list(Entry.objects.values_list("subject_id", flat=True)) == [str(tenant.pk)]
