"""PDF by typst: tagged, PDF/UA-1, and the same bytes for the same data."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

# The house's sans; where the front-end packages are not installed typst's own fonts serve.
_FONTS = Path(settings.ROOT) / "node_modules" / "source-sans" / "TTF"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    paths = [str(_FONTS)] if _FONTS.is_dir() else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)


def render_pdf(template: Path, facts: dict[str, Any]) -> bytes:
    """The document of a typst template, which reads `facts` as JSON with `json(bytes(sys.inputs.facts))`.

    Facts arrive as data, so no text of people is ever read as markup. The template sets `document(date: none)`;
    nothing of the moment of making goes into the file. Raises typst.TypstError where the template is wrong.
    """
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    rendered = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"facts": text},
        pdf_standards=["ua-1"],
        timestamp=0,
    )
    if not isinstance(rendered, bytes):
        raise TypeError("typst gave no single document")
    return rendered
