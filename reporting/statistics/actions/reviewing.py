"""A tenant looks at figures that are held back: right after all, or to be corrected where they come from."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import hold_chain, record
from kernel.access import Actor
from kernel.errors import Conflict, DomainError
from kernel.tenancy import require_tenant
from reporting.statistics.actions.pushing import require_agreed
from reporting.statistics.actions.receiving import store_facts
from reporting.statistics.batches.document import read
from reporting.statistics.batches.plausibility import fits
from reporting.statistics.hooks import figures_pushed
from reporting.statistics.locking import lock_period
from reporting.statistics.models import HeldFact

_NAME_LENGTH = 150
_NOTE_LENGTH = 500


def confirm_held(pk: UUID, *, note: str, actor: Actor) -> HeldFact:
    """Say with a reason that a doubtful figure is right: it becomes a figure of its batch like the others.

    Raises HeldFact.DoesNotExist for another tenant's, DomainError `cannot_be_right` for what is no number, negative or
    too great to be kept, and Conflict `decided_already` where it no longer waits.
    """
    tenant = require_tenant()
    found = HeldFact.objects.select_related("batch").get(pk=pk, tenant=tenant)
    batch = found.batch
    with transaction.atomic():
        hold_chain()
        lock_period(tenant, batch.kind, batch.period)
        require_agreed(tenant)
        held = HeldFact.objects.select_for_update().get(pk=pk)
        if held.state != HeldFact.State.WAITING:
            raise Conflict(
                "decided_already",
                _(
                    "This figure was confirmed or replaced by a later batch meanwhile: look at the page again."
                ),
            )
        figures = [one for one in read(batch.document).content.figures if one.place == held.place]
        if not held.is_confirmable or not all(map(fits, figures)):
            raise DomainError(
                "cannot_be_right",
                _(
                    "What is no number, negative or too great to be kept cannot be confirmed: correct its source and "
                    "send it again."
                ),
            )
        held.state, held.note = HeldFact.State.CONFIRMED, _require_note(note)
        held.decided_at, held.decided_by = timezone.now(), actor.user_id
        held.decided_by_name = actor.label[:_NAME_LENGTH]
        held.save(update_fields=["state", "note", "decided_at", "decided_by", "decided_by_name"])
        store_facts(batch, figures)
        figures_pushed.fire(kind=batch.kind, period=batch.period)
        record(
            "confirm_held_figure",
            actor=actor,
            subject_type="held_fact",
            subject_id=held.pk,
            payload={"indicator": held.indicator, "batch": batch.pk},
        )
    return held


def _require_note(note: str) -> str:
    text = note.strip()
    if not text:
        raise DomainError(
            "reason_missing", _("Write why the figure is right: the record keeps it."), field="note"
        )
    if len(text) > _NOTE_LENGTH:
        raise DomainError(
            "reason_too_long",
            _("The reason has %(count)s characters; shorten it to %(max)s.")
            % {"count": len(text), "max": _NOTE_LENGTH},
            field="note",
        )
    return text
