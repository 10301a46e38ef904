"""How complete documentation is (S-072): what is there of what was asked for."""

from collections.abc import Iterable


def score(answers: Iterable[str]) -> tuple[int, int]:
    """How many questions were answered yes, of how many answered yes or no; what does not apply counts in neither."""
    told = [answer for answer in answers if answer in ("yes", "no")]
    return told.count("yes"), len(told)
