"""One call to an address that a stranger chose: public addresses only, checked when it is made, and never for long."""

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

RESOLVE_SECONDS = 3.0
CONNECT_SECONDS = 3.0
WHOLE_SECONDS = 8.0

_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


class NotDelivered(Exception):
    """The call failed before an answer; `code` says how: refused_address, no_such_host, timeout, tls, connection."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_callable(url: str) -> bool:
    """Whether an address may be a webhook as far as its text tells: https, a host, no user, no private number."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or port == 0 or parts.username is not None or parts.password is not None or parts.fragment:
        return False
    if parts.scheme != "https" and not (settings.EXCHANGE_WEBHOOK_LOOPBACK and parts.scheme == "http"):
        return False
    try:
        return may_be_called(ip_address(host))
    except ValueError:
        # A name with a dot that is no local one; what it leads to is looked at with every call.
        return "." in host.strip(".") and not host.endswith((".local", ".localhost", ".internal", ".lan"))


def may_be_called(address: IPv4Address | IPv6Address) -> bool:
    """Whether the address belongs to the public network: not private, of this machine, of the link, or a disguise."""
    if settings.EXCHANGE_WEBHOOK_LOOPBACK and address.is_loopback:
        return True
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return may_be_called(address.ipv4_mapped)
        if (
            address.sixtofour is not None
            or address.teredo is not None
            or any(address in net for net in _TRANSLATED)
        ):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def call(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST the body; gives the status of the answer, whose content nobody reads. Redirects are not followed.

    The name is resolved once, every address it leads to is checked, and the connection goes to the one checked, so
    that a name cannot lead elsewhere a moment later. Raises NotDelivered.
    """
    if not is_callable(url):
        raise NotDelivered("refused_address")
    parts = urlsplit(url)
    host = str(parts.hostname)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _resolve(host, port)
    try:
        with closing(socket.create_connection((address, port), timeout=CONNECT_SECONDS)) as plain:
            return _ask(plain, parts, host, port, body, headers)
    except ssl.SSLError as error:
        raise NotDelivered("tls") from error
    except TimeoutError as error:
        raise NotDelivered("timeout") from error
    except (OSError, HTTPException, ValueError) as error:
        raise NotDelivered("connection") from error


def _resolve(host: str, port: int) -> str:
    pool = ThreadPoolExecutor(1)
    try:
        found = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(RESOLVE_SECONDS)
    except (OSError, UnicodeError, Late) as error:
        raise NotDelivered("timeout" if isinstance(error, Late) else "no_such_host") from error
    finally:
        pool.shutdown(wait=False)
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(
        may_be_called(ip_address(address.partition("%")[0])) for address in addresses
    ):
        raise NotDelivered("refused_address")
    return addresses[0]


def _ask(
    plain: socket.socket, parts: SplitResult, host: str, port: int, body: bytes, headers: dict[str, str]
) -> int:
    wire = plain
    if parts.scheme == "https":
        wire = ssl.create_default_context().wrap_socket(
            plain, server_hostname=host, do_handshake_on_connect=False
        )
    late: list[bool] = []

    def cut() -> None:
        # A receiver that sends a byte now and then never times out by itself.
        late.append(True)
        try:
            wire.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    watch = Timer(WHOLE_SECONDS, cut)
    watch.start()
    try:
        with closing(wire):
            wire.settimeout(WHOLE_SECONDS)
            if isinstance(wire, ssl.SSLSocket):
                wire.do_handshake()
            connection = HTTPConnection(host, port)
            connection.sock = wire
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, {"Host": parts.netloc, "Connection": "close", **headers})
            return connection.getresponse().status
    except (OSError, HTTPException) as error:
        if late:
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
