"""Routes of delivery: the diary and its import."""

from tests.architecture.entries import PERSONS, Entry, form_only, of

ROWS: dict[str, Entry] = {
    "delivery:grid": of(),
    "delivery:grid_data": of(),
    "delivery:save_cells": form_only(),
    "delivery:can_log": form_only(),
    "delivery:import": of(),
    "delivery:import_detail": of(pk="diary_import"),
    "delivery:import_progress": of(pk="diary_import"),
    "delivery:confirm_import": form_only(pk="diary_import"),
    "delivery:retry_import": form_only(pk="diary_import"),
    # The world's import has no refusals, so there is no copy with reasons.
    "delivery:refused_copy": Entry({"pk": "diary_import"}, status=404, file=PERSONS),
}
