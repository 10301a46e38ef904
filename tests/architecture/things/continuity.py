"""Things of continuity in the world of the table of routes."""

from typing import Any


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of continuity names, for one organisation; runs in the tenant."""
    return {}
