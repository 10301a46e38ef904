"""Things of statistics in the world of the table of routes."""

from datetime import date
from decimal import Decimal
from typing import Any

from reporting.statistics.batches.document import Header, write
from reporting.statistics.batches.figures import Collected, Figure
from reporting.statistics.models import FactsBatch, HeldFact, Note, NoteMessage
from tests.factories.facts import batch_of


def things(made: Any) -> dict[str, Any]:
    """A batch of a quarter with a figure that waits; they are the tenant's, so both organisations share them."""
    quarter = date(2025, 1, 1)
    batch = FactsBatch.objects.filter(tenant=made.tenant, period=quarter).first()
    if batch is None:
        figure = Figure("results", Decimal(9_999), category="event")
        header = Header(made.tenant.pk, made.tenant.territory_id, "quarter", quarter, 1, "", 1)
        batch = batch_of(made.tenant, quarter, "quarter", document=write(header, Collected((figure,))))
        HeldFact.objects.create(
            batch=batch, tenant=made.tenant, indicator="results", category="event", reason="too_much"
        )
    note, is_new = Note.objects.get_or_create(
        tenant=made.tenant,
        voivodeship_id=made.tenant.voivodeship_id,
        topic="missing",
        kind="quarter",
        period=quarter,
    )
    if is_new:
        NoteMessage.objects.create(note=note, number=1, side="region", text="Co z tym kwartałem?")
        note.messages = 1
        note.save(update_fields=["messages"])
    return {
        "facts_batch": batch,
        "region_note": note,
        "held_fact": HeldFact.objects.get(batch=batch),
        "quarter_over": "2025-Q1",
    }
