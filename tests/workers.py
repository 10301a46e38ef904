"""Real worker processes for tests."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from kombu import Connection

from config.celery import app
from tests.copies import address_of_database
from tests.worker_app import broker_options

# As its neighbours wait, tests/infra/killing.py: a wait that is over early costs nothing.
_SECONDS = 180.0


class Worker:
    """A worker process of the real application, with a queue of its own in a folder."""

    def __init__(self, folder: Path, *, pool: str = "solo", level: str = "error", **variables: str) -> None:
        self.folder = folder
        (folder / "queue").mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": address_of_database(),
            "PYTHONPATH": f"{settings.ROOT}{os.pathsep}{settings.ROOT / 'platform'}",
            "SIEDEM_TEST_QUEUE": str(folder),
            **variables,
        }
        command = ["-m", "celery", "-A", "tests.worker_app", "worker", "-c", "2", "-P", pool, "-l", level]
        self.log = (folder / "worker.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=settings.ROOT, env=environment, stdout=self.log, stderr=self.log
        )

    def send(self, name: str, *args: str) -> None:
        """Send a task as the application does, from the scope at hand."""
        with Connection("filesystem://", transport_options=broker_options(self.folder)) as queue:
            app.send_task(name, args=args, connection=queue)

    def answers(self, count: int) -> list[tuple[str, str, str]]:
        """The first so many answers: word, schema, search path; all of the one process."""
        deadline = time.monotonic() + _SECONDS
        told = self.folder / "answers.txt"
        while time.monotonic() < deadline and self.process.poll() is None:
            lines = told.read_text().splitlines() if told.exists() else []
            if len(lines) >= count:
                rows = [json.loads(line) for line in lines]
                assert {pid for *_, pid in rows} == {self.process.pid}
                return [(word, schema, path) for word, schema, path, _ in rows]
            time.sleep(0.1)
        raise AssertionError((self.folder / "worker.log").read_text())

    def wait_until(self, holds: Callable[[], bool], *, seconds: float = _SECONDS) -> None:
        """Wait for something that the worker brings about."""
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise AssertionError((self.folder / "worker.log").read_text())
            time.sleep(0.05)

    def kill(self) -> None:
        """As the kernel kills it: no word to anybody."""
        self.process.kill()
        self.process.wait(20)
        self.log.close()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.log.close()
