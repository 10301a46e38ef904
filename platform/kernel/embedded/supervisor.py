"""Watching what runs: signals become a wish to stop; what ends is started again, within bounds."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kernel.embedded.processes import Child, fault_of

MOST_ENDS = 5
WITHIN_SECONDS = 300.0


class StopRequested(Exception):
    """Somebody pressed Ctrl-C or sent a signal: stop what runs and leave."""


def say(line: str) -> None:
    """Tell the person at the keyboard; a terminal that is gone is no reason to fail."""
    try:
        print(line, flush=True)
    except OSError:
        # Otherwise Python would try once more while leaving, and complain.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Signals:
    """SIGINT, SIGTERM and SIGHUP as a wish to stop, noticed between two steps and never inside one."""

    def __init__(self) -> None:
        self.requests = 0
        self.on_repeat: Callable[[], None] = lambda: None

    def install(self) -> None:
        """Take the signals over; SIGHUP stays ignored for whoever started us with nohup."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._note)

    def pause(self, seconds: float) -> None:
        """Sleep; raises StopRequested as soon as stopping is wished for."""
        deadline = time.monotonic() + seconds
        while True:
            if self.requests:
                raise StopRequested
            left = deadline - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.1))

    def _note(self, _number: int, _frame: object) -> None:
        self.requests += 1
        if self.requests > 1:
            self.on_repeat()


@dataclass
class Watched:
    """A program to keep running: how to find its process and how to start it again."""

    name: str
    child: Callable[[], Child | None]
    restart: Callable[[], object]
    ends: list[float] = field(default_factory=list)
    due: float | None = None
    """When to start it again, on the monotonic clock; None while it runs."""

    def keep_running(self, root: Path) -> bool:
        """Start the program again some time after it ended; whether that was done now.

        The wait doubles with each end. Raises EmbeddedFault when it ended more than MOST_ENDS times within
        WITHIN_SECONDS.
        """
        now = time.monotonic()
        if self.due is None:
            child = self.child()
            if child is not None and child.runs():
                return False
            self.ends = [moment for moment in self.ends if now - moment < WITHIN_SECONDS] + [now]
            if len(self.ends) > MOST_ENDS and child is not None:
                raise fault_of(
                    child, f"ended {len(self.ends)} times within {WITHIN_SECONDS / 60:.0f} minutes", root
                )
            self.due = now + 0.25 * 2 ** len(self.ends)
            log = f" (see {child.log.relative_to(root)})" if child is not None else ""
            say(f"{self.name} ended unexpectedly; it is started again{log}.")
        if now < self.due:
            return False
        self.due = None
        self.restart()
        return True
