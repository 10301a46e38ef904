"""The pack of a provider as a tagged PDF (PDF/UA-1), to be taken along and ticked off."""

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.pdf import render_pdf
from kernel.tenancy import require_tenant
from reporting.continuity.exports.words import (
    amount_of,
    call_in_words,
    contact_in_words,
    next_in_words,
    plan_in_words,
)
from reporting.continuity.pack import Pack
from ui.formatting import format_date_short, format_date_text, format_minutes_clock

_TEMPLATE = Path(__file__).parent / "pack.typ"


def pack_pdf(pack: Pack, title: str) -> bytes:
    """The document in the active language; the same pack gives the same bytes."""
    return render_pdf(
        _TEMPLATE,
        {
            "lang": (get_language() or "pl")[:2],
            "title": title,
            "unit": require_tenant().unit_name,
            "lead": _("Persons in care on %(day)s, those to be visited first on top")
            % {"day": format_date_text(pack.day)},
            "texts": {
                "contracts": _("Contracts"),
                "contacts": _("Whom to call"),
                "persons": _("Persons"),
                "nobody": _("nobody of theirs signs in here"),
                "none": _("No person is in care under these contracts."),
                "page": _("page {page} of {pages}"),
                "contract_head": [
                    _("Contract"),
                    _("Service"),
                    _("Valid to"),
                    _("Persons"),
                    _("used, h"),
                    _("left of the cap, h"),
                ],
                "head": [
                    _("Next visit"),
                    _("Person"),
                    _("Contact"),
                    _("Who was reached"),
                    _("Decision"),
                    _("Plan of visits"),
                    _("Scope"),
                    _("left this month, h"),
                ],
            },
            "contracts": [
                [
                    one.contract.number,
                    str(one.contract.service),
                    format_date_short(one.contract.valid_to),
                    str(one.persons),
                    format_minutes_clock(one.used),
                    "–" if one.left is None else format_minutes_clock(one.left),
                ]
                for one in pack.contracts
            ],
            "contacts": [f"{one.name}, {one.email}" for one in pack.contacts],
            "lines": [
                [
                    next_in_words(line) or "–",
                    str(line.decision.person),
                    contact_in_words(line) or "–",
                    call_in_words(pack, line) or "☐",
                    f"{line.decision.number}\n{amount_of(line)}",
                    plan_in_words(line) or "–",
                    ", ".join(line.scope),
                    format_minutes_clock(line.left),
                ]
                for line in pack.lines
            ],
        },
    )
