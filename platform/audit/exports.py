"""The record and the log of readings as CSV: semicolons and a mark of the encoding, as offices open it."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import Entry, Reading
from audit.words import PAGES, SUBJECTS, VERBS
from kernel.cells import escape_cell


def entries_csv(entries: Iterable[Entry]) -> bytes:
    """Entries with their words, keys and fingerprints; an erased payload is empty."""
    head = [
        _("No."), _("When"), _("Who"), _("Key of who"), _("What"), _("Verb"), _("About"), _("Key"), _("Details"),
        _("Fingerprint"), _("Fingerprint before"),
    ]  # fmt: skip
    return _csv(
        head,
        (
            [
                str(entry.sequence),
                timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
                entry.actor_label,
                str(entry.actor_id or ""),
                str(VERBS.get(entry.verb, entry.verb)),
                entry.verb,
                str(SUBJECTS.get(entry.subject_type, entry.subject_type)),
                entry.subject_id,
                ""
                if entry.payload is None
                else json.dumps(entry.payload, ensure_ascii=False, sort_keys=True),
                entry.hash,
                entry.previous_hash,
            ]
            for entry in entries
        ),
    )


def readings_csv(readings: Iterable[Reading]) -> bytes:
    """Readings with the keys, never the names, of those whose data was read."""
    head = [_("When"), _("Who"), _("Key of who"), _("Page"), _("About"), _("Persons shown"), _("Keys")]
    return _csv(
        head,
        (
            [
                timezone.localtime(reading.at).isoformat(sep=" ", timespec="seconds"),
                reading.actor_label,
                str(reading.actor_id or ""),
                str(PAGES.get(reading.page, reading.page)),
                str(SUBJECTS.get(reading.subject_type, reading.subject_type)),
                str(reading.subject_count),
                " ".join(reading.subject_ids),
            ]
            for reading in readings
        ),
    )


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for row in chain([head], rows):
        writer.writerow([escape_cell(cell) for cell in row])
    return written.getvalue().encode("utf-8-sig")
