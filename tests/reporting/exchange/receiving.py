"""A receiver of webhooks on this machine: a real HTTP server that keeps what it gets and answers as it is told."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """`statuses` are the answers to come, 200 after them; `got` are (path, headers, body)."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/siedem"


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A server in a thread for the block."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status = kept.statuses.pop(0) if kept.statuses else 200
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *given: Any) -> None:
            """Nothing: the tests look at what was kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def hanging() -> Iterator[int]:
    """The port of a server that takes connections and sends a byte now and then, never an answer."""
    over = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(0.1)

    def drip() -> None:
        open_ones = []
        while not over.wait(0.05):
            with suppress(TimeoutError):
                open_ones.append(listening.accept()[0])
            for one in open_ones:
                try:
                    one.sendall(b"H")
                except OSError:
                    continue
        for one in open_ones:
            one.close()

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listening.close()
