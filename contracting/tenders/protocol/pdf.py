"""The protocol as PDF/UA-1; the same facts give the same bytes."""

from pathlib import Path
from typing import Any

from documents.pdf import render_pdf

_TEMPLATE = Path(__file__).parent / "protocol.typ"


def protocol_pdf(facts: dict[str, Any]) -> bytes:
    """The document of the facts that `protocol_facts` gives."""
    return render_pdf(_TEMPLATE, facts)
