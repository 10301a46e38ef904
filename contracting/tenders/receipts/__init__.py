"""The receipt of an offer as facts, and as a tagged PDF."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contracting.tenders import sealing
from contracting.tenders.models import CallKey, Offer, SealedOffer
from documents.pdf import render_pdf
from kernel.tenancy import require_tenant
from ui.formatting import format_instant_text

_TEMPLATE = Path(__file__).with_name("receipt.typ")


def receipt_facts(offer: Offer, row: SealedOffer) -> dict[str, Any]:
    """What a receipt says, as data that `manage.py verify_receipt` reads."""
    tenant = require_tenant()
    return {
        "receipt": row.receipt,
        "submitted_at": sealing.moment_text(row.submitted_at),
        "sha256": row.sha256,
        "mac": row.mac,
        "tenant": tenant.slug,
        "unit": tenant.unit_name,
        "call": offer.call.number,
        "call_title": offer.call.title,
        "lot": offer.lot.title,
        "organisation": offer.organisation.name,
        "call_key": CallKey.objects.filter(call=offer.call).values_list("fingerprint", flat=True).first()
        or "",
    }


def receipt_pdf_of(offer: Offer, row: SealedOffer, code: str) -> bytes:
    """The receipt on one page; the bidder's code only where it is given."""
    facts = receipt_facts(offer, row)
    shown = {
        "lang": (get_language() or "pl")[:2],
        "title": _("Receipt of an offer"),
        "unit": facts["unit"],
        "number": facts["receipt"],
        "lines": [
            [_("Call"), f"{facts['call']} · {facts['call_title']}"],
            [_("Part"), facts["lot"]],
            [_("Organisation"), facts["organisation"]],
            [_("Handed in"), f"{format_instant_text(row.submitted_at)} ({facts['submitted_at']})"],
        ],
        "sha_label": _("SHA-256 of the content"),
        "sha256": facts["sha256"],
        "mac_label": _("Mark of the receipt"),
        "mac": facts["mac"],
        "explanation": _(
            "The content is sealed: nobody reads it before two members of the committee open the offers after the "
            "deadline. Before this receipt was given the sealed offer was opened once on trial by the program and "
            "found unchanged. The receipt can be verified at any time by its number, hash and mark."
        ),
        "code_label": _("Your code for opening the offer as a draft again (keep it secret)"),
        "code": code,
    }
    return render_pdf(_TEMPLATE, shown)
