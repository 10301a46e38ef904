"""Receipts: the digest of all of a call, and whether a receipt that somebody brings is true."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from contracting.tenders import sealing
from contracting.tenders.actions.sealing_keys import place_of, private_key_of
from contracting.tenders.models import Call, CallKey, Offer, SealedOffer
from contracting.tenders.sealing import ReceiptLine, SealBroken


@dataclass(frozen=True)
class Receipt:
    """What a bidder gets for an offer handed in. `code` is there only at the moment of handing in."""

    number: str
    submitted_at: datetime
    sha256: str
    mac: str
    code: str = ""


def receipt_given(offer: Offer, code: str) -> Receipt | None:
    """The receipt of what is in force, if it was handed in with this code: its answer may have been lost on the way."""
    row = offer.sealed.filter(state=SealedOffer.State.CURRENT).first()
    if row is None:
        return None
    try:
        sealing.unwrap_with_code(code, row.for_bidder, place_of(offer.call_id, offer.pk, row.sequence))
    except SealBroken:
        return None
    return Receipt(row.receipt, row.submitted_at, row.sha256, row.mac, code)


def receipts_digest(call: Call) -> str:
    """The SHA-256 over all receipts of the call, withdrawn and replaced ones included."""
    rows = SealedOffer.objects.filter(offer__call=call).values_list(
        "receipt", "submitted_at", "sha256", "state"
    )
    return sealing.digest_of([ReceiptLine(*row) for row in rows])


class Finding(Enum):
    """What a check of a receipt found."""

    TRUE = "true"
    ALTERED = "altered"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class CheckedReceipt:
    finding: Finding
    row: SealedOffer | None = None


def verify_receipt(
    number: str, *, sha256: str, submitted_at: str | None = None, mac: str | None = None
) -> CheckedReceipt:
    """Whether a receipt with these facts was given, by the stored row and by its mark.

    `submitted_at` and `mac` are compared where they are given. The mark is made anew with the call's key, so a row
    altered in the database is found too. Raises ServerAway or KeyLost where the keeper cannot open that key.
    """
    row: SealedOffer | None = (
        SealedOffer.objects.select_related("offer").filter(receipt=number.strip()).first()
    )
    if row is None:
        return CheckedReceipt(Finding.UNKNOWN)
    key = CallKey.objects.get(call_id=row.offer.call_id)
    due = sealing.receipt_mac(private_key_of(key), row.receipt, row.submitted_at, row.sha256)
    true = (
        sealing.same_mac(due, row.mac)
        and row.sha256 == sha256.strip().lower()
        and (submitted_at is None or submitted_at.strip() == sealing.moment_text(row.submitted_at))
        and (mac is None or sealing.same_mac(due, mac.strip().lower()))
    )
    return CheckedReceipt(Finding.TRUE if true else Finding.ALTERED, row)
