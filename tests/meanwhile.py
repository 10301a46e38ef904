"""Somebody else is quicker: what another person does between a page's look and its verb, at that very moment each time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock


@contextmanager
def meanwhile(module: Any, verb: str, act: Callable[[], Any], *, after: bool = False) -> Iterator[None]:
    """`act` happens once, right before the module calls the verb (or right after); then the real verb goes on.

    What is refused so comes from the state that the verb finds, as for whoever sent the same form a moment later.
    """
    go_on = getattr(module, verb)
    acted: list[bool] = []

    def once() -> None:
        if not acted:
            acted.append(True)
            act()

    def held_up(*args: Any, **kwargs: Any) -> Any:
        if not after:
            once()
        result = go_on(*args, **kwargs)
        if after:
            once()
        return result

    with mock.patch.object(module, verb, held_up):
        yield
    assert acted, f"nobody called {verb}"
