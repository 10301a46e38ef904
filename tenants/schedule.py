"""What the clock starts of tenants that are verbs."""

import structlog
from celery import shared_task

from kernel.errors import ServerAway
from kernel.tenancy import public_scope
from tenants.actions import erase_tenant, unfinished_erasures

log = structlog.get_logger(__name__)


@shared_task(name="tenants.finish_erasures")
def finish_erasures() -> int:
    """Go on with erasures that were confirmed, also after a kill; how many came to their end.

    One that fails stops none of the others: the log says what failed, the clock tries again, `doctor` names it.
    """
    with public_scope():
        waiting = unfinished_erasures()
    done = 0
    for tenant in waiting:
        try:
            done += erase_tenant(tenant, waits=False) is not None
        except ServerAway as error:
            log.warning("erasure_waits", tenant=tenant.schema_name, kind=error.code)
        except Exception:
            log.exception("erasure_failed", tenant=tenant.schema_name)
    return done
