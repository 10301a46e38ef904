"""What the thresholds of the act on procurement say of a value, in a sentence with article and source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from contracting.commissioning.rules.forms import Band, procurement_band
from contracting.commissioning.rules.limits import Limit
from kernel.errors import Sentence
from ui.formatting import format_money

_ACT, _SOCIAL = "procurement_threshold_pln", "social_services_threshold_pln"


@dataclass(frozen=True)
class ThresholdNotice:
    """A sentence on the value; `kind` is warn or note, `caution` says where a threshold was not checked."""

    band: Band
    kind: Literal["warn", "note"]
    sentence: Sentence
    caution: Sentence = ""


def threshold_notice(value: Decimal | None, limits: Mapping[str, Limit]) -> ThresholdNotice | None:
    """What the thresholds in `limits` say of a value (PLN) of social services; None where the value is not known."""
    if value is None:
        return None
    act, social = limits.get(_ACT), limits.get(_SOCIAL)
    band = procurement_band(value, act.value if act else None, social.value if social else None)
    used = [limit for limit in (act, social) if limit is not None]
    return ThresholdNotice(
        band,
        "warn" if band in ("social", "unknown") else "note",
        _sentence(band, value, act, social),
        _caution(used),
    )


def _sentence(band: Band, value: Decimal, act: Limit | None, social: Limit | None) -> str:
    told = {
        "value": format_money(value),
        "act": format_money(act.value) if act else "",
        "social": format_money(social.value) if social else "",
        "article": social.article if social else "",
    }
    return {
        "social": _(
            "The value of %(value)s reaches the threshold of social services, %(social)s (%(article)s), from which the "
            "rules of the act for social services apply to the procedure."
        ),
        "act": _(
            "The value of %(value)s reaches the threshold of the act, %(act)s, and stays below that of social "
            "services, %(social)s (%(article)s)."
        ),
        "own_rules": _(
            "The value of %(value)s stays below the threshold of the act, %(act)s: the unit's own rules apply. That of "
            "social services is %(social)s (%(article)s)."
        ),
        "unknown": _(
            "The thresholds of procurement for this time are not known, so the value of %(value)s cannot be compared: "
            "the director enters them on the page of the law."
        ),
    }[band] % told


def _caution(limits: list[Limit]) -> str:
    unchecked = dict.fromkeys(limit.source for limit in limits if not limit.verified)
    if not unchecked:
        return ""
    return _(
        "Nobody has checked these values in the text of the law yet (source: %(sources)s). Check them, and compare "
        "with the value that the office has established for the procedure."
    ) % {"sources": "; ".join(unchecked)}
