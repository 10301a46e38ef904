"""From when on an entry is remarked on: the defaults, or what a higher app that keeps thresholds says of the tenant."""

from collections.abc import Callable

from reporting.delivery.rules import DEFAULT_LIMITS, EntryLimits

_source: list[Callable[[], EntryLimits]] = []


def take_limits_from(source: Callable[[], EntryLimits]) -> None:
    """Register, once at start, who knows the thresholds of the tenant at hand."""
    _source[:] = [source]


def entry_limits() -> EntryLimits:
    """The limits of the tenant at hand."""
    return _source[0]() if _source else DEFAULT_LIMITS
