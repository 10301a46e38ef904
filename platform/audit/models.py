"""Audit entries, hash-chained per schema, and the log of reads of personal data."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from kernel.models import Shared


class Entry(Shared):
    """One thing done. Each entry carries the hash of the one before it; the payload may be erased, its hash stays.

    The table exists in every tenant's schema (that tenant's chain) and in public (the platform's own chain).
    """

    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    verb = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    payload = models.JSONField(null=True)
    payload_hash = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="entry_subject")]
        constraints = [
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="entry_sequence_from_one")
        ]


class Reading(Shared):
    """Personal data shown to somebody: who saw whom, where and when (KRI 2024 §20)."""

    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    page = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=60)
    subject_ids = models.JSONField()
    subject_count = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="reading_at"),
            # Whoever asks who read their data is answered by the id of the person.
            GinIndex(fields=["subject_ids"], opclasses=["jsonb_path_ops"], name="reading_subjects"),
        ]
