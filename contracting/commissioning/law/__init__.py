"""The law as dated reference material: the limits that come with the product, and the tenant's own values over them."""

from contracting.commissioning.law.known import BUNDLED, CODES, NATIONAL_BANDS, NATIONAL_BANDS_SOURCE, UNIT_OF
from contracting.commissioning.law.lookup import (
    LimitNotKnown,
    bases_on,
    find_limit,
    limit,
    limits_on,
    point_articles_on,
    rows_by_code,
)
from contracting.commissioning.law.thresholds import ThresholdNotice, threshold_notice
from contracting.commissioning.law.titles import TITLES, Act, act_of, value_text
from contracting.commissioning.rules.limits import Basis, Limit, Unit

__all__ = [
    "BUNDLED",
    "CODES",
    "NATIONAL_BANDS",
    "NATIONAL_BANDS_SOURCE",
    "TITLES",
    "UNIT_OF",
    "Act",
    "Basis",
    "Limit",
    "LimitNotKnown",
    "ThresholdNotice",
    "Unit",
    "act_of",
    "bases_on",
    "find_limit",
    "limit",
    "limits_on",
    "point_articles_on",
    "rows_by_code",
    "threshold_notice",
    "value_text",
]
