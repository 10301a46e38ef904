"""Hooks: a lower app says that something happened, a higher one that subscribed acts in the same transaction.

Not signals: a hook is a named object, its subscribers are plain functions registered once at start; grep finds both.
"""

from collections.abc import Callable
from typing import Any


class Hook:
    """Something that happened, with the functions that want to know."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._subscribers: list[Callable[..., object]] = []

    def subscribe(self, function: Callable[..., object]) -> Callable[..., object]:
        """Register a function; the same one twice counts once. Usable as a decorator."""
        if function not in self._subscribers:
            self._subscribers.append(function)
        return function

    def fire(self, **facts: Any) -> None:
        """Call every subscriber, in order of registration; an error undoes the caller's transaction."""
        for function in self._subscribers:
            function(**facts)
