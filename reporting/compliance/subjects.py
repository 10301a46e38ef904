"""What an answer to a deviation is tied to: the deviation as it was shown."""

import hashlib
import json

from reporting.compliance.rules import Deviation, deviation_to_json


def subject_of(deviation: Deviation) -> str:
    """A stable text, at most 160 characters, that with contract, month and code names one deviation.

    It ends with a digest of what the deviation shows (visits, minutes, activities), so that an answer given to
    “30 minutes too many” does not silently cover 300 after the diary was corrected.
    """
    shown = deviation_to_json(deviation)
    shown["lasting"] = [visit.minutes for visit in (deviation.visit, deviation.other) if visit is not None]
    if deviation.slot is not None and deviation.slot.place > 1:
        shown["place"] = deviation.slot.place
    text = json.dumps(shown, sort_keys=True, ensure_ascii=False)
    return f"{deviation.subject}#{hashlib.sha256(text.encode()).hexdigest()[:16]}"
