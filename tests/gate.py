"""A gate on the way from somebody to a server: while it is shut not a byte passes, whoever asks.

A browser that is told to be offline forgets it for a moment where a tab begins; a phone in a cellar does not.
"""

import socket
import threading
import time
from contextlib import AbstractContextManager, nullcontext, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer

Place = tuple[str, int] | str
_HERE = nullcontext()


class Gate(ThreadingTCPServer):
    """Stands before a server at `beyond`, a host with a port or the path of a socket; open until `shut()`."""

    daemon_threads = True
    block_on_close = False
    # A browser asks for a page's dozen scripts at once; who finds no room waits a second and more for the next try.
    request_queue_size = 128

    def __init__(
        self, beyond: Place, host: str = "localhost", where: AbstractContextManager[None] = _HERE
    ) -> None:
        """`where` is the network in which it is met; what is beyond it reaches from this one."""
        with where:
            super().__init__((host, 0), _Passing)
        self.beyond = beyond
        self.host, self.port = host, int(self.server_address[1])
        self.is_shut = False
        # Seconds that it holds each 64 kB: a narrow line.
        self.pause = 0.0
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
        with suppress(OSError), _reached(gate.beyond) as beyond:
            links = {self.request, beyond}
            gate.links |= links
            # Asked after the links are known: a gate that is shut meanwhile finds them.
            if not gate.is_shut:
                back = threading.Thread(target=_pour, args=(beyond, self.request, gate), daemon=True)
                back.start()
                _pour(self.request, beyond, gate)
                back.join()
            gate.links -= links


def _reached(place: Place) -> socket.socket:
    if not isinstance(place, str):
        return socket.create_connection(place)
    link = socket.socket(socket.AF_UNIX)
    link.connect(place)
    return link


def _pour(source: socket.socket, target: socket.socket, gate: Gate) -> None:
    """Until one of the two ends."""
    with suppress(OSError):
        while part := source.recv(65536):
            time.sleep(gate.pause)
            target.sendall(part)
    _end(source)
    _end(target)


def _end(link: socket.socket) -> None:
    with suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
