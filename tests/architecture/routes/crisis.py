"""Routes of crisis."""

from tests.architecture.entries import FIGURES, PERSONS, Entry, file_of, of

_CASE = {"case_pk": "crisis_case"}

ROWS: dict[str, Entry] = {
    "crisis:cases": of(),
    "crisis:open_case": of(),
    "crisis:roster": of(),
    "crisis:add_duty": of(),
    "crisis:copy_week": of(),
    "crisis:remove_duty": of(pk="crisis_duty"),
    "crisis:meetings": of(),
    "crisis:record_meeting": of(),
    "crisis:debriefings": of(),
    "crisis:hold_debriefing": of(pk="crisis_debriefing"),
    "crisis:shelter": of(),
    "crisis:places": of(),
    "crisis:add_place": of(),
    "crisis:end_place": of(pk="crisis_place"),
    "crisis:points": of(),
    "crisis:add_point": of(),
    "crisis:change_point": of(pk="crisis_point"),
    "crisis:add_hours": of(),
    "crisis:end_hours": of(pk="crisis_hours"),
    "crisis:figures": of(),
    "crisis:figures_file": file_of(FIGURES),
    "crisis:terms": of(),
    "crisis:dictionaries": of(),
    "crisis:end_entry": of(pk="crisis_entry"),
    "crisis:case": of(pk="crisis_case"),
    "crisis:describe_case": of(pk="crisis_case"),
    "crisis:note_asking": of(pk="crisis_case"),
    "crisis:close_case": of(pk="crisis_case"),
    "crisis:correct_contact": of(pk="crisis_case"),
    "crisis:reopen_case": of(pk="crisis_case"),
    "crisis:case_file": file_of(PERSONS, pk="crisis_case"),
    "crisis:name_worker": of(pk="crisis_case"),
    "crisis:release_worker": of(**_CASE, pk="crisis_worker"),
    "crisis:write_document": Entry(
        {"pk": "crisis_case", "kind": "crisis_kind"}, {"kind": "a word of the product, the same everywhere"}
    ),
    "crisis:document": of(**_CASE, pk="crisis_document"),
    "crisis:revise_document": of(**_CASE, pk="crisis_document"),
    "crisis:begin_stay": of(pk="crisis_case"),
    "crisis:change_stay": of(**_CASE, pk="crisis_stay"),
    "crisis:end_stay": of(**_CASE, pk="crisis_stay"),
    "crisis:record_session": of(pk="crisis_case"),
    "crisis:edit_session": of(**_CASE, pk="crisis_session"),
    "crisis:refer": of(pk="crisis_case"),
    "crisis:settle_referral": of(**_CASE, pk="crisis_referral"),
}
