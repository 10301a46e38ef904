"""A gate on the way from the browser to the site: while it is shut not a byte passes, whoever in the browser asks.

A browser that is told to be offline forgets it for a moment where a tab begins; a phone in a cellar does not.
"""

import socket
import threading
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit


class Gate(ThreadingTCPServer):
    """Stands before the site at `beyond`; open until `shut()`, and again after `reopen()`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, beyond: str) -> None:
        super().__init__(("localhost", 0), _Passing)
        site = urlsplit(beyond)
        self.beyond = (site.hostname, site.port)
        self.url = f"{site.scheme}://{site.hostname}:{self.server_address[1]}"
        self.is_shut = False
        self.links: set[socket.socket] = set()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def shut(self) -> None:
        """Break off what passes, and let nobody in."""
        self.is_shut = True
        for link in list(self.links):
            _end(link)

    def reopen(self) -> None:
        self.is_shut = False

    def stop(self) -> None:
        self.shut()
        self.shutdown()
        self.server_close()


class _Passing(BaseRequestHandler):
    server: Gate

    def handle(self) -> None:
        gate = self.server
        with socket.create_connection(gate.beyond) as beyond:
            links = {self.request, beyond}
            gate.links |= links
            # Asked after the links are known: a gate that is shut meanwhile finds them.
            if not gate.is_shut:
                back = threading.Thread(target=_pour, args=(beyond, self.request), daemon=True)
                back.start()
                _pour(self.request, beyond)
                back.join()
            gate.links -= links


def _pour(source: socket.socket, target: socket.socket) -> None:
    """Until one of the two ends."""
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
    _end(source)
    _end(target)


def _end(link: socket.socket) -> None:
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
