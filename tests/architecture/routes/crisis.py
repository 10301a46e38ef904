"""Routes of crisis."""

from tests.architecture.entries import Entry, of

_CASE = {"case_pk": "crisis_case"}

ROWS: dict[str, Entry] = {
    "crisis:cases": of(),
    "crisis:open_case": of(),
    "crisis:terms": of(),
    "crisis:dictionaries": of(),
    "crisis:end_entry": of(pk="crisis_entry"),
    "crisis:case": of(pk="crisis_case"),
    "crisis:describe_case": of(pk="crisis_case"),
    "crisis:close_case": of(pk="crisis_case"),
    "crisis:case_file": of(pk="crisis_case"),
    "crisis:name_worker": of(pk="crisis_case"),
    "crisis:release_worker": of(**_CASE, pk="crisis_worker"),
    "crisis:write_document": Entry(
        {"pk": "crisis_case", "kind": "crisis_kind"}, {"kind": "a word of the product, the same everywhere"}
    ),
    "crisis:document": of(**_CASE, pk="crisis_document"),
    "crisis:revise_document": of(**_CASE, pk="crisis_document"),
    "crisis:record_session": of(pk="crisis_case"),
    "crisis:edit_session": of(**_CASE, pk="crisis_session"),
    "crisis:refer": of(pk="crisis_case"),
    "crisis:settle_referral": of(**_CASE, pk="crisis_referral"),
}
