"""Asking ClamAV's server whether content holds something known to be bad: its own protocol, INSTREAM, over a socket."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

# The virus that is none, by which every scanner can be tried (EICAR); taken apart, so that no scanner finds this file.
HARMLESS_TEST = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_CHUNK = 256 * 1024
_SECONDS = 30.0
_ANSWER_MAX = 4096


class ScannerAway(Exception):
    """The scanner does not answer, or could not look at the content; nothing is known of it."""


@contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    """A connection to `host:port`, or to the path of a local socket."""
    try:
        if address.startswith("/"):
            channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            channel.settimeout(_SECONDS)
            channel.connect(address)
        else:
            host, _, port = address.rpartition(":")
            channel = socket.create_connection((host, int(port)), timeout=_SECONDS)
    except (OSError, ValueError) as error:
        raise ScannerAway(type(error).__name__) from error
    with channel:
        try:
            yield channel
        except OSError as error:
            raise ScannerAway(type(error).__name__) from error


def _answer(channel: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and len(told) < _ANSWER_MAX:
        part = channel.recv(_ANSWER_MAX)
        if not part:
            break
        told += part
    return told.rstrip(b"\0\n").decode("utf-8", "replace")


def scan(content: bytes, address: str) -> str | None:
    """The name of what is bad in the content; None where nothing is. Raises ScannerAway."""
    with _connected(address) as channel:
        channel.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            part = content[start : start + _CHUNK]
            channel.sendall(struct.pack("!I", len(part)) + part)
        channel.sendall(struct.pack("!I", 0))
        said = _answer(channel)
    if said == "stream: OK":
        return None
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    # A limit of the scanner, an error of it, or nothing at all: not the same as clean.
    raise ScannerAway(said[:100] or "no answer")


def version(address: str) -> str:
    """What the scanner says of itself and of its signatures. Raises ScannerAway."""
    with _connected(address) as channel:
        channel.sendall(b"zVERSION\0")
        said = _answer(channel)
    if not said:
        raise ScannerAway("no answer")
    return said
