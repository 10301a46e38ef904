"""Routes of tenders: committee, scoring, decision."""

from tests.architecture.entries import OF_AN_ORGANISATION, Entry, file_of, of

ROWS: dict[str, Entry] = {
    "committee:list": of(),
    "committee:correct": of(pk="judged_offer"),
    "committee:release": of(pk="seat"),
    "committee:offer": of(pk="judged_offer"),
    "committee:check": of(pk="judged_offer"),
    "committee:score": of(pk="judged_offer"),
    "committee:cell": of(offer_pk="judged_offer", pk="criterion"),
    "committee:protocol_file": file_of(OF_AN_ORGANISATION, pk="protocol"),
    "committee:sign": of(pk="protocol"),
    "committee:committee": of(pk="opened_call"),
    "committee:appoint": of(pk="opened_call"),
    "committee:add_seat": of(pk="opened_call"),
    "committee:declarations": of(pk="opened_call"),
    "committee:checks": of(pk="opened_call"),
    "committee:scoring": of(pk="opened_call"),
    "committee:finish": of(pk="opened_call"),
    "committee:close": of(pk="opened_call"),
    "committee:compare": of(pk="opened_call"),
    "committee:pair": of(pk="opened_call"),
    "committee:compare_csv": file_of(OF_AN_ORGANISATION, pk="opened_call"),
    "committee:compare_xlsx": file_of(OF_AN_ORGANISATION, pk="opened_call"),
    "committee:opinion": of(pk="opened_call"),
    "committee:protocol": of(pk="opened_call"),
    "committee:decide": of(pk="opened_call"),
    "committee:publish": of(pk="opened_call"),
    "committee:unreadable": of(pk="opened_call"),
    "committee:results": of(pk="decided_call"),
    "committee:give_up": of(pk="award"),
}
