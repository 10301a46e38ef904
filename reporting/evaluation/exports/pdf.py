"""The report of an evaluation as a tagged PDF (PDF/UA-1)."""

from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.pdf import render_pdf

_TEMPLATE = Path(__file__).parent / "evaluation.typ"


def evaluation_pdf(facts: dict[str, Any]) -> bytes:
    """The document in the active language from `tables.report_facts`; the same facts give the same bytes."""
    return render_pdf(_TEMPLATE, {"lang": (get_language() or "pl")[:2], "texts": _texts(), **facts})


def _texts() -> dict[str, str]:
    return {
        "summary": _("Summary"),
        "no_summary": _("There is no summary yet."),
        "questions": _("Questions and findings"),
        "finding": _("Finding"),
        "no_finding": _("no finding yet"),
        "results": _("Results of surveys, inspections and programmes"),
        "standard": _("How far the standard is carried out"),
        "section": _("Section of the standard"),
        "share": _("Carried out"),
        "criteria": _("Criteria met"),
        "inspections": _("Inspections"),
        "outcomes": _("Outcomes"),
        "outcome": _("Outcome of the cycle"),
        "before": _("Before"),
        "target": _("Target"),
        "result": _("Result"),
        "reached": _("Reached"),
        "cost": _("Cost of one"),
        "no_outcomes": _("The cycle has no outcomes yet."),
        "promises": _("Commitments of the contracts"),
        "recommendations": _("Recommendations"),
        "recommendation": _("Recommendation"),
        "addressee": _("To whom"),
        "due": _("By when"),
        "lesson": _("Lesson"),
        "no_recommendations": _("There are no recommendations."),
        "page": _("page {page} of {pages}"),
    }
