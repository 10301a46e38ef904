"""How parts of calls and offers are called, in calls, on the board and at the committee's desk."""

from collections.abc import Collection, Iterable
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracting.tenders.models import Amendment, Call, Criterion, Lot
from kernel.errors import Sentence
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

# What the sections of an offer are called, wherever they are written, read, scored or corrected, in their order.
SECTION_TITLES: dict[str, Sentence] = {
    "bidder": gettext_lazy("The bidder"),
    "partners": gettext_lazy("Joint offer: partners"),
    "task": gettext_lazy("The task"),
    "schedule": gettext_lazy("Plan and schedule"),
    "results": pgettext_lazy("offer", "Results"),
    "resources": gettext_lazy("Experience and resources"),
    "staff": gettext_lazy("Staff by name"),
    "concept": gettext_lazy("Service concept"),
    "promises": gettext_lazy("Promises that are measured"),
    "budget": gettext_lazy("Budget"),
    "files": gettext_lazy("Files"),
    "declarations": gettext_lazy("Declarations"),
    "other": gettext_lazy("Other information"),
}

# Fields by their path in the content.
LABELS: dict[str, Sentence] = {
    "bidder.name": gettext_lazy("Name"),
    "bidder.legal_form": gettext_lazy("Legal form"),
    "bidder.nip": "NIP",
    "bidder.krs": gettext_lazy("KRS or other register"),
    "bidder.address": gettext_lazy("Address"),
    "bidder.www": gettext_lazy("Website"),
    "bidder.email": gettext_lazy("E-mail"),
    "bidder.phone": gettext_lazy("Telephone"),
    "bidder.contact_person": gettext_lazy("Person who explains the offer"),
    "partners.name": gettext_lazy("Organisation"),
    "partners.does": gettext_lazy("What this partner does in the task"),
    "partners.represented_by": gettext_lazy("Represented by"),
    "task.title": gettext_lazy("Title of the task"),
    "task.from": gettext_lazy("First day"),
    "task.to": gettext_lazy("Last day"),
    "task.place": gettext_lazy("Place"),
    "task.summary": gettext_lazy("Short description"),
    "schedule.name": gettext_lazy("Action"),
    "schedule.description": gettext_lazy("Description"),
    "schedule.group": gettext_lazy("For whom"),
    "schedule.from": gettext_lazy("First day"),
    "schedule.to": gettext_lazy("Last day"),
    "schedule.outside_party": gettext_lazy("Done by an outside party"),
    "results.name": pgettext_lazy("offer", "Result"),
    "results.level": gettext_lazy("Planned level"),
    "results.monitoring": gettext_lazy("How it is monitored"),
    "resources.experience": gettext_lazy("Experience with tasks of this kind"),
    "resources.staff": gettext_lazy("Staff and volunteers"),
    "resources.material": gettext_lazy("Premises and equipment"),
    "resources.financial": gettext_lazy("Financial means"),
    "staff.name": gettext_lazy("First name and surname"),
    "staff.function": gettext_lazy("Function"),
    "staff.qualifications": gettext_lazy("Qualifications"),
    "staff.fte": gettext_lazy("Part of a full-time post"),
    "promises.part": gettext_lazy("Part of the concept"),
    "promises.measure": gettext_lazy("What is measured"),
    "promises.indicator": gettext_lazy("Promise in words"),
    "promises.direction": pgettext_lazy("promise", "At least or at most"),
    "promises.value": gettext_lazy("Value"),
    "promises.unit": gettext_lazy("Unit"),
    "promises.measured_by": gettext_lazy("How it is measured"),
    "budget.own_financial": gettext_lazy("Own financial contribution"),
    "budget.own_in_kind": gettext_lazy("Own contribution in kind and work"),
    "budget.payments": gettext_lazy("Payments of the persons"),
    "budget.minutes": gettext_lazy("Hours of service"),
    "budget.costs": gettext_lazy("Costs"),
    "budget.costs.kind": gettext_lazy("Kind"),
    "budget.costs.name": gettext_lazy("Cost"),
    "budget.costs.unit": gettext_lazy("Unit"),
    "budget.costs.unit_cost": gettext_lazy("Unit cost"),
    "budget.costs.quantity": gettext_lazy("Quantity"),
    "budget.costs.year": gettext_lazy("Year"),
    "budget.costs.amount": pgettext_lazy("money", "Amount"),
    "budget.total": gettext_lazy("Sum of the costs"),
    "budget.grant": gettext_lazy("Grant asked for"),
    "budget.own": gettext_lazy("Own contribution"),
    "budget.price_per_hour": gettext_lazy("Cost of an hour"),
    "declarations.public_benefit": gettext_lazy(
        "The task is carried out within the bidder's activity of public benefit only."
    ),
    "declarations.payments_rule": gettext_lazy(
        "Payments are taken from persons within paid activity of public benefit only."
    ),
    "declarations.taxes": gettext_lazy("The bidder is not in arrears with taxes."),
    "declarations.social_insurance": gettext_lazy(
        "The bidder is not in arrears with social insurance contributions."
    ),
    "declarations.register": gettext_lazy("What is said of the bidder agrees with the register."),
    "declarations.truth": gettext_lazy(
        "What is said in the offer and its files is true and lawful as of today."
    ),
    "declarations.data_protection": gettext_lazy(
        "The people named in the offer were told how their data are processed, as data protection law requires."
    ),
    "other.text": gettext_lazy("Other information"),
    "files.name": gettext_lazy("File"),
    "files.for": gettext_lazy("What it is"),
}
LABELS |= {f"concept.{part}": word for part, word in CONCEPT_LABELS.items()}

# What would be too long, or say too little, outside its section.
SHORT_TITLES: dict[str, Sentence] = {
    "partners.represented_by": gettext_lazy("Partner: represented by"),
    "declarations.public_benefit": gettext_lazy("Declaration: statutory activity"),
    "declarations.payments_rule": gettext_lazy("Declaration: payments by recipients"),
    "declarations.taxes": gettext_lazy("Declaration: taxes"),
    "declarations.social_insurance": gettext_lazy("Declaration: social insurance"),
    "declarations.register": gettext_lazy("Declaration: data of the register"),
    "declarations.truth": gettext_lazy("Declaration: truth of the offer"),
    "declarations.data_protection": gettext_lazy("Declaration: personal data"),
}


def label_of(path: str) -> str:
    """The label of a field by its path in the content; row numbers in it are passed over."""
    plain = _without_rows(path)
    return str(LABELS.get(plain) or SECTION_TITLES.get(plain.split(".")[0], plain))


def title_of(path: str) -> str:
    """The name of a field by its path, as a list of fields of all sections says it."""
    return str(SHORT_TITLES.get(_without_rows(path)) or label_of(path))


def _without_rows(path: str) -> str:
    return ".".join(part for part in path.split(".") if not part.isdecimal())


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
