"""The site of the browser tests, served as web servers serve it: by threads that keep their connections.

pytest-django's server has a thread for each connection of the browser and a session of the database for each request,
and every new session reads the catalogue again for each table that a page needs: a sixth of a page's time.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django.live_server_helper import LiveServer

# A thread is begun only where none is idle: pages seldom need more than three, and none waits for another.
_THREADS = 16
_LIFE_OF_A_CONNECTION = 300  # seconds, as base.py says


class _ByKeptThreads:
    """A WSGI application whose requests, answers included, are made by threads that live on."""

    def __init__(self, site: Callable[..., Any]) -> None:
        self._site = site
        self._sessions: list[BaseDatabaseWrapper] = []
        self._threads = ThreadPoolExecutor(_THREADS, "site", self._begin)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        return self._threads.submit(self._answer, environ, start_response).result()

    def _begin(self) -> None:
        self._sessions.append(connections["default"])

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        answer = self._site(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            if hasattr(answer, "close"):
                answer.close()

    def end(self) -> None:
        """Wait for what is being answered, and close every connection."""
        self._threads.shutdown()
        for session in self._sessions:
            session.inc_thread_sharing()
            session.close()


@contextmanager
def serving() -> Iterator[LiveServer]:
    """The site, static files included, at `url` of the server, until the block ends."""
    described: Any = connections.settings["default"]
    before = described["CONN_MAX_AGE"]
    applications: list[_ByKeptThreads] = []

    def handler(site: Callable[..., Any]) -> StaticFilesHandler:
        applications.append(_ByKeptThreads(site))
        return StaticFilesHandler(applications[0])

    server = LiveServer("localhost", start=False)
    server.thread.static_handler = handler
    described["CONN_MAX_AGE"] = _LIFE_OF_A_CONNECTION
    try:
        server.start()
        yield server
    finally:
        server.stop()
        for application in applications:
            application.end()
        described["CONN_MAX_AGE"] = before
