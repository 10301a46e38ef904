"""Routes of tenders: offers, their opening, the recovery key."""

from tests.architecture.entries import OF_AN_ORGANISATION, Entry, file_of, form_only, of

_DRAFT = {"pk": "written_offer"}
_SEALED = {"pk": "sealed_offer"}
_RECEIPT = {**_SEALED, "sequence": "receipt_sequence"}

ROWS: dict[str, Entry] = {
    "offers:list": of(),
    # A call and its parts are the same for every organisation.
    "offers:start": of(lot_pk="open_lot"),
    "offers:opening": of(call_pk="sealed_call"),
    "offers:confirm_opening": form_only(call_pk="sealed_call"),
    "offers:recovery_key": of(),
    "offers:offer": of(**_DRAFT),
    "offers:preview": of(**_DRAFT),
    "offers:read": of(pk="opened_offer"),
    "offers:opened_file": file_of(OF_AN_ORGANISATION, pk="opened_offer", key="opened_file_key"),
    "offers:files": of(**_DRAFT),
    "offers:draft_file": file_of(OF_AN_ORGANISATION, **_DRAFT, key="file_key"),
    "offers:remove_file": form_only(**_DRAFT, key="file_key"),
    "offers:add_partner": of(**_DRAFT),
    "offers:partner": of(**_DRAFT, partner_pk="offer_partner"),
    "offers:remove_partner": of(**_DRAFT, partner_pk="offer_partner"),
    "offers:hand_in": of(**_DRAFT),
    "offers:receipt": of(**_RECEIPT),
    "offers:receipt_pdf": file_of(OF_AN_ORGANISATION, **_RECEIPT),
    "offers:receipt_json": file_of(OF_AN_ORGANISATION, **_RECEIPT),
    "offers:withdraw": of(**_SEALED),
    "offers:reopen": of(**_SEALED),
    "offers:begin_anew": form_only(**_SEALED),
    "offers:discard_draft": of(pk="replacing_offer"),
    "offers:confirm_amendments": form_only(**_SEALED),
    "offers:section": of(**_DRAFT, section="offer_section"),
}
