"""What phones of carers brought of persons."""

from kernel.anonymity import tells
from reporting.field.models import Observation, PhoneEntry


def tell_keeping() -> None:
    """Say what the tables of the field tell of persons."""
    tells(
        PhoneEntry, "decision__person", replaced=["note", "said"], kept=["number", "code", "settled_by_name"]
    )
    tells(
        Observation,
        "decision__person",
        sealed=["text_encrypted", "answer_encrypted"],
        kept=["read_by_name", "answered_by_name"],
    )
