"""What of offers a tenant takes along when it leaves: those that were opened, in plain; never a bidder's draft."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from contracting.tenders.actions.opening import opened_file
from contracting.tenders.models import OfferFile, OpenedOffer
from tenants.hooks import keep_closed

_DRAFT = "a draft is the bidder's own"
_SEALED = "what was sealed is told by the opened offer"
_KEY = "a key of a call"


def close_columns() -> None:
    """Keep what is a bidder's, and keys, out of exports."""
    keep_closed("tenders_offer", "draft", because=_DRAFT)
    keep_closed("tenders_sealedoffer", "ciphertext", "wrapped_key", "for_bidder", because=_SEALED)
    keep_closed("tenders_openedoffer", "content_key", because=_KEY)
    keep_closed("tenders_callkey", "public_key", "wrapped", "recovery", because=_KEY)
    keep_closed("tenders_recoverykey", "public_key", because=_KEY)


def files_of_offers() -> dict[UUID, Callable[[], bytes] | None]:
    """How files of opened offers are read; those of drafts and of offers that nobody opened stay closed."""
    opened = {one.sealed_id: one for one in OpenedOffer.objects.select_related("offer", "sealed")}
    return {
        row.stored_id: partial(opened_file, opened[row.sealed_id], row.key)
        if row.sealed_id in opened
        else None
        for row in OfferFile.objects.all()
    }
