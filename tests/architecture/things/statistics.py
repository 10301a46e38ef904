"""Things of statistics in the world of the table of routes."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from reporting.statistics.batches.document import Header, write
from reporting.statistics.batches.figures import Collected, Figure
from reporting.statistics.models import (
    FactsBatch,
    HeldFact,
    MadeReport,
    Note,
    NoteMessage,
    Release,
    ReleasedCell,
    SavedReport,
)
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
    report = _report(made.tenant)
    return {
        "file_form": "csv",
        "released_tenant": _released(made.tenant, quarter),
        "facts_batch": batch,
        "region_note": note,
        "region_report": report,
        "made_report": MadeReport.objects.get(report=report),
        "held_fact": HeldFact.objects.get(batch=batch),
        "quarter_over": "2025-Q1",
    }


def _released(tenant: Any, quarter: date) -> Any:
    """The tenant, with one cell of the quarter that the region sees."""
    release, _made = Release.objects.get_or_create(
        kind="quarter",
        period=quarter,
        number=1,
        defaults={
            "trigger": "command",
            "joined": 1,
            "corrected": 0,
            "waiting": 0,
            "cells": 1,
            "hidden": 0,
            "content_sha256": "0" * 64,
        },
    )
    ReleasedCell.objects.get_or_create(
        release=release,
        kind="quarter",
        period=quarter,
        population="open",
        level="tenant",
        place=str(tenant.pk),
        voivodeship=tenant.voivodeship_id,
        county=tenant.territory_id[:4],
        defaults={"figures": {"annulled_calls": [1, "1", "4"]}},
    )
    return tenant


def _report(tenant: Any) -> SavedReport:
    """A report of the tenant's voivodeship, with a file."""
    found = SavedReport.objects.filter(voivodeship_id=tenant.voivodeship_id).first()
    if found is None:
        author = User.objects.create(email=f"raport.{tenant.slug}@przyklad.test", full_name="Anna Raport")
        found = SavedReport.objects.create(
            voivodeship_id=tenant.voivodeship_id,
            name="Realizacja",
            query="indicator=care_fulfilment",
            author=author,
        )
        MadeReport.objects.create(
            report=found,
            period="2026-09",
            released_at=timezone.now(),
            name="realizacja.xlsx",
            content_type="application/octet-stream",
            content=b"PK",
            sha256="0" * 64,
        )
    return found
