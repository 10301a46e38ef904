"""Durations as people write them: `20 h`, `20:30`, `1230 min`, `20,5`; always whole minutes."""

import re
from decimal import Decimal
from typing import Literal

Reason = Literal["not_understood", "minutes_over_59", "not_whole_minutes"]

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_NUMBER = r"\d{1,7}(?:[.,]\d{1,4})?"
_HOURS = r"(?:h|hrs?|hours?|g|godz\.?|godzin[ay]?)"
_MINUTES = r"(?:m|min\.?|mins?|minutes?|minut[ay]?)"
_CLOCK = re.compile(r"(\d{1,6}):(\d{1,2})")
_WORDS = re.compile(
    rf"(?:(?P<hours>{_NUMBER}){_HOURS})?(?:(?P<minutes>\d{{1,7}}){_MINUTES}?)?", re.IGNORECASE
)
_BARE = re.compile(_NUMBER)


class DurationError(ValueError):
    """A text that is no duration; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def parse_duration(text: str) -> int:
    """Whole minutes of a duration; a bare number means hours.

    Raises DurationError where the text is not understood, has more than 59 minutes after a colon or is no whole
    number of minutes.
    """
    packed = _SPACES.sub("", text)
    if matched := _CLOCK.fullmatch(packed):
        return _of_clock(int(matched[1]), int(matched[2]))
    if _BARE.fullmatch(packed):
        return _of_hours(packed)
    matched = _WORDS.fullmatch(packed)
    if not packed or matched is None:
        raise DurationError("not_understood")
    hours, minutes = matched["hours"], matched["minutes"]
    if hours and minutes and int(minutes) > 59:
        raise DurationError("minutes_over_59")
    return (_of_hours(hours) if hours else 0) + int(minutes or 0)


def _of_clock(hours: int, minutes: int) -> int:
    if minutes > 59:
        raise DurationError("minutes_over_59")
    return hours * 60 + minutes


def _of_hours(number: str) -> int:
    minutes = Decimal(number.replace(",", ".")) * 60
    if minutes != minutes.to_integral_value():
        raise DurationError("not_whole_minutes")
    return int(minutes)
