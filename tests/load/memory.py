"""What the web processes and PostgreSQL's processes of their connections hold for themselves, watched meanwhile."""

import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.load.site import Site

_EVERY_SECONDS = 3.0


def own_megabytes(process: psutil.Process) -> float:
    """Memory that is no file's and not PostgreSQL's shared buffers; 0 where the process has ended."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")) / 1024


class Memory:
    """The most of each, and how many there were."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.over = threading.Event()
        self.web: dict[int, float] = {}
        self.connections: dict[int, float] = {}
        self.together = 0.0
        self.load: list[float] = []

    def watch(self) -> None:
        while not self.over.wait(_EVERY_SECONDS):
            # A server that was killed has no processes until it is back.
            with suppress(psutil.NoSuchProcess):
                _note(self.web, self.site.web_processes())
                self.together = max(self.together, _note(self.connections, self.site.server_processes()))
            self.load.append(psutil.getloadavg()[0])

    def seen(self) -> dict[str, Any]:
        return {
            "web_process_mb": round(max(self.web.values(), default=0)),
            "connection_mb": round(max(self.connections.values(), default=0)),
            "connections_together_mb": round(self.together),
            "connections_opened": len(self.connections),
            "load_average": round(max(self.load, default=0), 1),
        }


def _note(most: dict[int, float], processes: Iterable[psutil.Process]) -> float:
    together = 0.0
    for process in processes:
        now = own_megabytes(process)
        most[process.pid] = max(most.get(process.pid, 0.0), now)
        together += now
    return together
