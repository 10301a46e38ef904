"""What follows a clearance: what no web server may change (entries of the record first of all) loses what it told."""

from uuid import UUID

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from audit.actions import record
from audit.checkpoints import AlteredRecord
from kernel.access import Actor
from kernel.clearing import keeper_of
from kernel.errors import ServerAway
from kernel.tenancy import current_schema, require_tenant
from reporting.retention.models import Clearance, ClearanceLine

log = structlog.get_logger(__name__)


@shared_task(name="retention.erase_told")
def erase_told(clearance_id: str) -> None:
    """Erase what is left to workers of the subjects whom this clearance anonymised; again changes nothing."""
    require_tenant()
    finish_clearance(UUID(clearance_id))


@transaction.atomic
def finish_clearance(pk: UUID) -> bool:
    """The same, and note that the list came to its end; whether it was this call that did it.

    Raises AlteredRecord where the record does not agree with its checkpoints, ServerAway where their store is away.
    """
    waiting = Clearance.objects.unfinished().filter(pk=pk)
    clearance: Clearance | None = waiting.select_for_update(skip_locked=True).first()
    if clearance is None:
        return False
    lines = clearance.lines.filter(state=ClearanceLine.State.DONE).order_by("pk")
    if done := [line.key for line in lines]:
        keeper_of(clearance.kind).erase(done)
    clearance.erased_at = timezone.now()
    clearance.save(update_fields=["erased_at"])
    # A checkpoint that was just put outside must not tell of an entry that this transaction may still lose.
    record(
        "finish_clearance",
        actor=Actor.system("retention"),
        subject_type="clearance",
        subject_id=clearance.pk,
        payload={"kind": clearance.kind, "subjects": len(done)},
    )
    return True


def finish_waiting() -> int:
    """Finish all lists of the tenant at hand that were confirmed; how many came to their end.

    One that fails stops none of the others: the log says what failed, the clock tries again, `doctor` names it.
    """
    done = 0
    for pk, kind in Clearance.objects.unfinished().order_by("confirmed_at", "pk").values_list("pk", "kind"):
        told = {"chain": current_schema(), "clearance": str(pk), "list": kind}
        try:
            done += finish_clearance(pk)
        except AlteredRecord as altered:
            log.error("audit_record_altered", entry=altered.entry, **told)
        except ServerAway as error:
            log.warning("clearance_waits", kind=error.code, **told)
        except Exception:
            log.exception("clearance_failed", **told)
    return done
