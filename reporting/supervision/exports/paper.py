"""The one template of supervision on paper: a head, then parts of text and tables, then places to sign."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.pdf import render_pdf

_TEMPLATE = Path(__file__).parent / "paper.typ"


def part(
    title: str,
    *,
    text: str = "",
    head: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    numbers: Sequence[int] = (),
    widths: Sequence[float] = (),
) -> dict[str, Any]:
    """One part under a heading: a text, or a table; `numbers` are columns set to the right, `widths` their shares
    (0: as wide as it needs)."""
    return {
        "title": title,
        "text": text,
        "head": list(head),
        "rows": [list(row) for row in rows],
        "numbers": list(numbers),
        "widths": list(widths) or [1] * len(head),
    }


def paper(
    *,
    title: str,
    unit: str,
    head: Sequence[tuple[str, str]],
    parts: Sequence[dict[str, Any]],
    signatures: Sequence[str] = (),
) -> bytes:
    """The document in the active language; the same facts give the same bytes."""
    return render_pdf(
        _TEMPLATE,
        {
            "lang": (get_language() or "pl")[:2],
            "title": title,
            "unit": unit,
            "head": [list(pair) for pair in head],
            "parts": list(parts),
            "signatures": list(signatures),
            "page": _("page {page} of {pages}"),
        },
    )
