"""The case file taken along: noted with the hash of the file and of the last version in it."""

import hashlib

from django.db import transaction

from audit.actions import record, record_reading
from kernel.access import Actor
from reporting.crisis.models import CrisisCase


def record_export(case: CrisisCase, content: bytes, *, last_hash: str, actor: Actor) -> str:
    """Write down that the file was made, so that it can be shown later to be the one; returns its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        record_reading("crisis.case_file", actor=actor, subject_type="crisis_case", subject_ids=[case.pk])
        record(
            "export_crisis_case",
            actor=actor,
            subject_type="crisis_case",
            subject_id=case.pk,
            payload={"sha256": digest, "last_hash": last_hash},
        )
    return digest
