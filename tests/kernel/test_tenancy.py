"""Scopes are entered and left whatever happens; cache keys carry the schema; tenant data is refused in public."""

from typing import Any

import pytest
from django.db import connection

from kernel.errors import TenantScopeMissing
from kernel.tenancy import cache_key, current_schema, public_scope, require_tenant, tenant_scope
from reporting.care.models import Person
from tenants.models import Tenant


@pytest.mark.django_db
def test_scopes_nest_and_each_leads_back_to_the_one_around_it(alfa: Tenant, beta: Tenant) -> None:
    assert current_schema() == "public"
    with tenant_scope(alfa):
        with tenant_scope(beta):
            assert require_tenant() == beta
            with public_scope():
                assert current_schema() == "public"
            assert current_schema() == beta.schema_name
        assert require_tenant() == alfa
    assert current_schema() == "public"


def _fail_in(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        raise ZeroDivisionError


@pytest.mark.django_db
def test_an_error_leaves_the_scope_too(alfa: Tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_in(alfa)
    assert current_schema() == "public"


@pytest.mark.django_db
def test_outside_a_tenant_there_is_no_tenant_and_no_query(alfa: Tenant) -> None:
    with pytest.raises(TenantScopeMissing):
        require_tenant()
    with pytest.raises(TenantScopeMissing):
        Person.objects.all()
    with pytest.raises(TenantScopeMissing):
        Person.objects.create(code="P1", surname="A", given_name="B")


@pytest.mark.django_db
def test_cache_keys_differ_by_schema_prefix_version_and_name(alfa: Tenant, beta: Tenant) -> None:
    keys = {cache_key("a", "p", 1), cache_key("b", "p", 1), cache_key("a", "q", 1), cache_key("a", "p", 2)}
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            keys.add(cache_key("a", "p", 1))
    assert len(keys) == 6


@pytest.mark.django_db
def test_a_connection_ends_when_it_has_met_too_many_tenants() -> None:
    own: Any = connection.copy()
    own.settings_dict["CONN_MAX_AGE"] = 300
    own.SCHEMAS_MAX = 2

    def server_process() -> int:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    def after_a_request_to(schema: str) -> int:
        own.close_if_unusable_or_obsolete()
        own.set_schema(schema)
        return server_process()

    try:
        first = after_a_request_to("public")
        assert [after_a_request_to(name) for name in ("t_a", "public", "t_a")] == [first] * 3
        assert after_a_request_to("t_b") == first, "nothing ends within a request"
        second = after_a_request_to("t_b")
        assert second != first
        assert after_a_request_to("public") == second
    finally:
        own.close()
