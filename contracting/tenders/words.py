"""How parts of calls and offers are called, in calls, on the board and at the committee's desk."""

from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracting.tenders.models import Amendment, Call, Criterion, Lot
from ui.formatting import (
    format_date_text,
    format_instant_text,
    format_minutes_text,
    format_money,
    format_percent,
)

# Parts of the service concept: keys of content.CONCEPT_PARTS.
CONCEPT_LABELS: dict[str, Promise] = {
    "organisation": gettext_lazy("Organisation of visits"),
    "replacement": gettext_lazy("Replacement when a carer is away"),
    "coordination": gettext_lazy("Coordination and contact"),
    "quality_control": gettext_lazy("Quality control"),
    "training": gettext_lazy("Training and support of staff"),
    "activation": gettext_lazy("Activating instead of doing for the person"),
    "extras": gettext_lazy("Extras above the standard"),
}
# What a new call asks, part by part; the office rewrites it.
CONCEPT_STARTERS: dict[str, Promise] = {
    "organisation": gettext_lazy(
        "How will visits be planned, and how will the same carer come to the same person?"
    ),
    "replacement": gettext_lazy("How fast and by whom is a carer replaced who falls ill or is on leave?"),
    "coordination": gettext_lazy(
        "Who coordinates, when can they be reached, how do observations of carers reach the social worker?"
    ),
    "quality_control": gettext_lazy(
        "How will you check the quality yourselves, how often, with what result?"
    ),
    "training": gettext_lazy("How are carers prepared, trained and supported?"),
    "activation": gettext_lazy("How will persons be helped to do things themselves?"),
    "extras": gettext_lazy("What will you deliver above the standard, for whom and how often?"),
}
# Sections of an offer that a member may read beside a score: values of Criterion.excerpt.
EXCERPT_LABELS: dict[str, Promise] = {
    "concept": gettext_lazy("service concept, whole"),
    **{f"concept.{part}": label for part, label in CONCEPT_LABELS.items()},
    "promises": gettext_lazy("measurable promises"),
    "schedule": gettext_lazy("plan and schedule"),
    "results": gettext_lazy("results"),
    "resources": gettext_lazy("experience and resources"),
    "staff": gettext_lazy("named staff"),
    "budget": gettext_lazy("budget"),
}

Row = tuple[str, str, str]
_SHORT = 6


def change_rows(amendment: Amendment, *, without: Collection[str] = ()) -> list[Row]:
    """What an amendment changed, but for the fields `without`: the name of the field, the text before, the text
    after."""
    rows: list[Row] = []
    for name, (before, after) in amendment.changes.items():
        if name in without:
            continue
        if name in ("lots", "criteria"):
            rows += _line_rows(name, before, after)
        else:
            texts = differing(_text(name, before), _text(name, after))
            rows.append((name_of(name), *texts))
    return rows


def name_of(name: str) -> str:
    """What a field of a call is called."""
    return _capital(_LABELS.get(name, str(_field(Call, name).verbose_name)))


def differing(before: str, after: str) -> tuple[str, str]:
    """Of two texts of several lines only the lines that differ, with “…” where equal ones are left out."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) + len(new) < _SHORT:
        return before, after
    kept: tuple[list[str], list[str]] = ([], [])
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for side, lines in zip(kept, (old[a:b], new[c:d]), strict=True):
            if tag != "equal":
                side += [line for line in lines if line.strip()]
            elif any(line.strip() for line in lines):
                side.append("…")
    return "\n".join(kept[0]) or "–", "\n".join(kept[1]) or "–"


_LABELS: dict[str, Promise] = {
    "concept_questions": gettext_lazy("questions of the service concept"),
    "required_files": gettext_lazy("required files"),
}
_MODELS: dict[str, tuple[Any, Promise]] = {
    "lots": (Lot, pgettext_lazy("of a call", "Part %(number)s: %(field)s")),
    "criteria": (Criterion, gettext_lazy("Criterion %(number)s: %(field)s")),
}


def _line_rows(name: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterable[Row]:
    model, label = _MODELS[name]
    old: dict[str, Any]
    new: dict[str, Any]
    for number, (old, new) in enumerate(zip_longest(before, after, fillvalue={}), start=1):
        # A part that was added has nothing before; what it leaves empty is not told.
        for key in (key for key in new if old.get(key) != new[key] and (old or new[key])):
            field = str(_field(model, key).verbose_name)
            told = _text(key, old.get(key)), _text(key, new[key])
            yield str(label) % {"number": number, "field": field}, *told


def _field(model: Any, name: str) -> Any:
    return model._meta.get_field(name)


def _capital(text: object) -> str:
    words = str(text)
    return words[:1].upper() + words[1:]


_MONEY = frozenset({"funds", "grant_min", "grant_max"})
_DAYS = frozenset({"task_from", "task_to", "decision_due_on"})


def _text(name: str, value: Any) -> str:
    """A stored value as people read it."""
    if value is None or value == "" or value == [] or value == {}:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _MONEY:
        return format_money(_field(Call, "funds").to_python(value))
    if name in _DAYS:
        return format_date_text(_field(Call, name).to_python(value))
    if name == "deadline":
        return format_instant_text(_field(Call, name).to_python(value))
    if name == "own_share_min":
        return format_percent(_field(Call, name).to_python(value))
    if name == "minutes":
        return format_minutes_text(value)
    if name == "excerpt":
        return str(EXCERPT_LABELS.get(value, value))
    if name == "kind":
        return str(Criterion.Kind(value).label)
    if isinstance(value, dict):
        return "\n".join(f"{CONCEPT_LABELS.get(key, key)}: {text}" for key, text in value.items() if text)
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    return str(value)
