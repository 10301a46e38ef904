"""Scopes are entered and left whatever happens; cache keys carry the schema; tenant data is refused in public."""

import pytest

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
