"""The registers of territories that come with the product."""

import re
from datetime import date
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"
_NAME = re.compile(r"terc-(\d{4}-\d{2}-\d{2})\.csv")


def date_of(path: Path) -> date:
    """The date of a bundled register, from its name. Raises ValueError for another name."""
    matched = _NAME.fullmatch(path.name)
    if matched is None:
        raise ValueError(f"{path.name} is not named terc-YYYY-MM-DD.csv")
    return date.fromisoformat(matched[1])


def newest_bundled() -> Path:
    """The newest register in tenants/data."""
    return max(_FOLDER.glob("terc-*.csv"), key=date_of)
