"""The formal check of an offer: a closed list of points, what of them can be computed, and what may be corrected.

Nothing here concerns merit; what earns points (costs, concept, promises, staff) can never be corrected.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from contracting.tenders.content import DECLARATIONS, Content

# Points in the order of the page; required files of the call follow.
POINTS = (
    "on_time",
    "confirmed",
    "entitled",
    "scope",
    "place",
    "costs",
    "experience",
    "resources",
    "paid",
    "joint",
    "grant",
    "own_share",
    "period",
    "declarations",
)
FILE = "file:"
CORRECTABLE_OF_BIDDER = ("legal_form", "nip", "krs", "address", "www", "email", "phone", "contact_person")


@dataclass(frozen=True)
class CallFacts:
    """What of the call the form is checked against; money in PLN."""

    deadline: datetime | None
    task_from: date | None
    task_to: date | None
    grant_min: Decimal | None
    grant_max: Decimal | None
    funds: Decimal
    own_share_min: Decimal
    required_files: tuple[str, ...]


@dataclass(frozen=True)
class OfferFacts:
    """What of an offer the form is checked on."""

    submitted_at: datetime
    unconfirmed_amendment: int | None
    grant: Decimal | None
    own_contribution: Decimal | None
    total: Decimal | None
    is_joint: bool
    content: Content


@dataclass(frozen=True)
class FormPoint:
    """One point: `seen` is what the figures and fields say by themselves, None where a person must look."""

    key: str
    article: str
    seen: bool | None


def form_points(call: CallFacts, offer: OfferFacts, articles: Mapping[str, str]) -> list[FormPoint]:
    """The points of this offer in their order; `articles` are the provisions they come from, by key."""
    content = offer.content
    task, resources, budget = (_dict(content.get(name)) for name in ("task", "resources", "budget"))
    seen: dict[str, bool | None] = {
        "on_time": call.deadline is not None and offer.submitted_at < call.deadline,
        "confirmed": offer.unconfirmed_amendment is None,
        "entitled": None,
        "scope": bool(content.get("schedule")) and bool(task.get("summary")),
        "place": all(task.get(name) for name in ("from", "to", "place")),
        "costs": bool(budget.get("costs")) and offer.grant is not None,
        "experience": bool(resources.get("experience")),
        "resources": all(resources.get(name) for name in ("staff", "material", "financial")),
        "paid": None,
        "grant": _grant_fits(call, offer),
        "period": _period_fits(call, task),
        "declarations": all(_dict(content.get("declarations")).get(key) is True for key in DECLARATIONS),
    }
    if offer.is_joint:
        partners = content.get("partners") or []
        seen["joint"] = bool(partners) and all(_dict(one).get("does") for one in partners)
    if call.own_share_min > 0:
        seen["own_share"] = _own_share_fits(call, offer)
    points = [FormPoint(key, articles.get(key, ""), seen[key]) for key in POINTS if key in seen]
    files = {str(_dict(one).get("for") or "") for one in content.get("files") or []}
    return [*points, *(FormPoint(f"{FILE}{name}", "", name in files) for name in call.required_files)]


def correctable_paths(content: Content) -> list[str]:
    """The closed list of fields that a bidder may be asked to correct: who they are, who signs, what they declare."""
    partners = range(len(content.get("partners") or []))
    return [
        *(f"bidder.{key}" for key in CORRECTABLE_OF_BIDDER),
        *(f"partners.{place}.represented_by" for place in partners),
        *(f"declarations.{key}" for key in DECLARATIONS),
    ]


def value_at(content: Content, path: str) -> Any:
    """What stands at a path like `bidder.krs`; None where nothing does."""
    found: Any = content
    for part in path.split("."):
        if isinstance(found, list):
            found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
        else:
            found = _dict(found).get(part)
    return found


def with_corrections(content: Content, corrections: Mapping[str, Iterable[Any]]) -> Content:
    """The content as corrected: `corrections` maps path → [before, after]. What was opened stays as it was sealed."""
    corrected = deepcopy(content)
    for path, (_before, after) in corrections.items():
        *way, last = path.split(".")
        place: Any = corrected
        for part in way:
            place = place[int(part)] if isinstance(place, list) else place.setdefault(part, {})
        place[last] = after
    return corrected


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _grant_fits(call: CallFacts, offer: OfferFacts) -> bool:
    if offer.grant is None or offer.grant <= 0:
        return False
    least, most = call.grant_min or Decimal(0), min(call.grant_max or call.funds, call.funds)
    return least <= offer.grant <= most


def _own_share_fits(call: CallFacts, offer: OfferFacts) -> bool:
    if not offer.total:
        return False
    return (offer.own_contribution or Decimal(0)) * 100 >= offer.total * call.own_share_min


def _period_fits(call: CallFacts, task: Mapping[str, Any]) -> bool | None:
    try:
        first, last = date.fromisoformat(task["from"]), date.fromisoformat(task["to"])
    except (KeyError, TypeError, ValueError):
        return False
    if call.task_from is None or call.task_to is None:
        return None
    return call.task_from <= first <= last <= call.task_to
