"""The report of a month as a tagged PDF (PDF/UA-1) to be read, signed and filed."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.pdf import render_pdf
from reporting.compliance.exports.report import MonthReport
from ui.formatting import format_decimal, format_minutes_clock, format_month

_TEMPLATE = Path(__file__).parent / "month.typ"


def month_pdf(report: MonthReport) -> bytes:
    """The document in the active language; the same report gives the same bytes."""
    return render_pdf(_TEMPLATE, _facts(report))


def _facts(report: MonthReport) -> dict[str, Any]:
    month = format_month(report.month)
    return {
        "lang": (get_language() or "pl")[:2],
        "title": _("Comparison of granted and delivered care, %(month)s") % {"month": month},
        "unit": report.unit_name,
        "texts": _texts(),
        "head": report.head(),
        "totals": [
            [_("granted, h"), format_minutes_clock(report.granted_minutes)],
            [_("delivered, h"), format_minutes_clock(report.delivered_minutes)],
            *(
                [
                    [_("refused, h"), format_minutes_clock(report.refused_minutes)],
                    [
                        _("counted, h"),
                        format_minutes_clock(report.delivered_minutes - report.refused_minutes),
                    ],
                ]
                if report.refused_minutes
                else []
            ),
            [_("fulfilment, %"), format_decimal(report.percent)],
            [_("to explain"), str(report.open_count(must=True))],
            [_("to note"), str(report.open_count(must=False))],
        ],
        "has_names": report.has_names,
        "decisions": [
            {
                "number": line.number,
                "person": line.person_name,
                "granted": format_minutes_clock(line.granted_minutes),
                "delivered": format_minutes_clock(line.delivered_minutes),
                "percent": format_decimal(line.percent),
                "codes": ", ".join(line.codes),
            }
            for line in report.decisions
        ],
        "deviations": [
            {
                "where": line.where,
                "code": line.code,
                "name": line.name,
                "severity": line.severity,
                "about": line.about,
                "answer": line.answer or _("no answer yet"),
            }
            for line in report.deviations
        ],
        "hash": report.snapshot_sha256,
    }


def _texts() -> dict[str, str]:
    return {
        "decisions": _("Decisions"),
        "decision": _("Decision"),
        "person": _("Person"),
        "granted": _("granted, h"),
        "delivered": _("delivered, h"),
        "percent": "%",
        "codes": _("Deviations"),
        "deviations": _("Deviations and answers"),
        "what": _("What"),
        "answer": _("Answer"),
        "nothing": _("No decision was in force and no visit was made in this month."),
        "none": _("There are no deviations."),
        "provider": _("for the provider (date, signature)"),
        "unit": _("for the social unit (date, signature)"),
        "hash": _("The accepted month is kept under this SHA-256:"),
        "page": _("page {page} of {pages}"),
    }
