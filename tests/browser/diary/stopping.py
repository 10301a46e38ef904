"""A server that a test can stop and start again: what lies between it and the product is cut and joined."""

import contextlib
import socket
import threading
from pathlib import Path


class Stoppable:
    """Passes what arrives at `port` on 127.0.0.1 on to a server; while stopped, connections break and are refused."""

    def __init__(self, host: str, port: int) -> None:
        """`host` may be the folder of PostgreSQL's Unix socket."""
        self._behind = (host, port)
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.port = 0
        self.start()

    def start(self) -> None:
        self._door = socket.socket()
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._door.bind(("127.0.0.1", self.port))
        self._door.listen(50)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._admit, args=[self._door], daemon=True).start()

    def stop(self) -> None:
        _close(self._door)
        with self._lock:
            for each in self._open:
                _close(each)
            self._open.clear()

    def _admit(self, door: socket.socket) -> None:
        while True:
            try:
                near, _address = door.accept()
                far = self._reach()
            except OSError:
                return
            with self._lock:
                self._open += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=[source, target], daemon=True).start()

    def _reach(self) -> socket.socket:
        host, port = self._behind
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(Path(host) / f".s.PGSQL.{port}"))
        return far


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
    _close(source)
    _close(target)


def _close(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
