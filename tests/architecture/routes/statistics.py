"""Routes of statistics: the region, the dictionary for everybody, and what a tenant sends."""

from tests.architecture.entries import Entry, of

ROWS: dict[str, Entry] = {
    "statistics:indicators": of(),
    "statistics:indicators_json": of(),
    "region:rules": of(),
    "region:releases": of(voivodeship="voivodeship"),
    "relocations:relocations": of(),
    "region:timeliness": of(voivodeship="voivodeship"),
    "region:reports": of(voivodeship="voivodeship"),
    "region:save_report": of(voivodeship="voivodeship"),
    "region:report": of(voivodeship="voivodeship", pk="region_report"),
    "region:end_report": of(voivodeship="voivodeship", pk="region_report"),
    "region:report_file": of(voivodeship="voivodeship", pk="region_report", made="made_report"),
    "region:tables": of(voivodeship="voivodeship"),
    "region:tables_file": of(voivodeship="voivodeship"),
    "region:notes": of(voivodeship="voivodeship"),
    "region:write_note": of(voivodeship="voivodeship"),
    "region:note": of(voivodeship="voivodeship", pk="region_note"),
    "region:close_note": of(voivodeship="voivodeship", pk="region_note"),
    "statistics:open": of(),
    "statistics:open_file": Entry({"form": "file_form"}, status=404),
    "statistics:api_schema": of(),
    "statistics:api_indicators": of(),
    "statistics:api_figures": Entry(status=422),
    "statistics:region": of(voivodeship="voivodeship"),
    "statistics:figures": of(voivodeship="voivodeship"),
    "statistics:figures_file": Entry(
        {"voivodeship": "voivodeship", "form": "file_form"},
        open_to_all={"form": "the form of a file is everybody's"},
        status=404,
    ),
    "statistics:place": Entry({"voivodeship": "voivodeship", "pk": "released_tenant"}),
    "statistics:place_file": Entry(
        {"voivodeship": "voivodeship", "pk": "released_tenant", "form": "file_form"},
        open_to_all={"form": "the form of a file is everybody's"},
    ),
    "sending:overview": of(),
    "sending:approve": of(),
    "sending:stop": of(),
    "sending:period": Entry(
        {"period": "quarter_over"}, open_to_all={"period": "a quarter of the calendar is everybody's"}
    ),
    "sending:receipt": of(pk="facts_batch"),
    "sending:document": of(pk="facts_batch"),
    "sending:benchmark": of(),
    "sending:tables": of(),
    "sending:tables_file": of(),
    "sending:notes": of(),
    "sending:note": of(pk="region_note"),
    "sending:confirm": of(pk="held_fact"),
}
