"""`KILL=1 make load`: servers and processes killed while the people work, and each started again by who would do so."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from kernel.embedded.postgres import EmbeddedPostgres
from kernel.embedded.redis import EmbeddedRedis
from tests.load.site import Site


@dataclass
class Fault:
    """What was killed, when, and when the site was ready again (seconds of the clock)."""

    what: str
    killed_at: float
    back_at: float


class Faults:
    """Each of the five once, spread over the time."""

    def __init__(self, site: Site, seconds: float) -> None:
        self.site = site
        self.seconds = seconds
        self.done: list[Fault] = []

    def inject(self) -> None:
        """Begins with the people; ends after the last of them is back."""
        begun = time.time()
        kinds: list[tuple[str, Callable[[], None]]] = [
            ("a web process", self._web_process),
            ("all of web", self._all_of_web),
            ("the worker", self._worker),
            ("PostgreSQL", self._postgres),
            ("Redis", self._redis),
        ]
        for number, (what, kill) in enumerate(kinds):
            at = self.seconds * (number + 1.5) / (len(kinds) + 2)
            time.sleep(max(0.0, begun + at - time.time()))
            killed_at = time.time()
            kill()
            self.site.wait_ready()
            self.done.append(Fault(what, killed_at, time.time()))

    def _web_process(self) -> None:
        self.site.web_processes()[0].kill()

    def _all_of_web(self) -> None:
        _kill_tree(self.site.running["web"].pid)
        self.site.running["web"].wait()
        self.site.start_web()

    def _worker(self) -> None:
        _kill_tree(self.site.running["worker"].pid)
        self.site.running["worker"].wait()
        self.site.start_worker()

    def _postgres(self) -> None:
        _kill_server(self.site.postgres)

    def _redis(self) -> None:
        _kill_server(self.site.redis)


def _kill_server(server: EmbeddedPostgres | EmbeddedRedis) -> None:
    """It is started again at the same address, with what it had written."""
    assert server.child and server.child.process
    _kill_tree(server.child.process.pid)
    server.child.process.wait()
    server.start()


def _kill_tree(pid: int) -> None:
    for process in [*psutil.Process(pid).children(recursive=True), psutil.Process(pid)]:
        try:
            os.kill(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
