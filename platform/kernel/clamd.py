"""Asking ClamAV's server whether content holds something known to be bad: its own protocol, INSTREAM, over a socket."""

import socket
import struct
import time

# The virus that is none, by which every scanner can be tried (EICAR); taken apart, so that no scanner finds this file.
HARMLESS_TEST = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SECONDS = 60.0
_TRIAL_SECONDS = 5.0
_CHUNK = 256 * 1024
_ANSWER_MAX = 4096


class ScannerAway(Exception):
    """The scanner does not answer, or does not do its work for any content; nothing is known of this one."""


class NoVerdict(Exception):
    """The scanner works, and could not look at this content: a limit of it, an error, a fall, or no answer in time."""


class _Talk:
    """One connection to `host:port`, or to the path of a local socket, that ends after so many seconds in all.

    Everything raises OSError, and ScannerAway where nobody listens.
    """

    def __init__(self, address: str, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        try:
            if address.startswith("/"):
                self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                self._channel.settimeout(_TRIAL_SECONDS)
                self._channel.connect(address)
            else:
                host, _, port = address.rpartition(":")
                self._channel = socket.create_connection((host, int(port)), timeout=_TRIAL_SECONDS)
        except (OSError, ValueError) as error:
            raise ScannerAway(type(error).__name__) from error

    def __enter__(self) -> "_Talk":
        return self

    def __exit__(self, *_told: object) -> None:
        self._channel.close()

    def _in_time(self) -> socket.socket:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)
        return self._channel

    def say(self, part: bytes) -> None:
        self._in_time().sendall(part)

    def answer(self) -> str:
        told = b""
        while not told.endswith(b"\0") and len(told) < _ANSWER_MAX:
            part = self._in_time().recv(_ANSWER_MAX)
            if not part:
                break
            told += part
        return told.rstrip(b"\0\n").decode("utf-8", "replace")


def _look(content: bytes, address: str, seconds: float) -> str | None:
    """The name of what is bad in the content. Raises ScannerAway where nobody listens, else OSError or NoVerdict."""
    with _Talk(address, seconds) as talk:
        talk.say(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            part = content[start : start + _CHUNK]
            talk.say(struct.pack("!I", len(part)) + part)
        talk.say(struct.pack("!I", 0))
        said = talk.answer()
    if said == "stream: OK":
        return None
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    # A limit of the scanner, an error of it, or nothing at all: not the same as clean.
    raise NoVerdict(said[:100] or "no answer")


def finds_harmless_test(address: str) -> bool:
    """Whether the scanner finds the virus that is none. Raises ScannerAway."""
    try:
        return _look(HARMLESS_TEST, address, _TRIAL_SECONDS) is not None
    except (OSError, NoVerdict) as error:
        raise ScannerAway(str(error) or type(error).__name__) from error


def scan(content: bytes, address: str, *, seconds: float = SECONDS) -> str | None:
    """The name of what is bad in the content; None where nothing is. Raises ScannerAway and NoVerdict.

    The scanner is tried first: only so is it known whether a failure is its own or the content's.
    """
    if not finds_harmless_test(address):
        raise ScannerAway("does not know the harmless test virus")
    try:
        return _look(content, address, seconds)
    except OSError as error:
        raise NoVerdict(type(error).__name__) from error


def version(address: str) -> str:
    """What the scanner says of itself and of its signatures. Raises ScannerAway."""
    try:
        with _Talk(address, _TRIAL_SECONDS) as talk:
            talk.say(b"zVERSION\0")
            said = talk.answer()
    except OSError as error:
        raise ScannerAway(type(error).__name__) from error
    if not said:
        raise ScannerAway("no answer")
    return said
