"""Pieces that documents of a committee are made of: what the typst template knows to set."""

from collections.abc import Iterable, Sequence
from typing import Any

Piece = dict[str, Any]


def text(value: object) -> Piece:
    """A paragraph."""
    return {"kind": "text", "text": str(value)}


def heading(value: object) -> Piece:
    return {"kind": "heading", "text": str(value)}


def pairs(rows: Iterable[tuple[object, object]]) -> Piece:
    """Labels with values; rows whose value is empty are left out."""
    return {"kind": "pairs", "rows": [[str(label), str(value)] for label, value in rows if str(value)]}


def table(
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    widths: Sequence[int],
    figures: Sequence[int] = (),
) -> Piece:
    """A table; a width of 0 is as wide as needed, others share the rest; `figures` are columns set to the right."""
    return {
        "kind": "table",
        "head": [str(one) for one in head],
        "rows": [[str(one) for one in row] for row in rows],
        "widths": list(widths),
        "figures": list(figures),
    }


def signatures(rows: Iterable[tuple[object, object]]) -> Piece:
    """Places to sign: name and function."""
    return {"kind": "signatures", "rows": [[str(name), str(role)] for name, role in rows]}


def section(title: object, *pieces: Piece) -> dict[str, Any]:
    return {"title": str(title), "pieces": list(pieces)}
