"""A scanner that speaks ClamAV's protocol and fails as real ones do: hangs, falls, or breaks off at a file.

A real clamd cannot be made to fail at a chosen file; what it does when it works is tested with one (test_quarantine).
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kernel.clamd import HARMLESS_TEST

POISON = b"%PDF-1.7 poison %%EOF"
HANGING = b"%PDF-1.7 hanging %%EOF"


class FailingScanner(socketserver.ThreadingTCPServer):
    """Says of content what it holds; breaks off at POISON, is silent at HANGING, and at everything while it `hangs`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.hangs = False
        self.asked = 0
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    server: FailingScanner

    def handle(self) -> None:
        self.server.asked += 1
        command = b""
        while not command.endswith(b"\0") and (sign := self.rfile.read(1)):
            command += sign
        content = b""
        while command == b"zINSTREAM\0" and (size := struct.unpack("!I", self.rfile.read(4))[0]):
            content += self.rfile.read(size)
        if self.server.hangs or HANGING in content:
            self.server.closing.wait(60)
        elif POISON in content:
            return
        elif HARMLESS_TEST in content:
            self.wfile.write(b"stream: Test.Harmless FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


@contextmanager
def failing_scanner() -> Iterator[FailingScanner]:
    with FailingScanner() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
