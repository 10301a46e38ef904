"""One writer at a time where numbers are given and where people are put on duty."""

from kernel.locks import hold


def lock_numbers() -> None:
    """Let nobody else give a number to a case until the transaction ends."""
    hold("numbers of crisis cases")


def lock_roster() -> None:
    """Let nobody else put people on duty until the transaction ends.

    The database refuses two duties of one person at once by itself; but where two write at the same moment, each waits
    for the other to be decided, and one of them is broken off instead of being told.
    """
    hold("crisis roster")
