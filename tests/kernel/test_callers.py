"""Where a request comes from: past trusted proxies, and never from what the caller writes."""

from ipaddress import ip_network
from typing import Any
from uuid import uuid4

import pytest
from django.test import RequestFactory

from kernel import frequency
from kernel.callers import caller_of

PROXIES = [ip_network("10.0.0.5"), ip_network("10.1.0.0/16")]


def _asked(came_from: str, told: str | None = None) -> Any:
    headers = {} if told is None else {"HTTP_X_FORWARDED_FOR": told}
    return RequestFactory().get("/", REMOTE_ADDR=came_from, **headers)


@pytest.mark.parametrize(
    ("came_from", "told", "caller"),
    [
        # Nobody in between, or a proxy that nobody trusts: what the header says has no effect.
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        # One proxy: the entry that it wrote, not those that came with the request.
        ("10.0.0.5", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.5", "198.51.100.7, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.5", "10.0.0.5, 10.1.2.3, 192.0.2.1", "192.0.2.1"),
        # Two proxies in a row, and a caller who writes as if there were a third.
        ("10.0.0.5", "203.0.113.9, 192.0.2.1, 10.1.7.7", "192.0.2.1"),
        ("::ffff:10.0.0.5", "::ffff:192.0.2.1", "192.0.2.1"),
        ("10.0.0.5", "2001:db8::1", "2001:db8::1"),
        # A proxy that tells nothing, or nothing that is an address: it stands for itself.
        ("10.0.0.5", None, "10.0.0.5"),
        ("10.0.0.5", "192.0.2.1, unknown", "10.0.0.5"),
        ("", "192.0.2.1", "None"),
    ],
)
def test_the_nearest_address_that_is_no_trusted_proxy(
    settings: Any, came_from: str, told: str | None, caller: str
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert str(caller_of(_asked(came_from, told))) == caller


def test_unless_told_nobody_is_trusted(settings: Any) -> None:
    assert settings.TRUSTED_PROXIES == []
    assert str(caller_of(_asked("127.0.0.1", "192.0.2.1"))) == "127.0.0.1"


def test_a_limit_counts_who_asked_the_proxy_and_made_up_headers_do_not_help(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    monkeypatch.setattr(frequency, "PER_MINUTE", 2)
    what = f"test-{uuid4()}"

    def refused(told: str) -> bool:
        return frequency.is_too_often(_asked("10.0.0.5", told), what)

    assert [refused(f"203.0.113.{n}, 198.51.100.1") for n in range(4)] == [False, False, True, True]
    assert refused("198.51.100.2") is False
    # All addresses of one house of IPv6 count together.
    assert [refused(f"2001:db8:0:7::{n}") for n in range(1, 5)] == [False, False, True, True]
    assert refused("2001:db8:0:8::1") is False
