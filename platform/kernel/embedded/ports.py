"""TCP ports of this machine: which are taken, and one that is not."""

import errno
import socket

from kernel.embedded.faults import EmbeddedFault

LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


def parse_port(text: str) -> int:
    """The port written in `text`; raises EmbeddedFault when it is none."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise EmbeddedFault(f"PORT={text} is not a port: choose a number from 1024 to 65535.")
    return int(text)


def require_free_port(port: int) -> None:
    """Refuse a port on which this machine already listens, on either loopback address.

    Both count: a browser tries ::1 first for `localhost` and would show the other program's page.
    """
    for family, address in LOOPBACKS:
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # As the web server does: a connection that is only fading away does not block the port.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise EmbeddedFault(
                    f"Port {port} is taken by another program: stop that program, "
                    f"or choose another port with make run PORT={port + 1 if port < 65535 else 8000}."
                ) from None
            if error.errno in (errno.EACCES, errno.EPERM):
                raise EmbeddedFault(
                    f"This user may not open port {port}: choose one above 1023 with make run PORT=8000."
                ) from None
            if family == socket.AF_INET:
                raise
            # A machine without IPv6 has no ::1 that could be taken.


def find_free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
