"""Amendments act on their day."""

from celery import shared_task
from django_tenants.utils import get_tenant_model

from contracting.contracts.actions import apply_due_amendments
from kernel.access import Actor
from kernel.tenancy import public_scope, require_tenant


@shared_task(name="contracts.apply_all_amendments")
def apply_all_amendments() -> int:
    """Hand over every tenant's amendments whose day may have come; returns how many tenants."""
    with public_scope():
        schemas = list(get_tenant_model().objects.present().values_list("schema_name", flat=True))
    for schema_name in schemas:
        apply_tenant_amendments.apply_async(headers={"_schema_name": schema_name})
    return len(schemas)


@shared_task(name="contracts.apply_tenant_amendments")
def apply_tenant_amendments() -> int:
    """Let the tenant's signed amendments act whose day has come; returns how many."""
    require_tenant()
    return apply_due_amendments(actor=Actor.system("clock"))
