"""What the radar and attempts to reach people tell of persons."""

from kernel.anonymity import tells
from reporting.continuity.models import RadarCheck, ReachNote


def tell_keeping() -> None:
    """Say what the tables of continuity tell of persons."""
    tells(RadarCheck, "person", replaced=["note"], kept=["made_by_name"])
    tells(ReachNote, "person", sealed=["remark_encrypted"], kept=["made_by_name"])
