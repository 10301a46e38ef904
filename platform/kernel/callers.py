"""From which address of the network a request comes, seen past the proxies that the operator trusts."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def caller_of(request: HttpRequest) -> Address | None:
    """The nearest address that is no trusted proxy; None where the server tells none.

    Each proxy writes at the end of X-Forwarded-For whom it was asked by, so the header is read from the right and only
    as far as trusted proxies (`TRUSTED_PROXIES`) wrote it: what a caller puts into it stays without effect.
    """
    caller = _parsed(request.META.get("REMOTE_ADDR", ""))
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while told and caller is not None and _is_trusted(caller):
        before = _parsed(told.pop())
        if before is None:
            break
        caller = before
    return caller


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
