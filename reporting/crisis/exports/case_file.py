"""The file of a case as a tagged PDF: frame, sessions, every version of every document, and the proof of the chain."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.pdf import render_pdf
from kernel.periods import local_date
from kernel.tenancy import require_tenant
from reporting.crisis.casefile import ChainOfCase, identity_of
from reporting.crisis.models import CrisisCase
from ui.formatting import format_date_short, format_instant, format_minutes_text

_TEMPLATE = Path(__file__).parent / "case_file.typ"


def case_file_pdf(case: CrisisCase, chain: ChainOfCase) -> bytes:
    """The document in the active language; the same case gives the same bytes."""
    return render_pdf(_TEMPLATE, _facts(case, chain))


def _facts(case: CrisisCase, chain: ChainOfCase) -> dict[str, Any]:
    return {
        "lang": (get_language() or "pl")[:2],
        "title": _("File of case %(number)s") % {"number": case.number},
        "unit": str(case.organisation or require_tenant().unit_name),
        "number": case.number,
        "texts": {
            "sessions": _("Sessions"),
            "none": _("None so far."),
            "referrals": _("Referrals"),
            "proof": _("Proof of integrity"),
            "page": _("page {page} of {pages}"),
            "salt": _("salt"),
            "content": _("content"),
            "chain": _("chain"),
            "explained": _(
                "Every version of a card or plan carries the SHA-256 of its content and of the version before it. "
                "Content is hashed as JSON with the keys in alphabetical order: “fields” with the texts by code, and "
                "“salt”. The chain is the SHA-256 of the JSON list of case, sequence, kind, document, version, "
                "content, time (UTC, ISO 8601), author and the chain before it. The hash of each version, and of this "
                "file, also stands in the audit log of the social unit, which is chained itself."
            ),
        },
        "head": _head(case),
        "sessions": [
            [
                format_instant(session.starts_at),
                session.get_state_display(),
                session.get_place_display(),
                format_minutes_text(session.minutes),
                session.worker_name,
            ]
            for session in case.sessions.all()
        ],
        "session_heads": [_("Start"), _("State"), _("Place"), _("Length"), _("Interventionist")],
        "referrals": [
            [format_date_short(one.made_on), one.to.name, one.get_outcome_display()]
            for one in case.referrals.select_related("to")
        ],
        "referral_heads": [_("Referred on"), _("Referred to"), _("Outcome")],
        "documents": [
            {
                "title": _("%(sequence)s. %(kind)s, version %(version)s")
                % {
                    "sequence": reading.document.sequence,
                    "kind": reading.document.get_kind_display(),
                    "version": reading.document.version,
                },
                "written": f"{format_instant(reading.document.written_at)}, {reading.document.author_name}",
                "lines": [[str(name), text] for name, text in reading.lines],
            }
            for reading in chain.readings
        ],
        "proof": [
            {
                "name": _("%(sequence)s. %(kind)s, version %(version)s")
                % {
                    "sequence": reading.document.sequence,
                    "kind": reading.document.kind,
                    "version": reading.document.version,
                },
                "series": str(reading.document.series),
                "written": reading.document.written_at.isoformat(),
                "salt": reading.salt,
                "content": reading.document.content_hash,
                "chain": reading.document.hash,
            }
            for reading in chain.readings
        ],
        "case": str(case.pk),
    }


def _head(case: CrisisCase) -> list[list[str]]:
    entries = list(case.entries.select_related("entry"))
    team = ", ".join(f"{row.name} ({row.get_part_display()})" for row in case.team.all())
    lines = [
        [_("First contact"), f"{format_instant(case.opened_at)}, {case.get_contact_display()}"],
        [_("Who is helped"), identity_of(case)],
        [_("Works on the case"), team],
        [_("Problems"), ", ".join(row.entry.name for row in entries if row.entry.kind == "category") or "–"],
        [
            _("Institutions that help"),
            ", ".join(row.entry.name for row in entries if row.entry.kind == "institution") or "–",
        ],
    ]
    for correction in case.corrections.all():
        told = _("%(at)s, %(name)s: %(reason)s (before: %(before)s)") % {
            "at": format_instant(correction.corrected_at),
            "name": correction.author_name,
            "reason": correction.get_reason_display(),
            "before": format_instant(correction.before),
        }
        lines.append([_("First contact corrected"), told])
    for one in case.reopenings.all():
        told = _("%(at)s, %(name)s: %(reason)s (closed on %(day)s: %(outcome)s)") % {
            "at": format_instant(one.reopened_at),
            "name": one.author_name,
            "reason": one.get_reason_display(),
            "day": format_date_short(one.closed_on),
            "outcome": one.get_outcome_display(),
        }
        lines.append([_("Opened again"), told])
    if case.closed_on:
        ended = f"{format_date_short(case.closed_on)}, {case.get_outcome_display()}"
        lines.append([_("Closed on"), ended])
    else:
        lines.append(
            [_("State"), f"{case.get_state_display()}, {format_date_short(local_date(case.opened_at))}"]
        )
    return lines
