"""Forms of realisation: the rules each of them lays on the choice of the contractor, and how they compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

MOST_POINTS = 5
OWN, ENTRUST, SUPPORT, SMALL_GRANT = "own", "entrust", "support", "small_grant"
PROCUREMENT, PARTNERSHIP, NEIGHBOUR = "procurement", "partnership", "neighbour"

_OPEN_CALL = (
    "call_days_min",
    "announcement_items",
    "publication_places",
    "evaluation_duties",
    "justification_days",
    "contract_max_years",
)


@dataclass(frozen=True)
class FormRules:
    """What a form demands of step 5.

    `call_kind` is the kind of the call that chooses the contractor, None where there is none; `own_share` whether the
    contractor must bring money of its own; `limits` the codes of the law that apply.
    """

    form: str
    call_kind: str | None
    own_share: Literal["none", "may", "must"]
    limits: tuple[str, ...]

    @property
    def has_call(self) -> bool:
        """Whether step 5 begins with a call."""
        return self.call_kind is not None

    @property
    def committee(self) -> bool:
        """Whether a committee opens the offers and gives its opinion: in every call, also where no act asks for one.

        Two of its members open what is sealed; the act says of open calls only who must sit on it.
        """
        return self.has_call


_RULES = {
    rules.form: rules
    for rules in (
        FormRules(OWN, None, "none", ()),
        FormRules(ENTRUST, ENTRUST, "may", _OPEN_CALL),
        FormRules(SUPPORT, SUPPORT, "must", _OPEN_CALL),
        FormRules(
            SMALL_GRANT,
            SMALL_GRANT,
            "may",
            (
                "small_grant_max_pln",
                "small_grant_max_days",
                "small_grant_year_per_organisation_pln",
                "small_grant_pool_percent",
                "small_grant_post_within_working_days",
                "small_grant_comment_days",
            ),
        ),
        FormRules(
            PROCUREMENT,
            PROCUREMENT,
            "none",
            (
                "procurement_threshold_pln",
                "social_services_threshold_pln",
                "reserved_contract_max_years",
                "reserved_contract_pause_years",
            ),
        ),
        FormRules(PARTNERSHIP, PARTNERSHIP, "may", ()),
        FormRules(NEIGHBOUR, None, "none", ()),
    )
}
FORMS: tuple[str, ...] = tuple(_RULES)
WITHOUT_CALL: tuple[str, ...] = tuple(form for form, rules in _RULES.items() if not rules.has_call)
# Forms whose contractor may be chosen elsewhere than here: step 5 asks for a record of how the service is arranged.
RECORDED: tuple[str, ...] = (OWN, PROCUREMENT, PARTNERSHIP, NEIGHBOUR)


def rules_of(form: str) -> FormRules:
    """The rules that the choice of the contractor obeys under a form of realisation; an unknown one raises KeyError."""
    return _RULES[form]


@dataclass(frozen=True)
class Plan:
    """What is known of the service when its form is weighed: its length, and what it costs (None: not known yet)."""

    days: int
    years: Decimal
    cost: Decimal | None
    cost_of_dearest_year: Decimal | None


def years_between(first: date, last: date) -> Decimal:
    """The length of a period in years, both days included: whole months as twelfths, and a bit more where days are left
    over, so that exactly five years are 5 and five years and a day are more."""
    end = last + timedelta(days=1)
    months = (end.year - first.year) * 12 + end.month - first.month - (end.day < first.day)
    return Decimal(months) / 12 + (Decimal("0.001") if end.day != first.day else 0)


Band = Literal["unknown", "own_rules", "act", "social"]


def procurement_band(
    value: Decimal | None, threshold: Decimal | None, social_threshold: Decimal | None
) -> Band:
    """Under which rules a procurement of social services of this value (PLN) falls; a threshold itself is reached.

    `own_rules` below the threshold of the act, `act` from it on, `social` from that of social services on (art. 359);
    `unknown` where the value, or a threshold that decides, is not known.
    """
    if value is None or social_threshold is None:
        return "unknown"
    if value >= social_threshold:
        return "social"
    if threshold is None:
        return "unknown"
    return "act" if value >= threshold else "own_rules"


Verdict = Literal["fits", "breaks", "below", "above", "applies", "unknown"]


@dataclass(frozen=True)
class Hint:
    """What a limit of the law says of the plan under a form; `unknown` where a cost or a value is missing."""

    code: str
    verdict: Verdict


def hints_for(form: str, plan: Plan, limits: Mapping[str, Decimal]) -> list[Hint]:
    """One hint for each limit that the form knows, in the order of its rules; `limits` are values by code."""
    return [Hint(code, _verdict(code, plan, limits)) for code in rules_of(form).limits]


def _verdict(code: str, plan: Plan, limits: Mapping[str, Decimal]) -> Verdict:
    if code not in limits:
        return "unknown"
    at_most = {
        "small_grant_max_pln": plan.cost,
        "small_grant_year_per_organisation_pln": plan.cost_of_dearest_year,
        "small_grant_max_days": Decimal(plan.days),
        "contract_max_years": plan.years,
    }
    if code in at_most:
        value = at_most[code]
        if value is None:
            return "unknown"
        return "fits" if value <= limits[code] else "breaks"
    if code in {"procurement_threshold_pln", "social_services_threshold_pln"}:
        if plan.cost is None:
            return "unknown"
        return "below" if plan.cost < limits[code] else "above"
    return "applies"


@dataclass(frozen=True)
class Criterion:
    """A criterion by which forms are compared, with its weight (a whole number above 0)."""

    code: str
    name: str
    weight: int

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "name": self.name, "weight": self.weight}


def criterion_of(stored: Mapping[str, Any]) -> Criterion:
    """A criterion from what `Criterion.as_json` made."""
    return Criterion(str(stored["code"]), str(stored["name"]), int(stored["weight"]))


def result_of(criteria: Sequence[Criterion], points: Mapping[str, int | None]) -> Decimal | None:
    """The weighted points of a form in percent of the most it could have, half up to one decimal.

    None while any criterion has no points, or where there are no criteria.
    """
    given = [points.get(criterion.code) for criterion in criteria]
    if not criteria or any(value is None for value in given):
        return None
    gained = sum(c.weight * value for c, value in zip(criteria, given, strict=True) if value is not None)
    most = sum(criterion.weight for criterion in criteria) * MOST_POINTS
    return (Decimal(gained) * 100 / most).quantize(Decimal("0.1"), ROUND_HALF_UP)
