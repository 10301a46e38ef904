"""The verb after a restoration of the whole cluster, which happens past the product."""

from datetime import datetime

from django.db import transaction

from audit.actions import record
from audit.checkpoints import note_restoration
from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant


def note_cluster_restoration(moment: datetime, *, reason: str, actor: Actor) -> list[Tenant]:
    """Note in the record of the platform and of every tenant that the cluster was put back to a moment.

    Checkpoints taken since then tell of what was set aside from here on. Gives the tenants. Raises ServerAway where the
    store of checkpoints is away; who is noted already is then noted once more by the next try, which does no harm.
    """
    told = {"restored_to": moment.isoformat(), "reason": reason}
    with public_scope():
        tenants = list(Tenant.objects.present().order_by("slug"))
        with transaction.atomic():
            for tenant in tenants:
                _record(tenant, told, actor)
            note_restoration(moment)
    for tenant in tenants:
        with tenant_scope(tenant), transaction.atomic():
            _record(tenant, told, actor)
            note_restoration(moment)
    return tenants


def _record(tenant: Tenant, told: dict[str, str], actor: Actor) -> None:
    record("restore_cluster", actor=actor, subject_type="tenant", subject_id=tenant.pk, payload=told)
