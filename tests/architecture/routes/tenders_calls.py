"""Routes of tenders: calls and their public board."""

from tests.architecture.entries import OF_AN_ORGANISATION, Entry, file_of, of

_DRAFT = {"pk": "draft_call"}
_CALL = {"pk": "open_call"}
_SMALL = {"pk": "small_call"}

ROWS: dict[str, Entry] = {
    "calls:list": of(),
    "calls:create": of(),
    "calls:templates": of(),
    "calls:call": of(**_CALL),
    "calls:edit_basics": of(**_DRAFT),
    "calls:edit_texts": of(**_DRAFT),
    "calls:edit_parameters": of(**_DRAFT),
    "calls:edit_lots": of(**_DRAFT),
    "calls:edit_criteria": of(**_DRAFT),
    "calls:edit_concept": of(**_DRAFT),
    "calls:edit_files": of(**_DRAFT),
    "calls:save_template": of(**_DRAFT),
    "calls:discard": of(**_DRAFT),
    "calls:publish": of(**_DRAFT),
    "calls:publications": of(**_CALL),
    "calls:record_publication": of(**_CALL),
    "calls:proof": file_of(OF_AN_ORGANISATION, **_CALL, publication_pk="proven_publication"),
    "calls:withdraw_plan": of(**_CALL, publication_pk="planned_publication"),
    "calls:amend": of(**_CALL),
    "calls:annul": of(**_CALL),
    "calls:questions": of(**_CALL),
    "calls:ask": of(**_CALL),
    "calls:answer": of(**_CALL, question_pk="question"),
    "calls:justifications": of(**_CALL),
    "calls:record_justification": of(**_CALL),
    "calls:answer_justification": of(**_CALL, request_pk="demand"),
    "postings:list": of(**_SMALL),
    "postings:post": of(**_SMALL, offer_pk="unposted_offer"),
    "postings:place": of(**_SMALL, posting_pk="posting"),
    "postings:comment": of(**_SMALL, posting_pk="posting"),
    "postings:consider": of(**_SMALL, comment_pk="posting_comment"),
    "board:list": of(),
    "board:rss": of(),
    "board:atom": of(),
    "board:json": of(),
    "board:ocds": of(),
    "board:call": of(**_CALL),
}
