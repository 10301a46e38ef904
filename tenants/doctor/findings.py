"""What the doctor says of one thing."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Grade(StrEnum):
    WELL = "well"
    DOUBT = "doubt"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: the part, how it is, and what to do where it is not well."""

    part: str
    grade: Grade
    sentence: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def well(part: str, sentence: str) -> Finding:
    """What is as it should be."""
    return Finding(part, Grade.WELL, sentence)


def doubt(part: str, sentence: str, remedy: str) -> Finding:
    """What works, and should not stay so."""
    return Finding(part, Grade.DOUBT, sentence, remedy)


def fault(part: str, sentence: str, remedy: str) -> Finding:
    """What does not work, or must not be so."""
    return Finding(part, Grade.FAULT, sentence, remedy)
