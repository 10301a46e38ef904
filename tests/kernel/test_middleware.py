"""Language, outages, health: what every request gets, whatever its view does."""

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, reverse
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import TimeoutError as RedisSlow

from config.urls import handler500
from config.urls import urlpatterns as real_urlpatterns
from kernel.health import servers_away
from kernel.outage import MailServerAway, answer_outage

_raise: list[BaseException] = []


def failing(_request: HttpRequest) -> HttpResponse:
    raise _raise[0]


urlpatterns = [path("probe/", failing), *real_urlpatterns]
__all__ = ["handler500"]


class FailingMiddleware:
    """Fails before any view is reached, as a session kept in a lost database does."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/probe/":
            raise _raise[0]
        answer: HttpResponse = self.get_response(request)
        return answer


@pytest.fixture
def probe_address(settings: Any) -> None:
    """Addresses with one more, which fails."""
    settings.ROOT_URLCONF = "tests.kernel.test_middleware"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


OUTAGES = [OperationalError("x"), InterfaceError("x"), RedisAway("x"), RedisSlow("x"), MailServerAway()]


@pytest.mark.django_db
@pytest.mark.usefixtures("probe_address")
@pytest.mark.parametrize("error", OUTAGES, ids=lambda error: type(error).__module__ + type(error).__name__)
def test_a_server_that_is_away_gives_503_in_words_and_as_json(client: Client, error: Exception) -> None:
    _raise[:] = [error]
    page = client.get("/probe/")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "<html" in page.content.decode()
    assert str(error) == "" or f">{error}<" not in page.content.decode()
    answer = client.get("/probe/", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["code"] == "server_away"


@pytest.mark.django_db
@pytest.mark.usefixtures("probe_address")
def test_the_same_where_a_middleware_meets_the_lost_server(client: Client, settings: Any) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.kernel.test_middleware.FailingMiddleware"]
    _raise[:] = [OperationalError("x")]
    assert client.get("/probe/").status_code == 503


@pytest.mark.django_db
@pytest.mark.usefixtures("probe_address")
def test_a_defect_of_ours_stays_a_500(client: Client) -> None:
    _raise[:] = [ZeroDivisionError()]
    assert client.get("/probe/").status_code == 500
    assert answer_outage(RequestFactory().get("/"), ZeroDivisionError()) is None
    assert answer_outage(RequestFactory().get("/"), None) is None


@pytest.mark.django_db
def test_polish_unless_the_person_chose_otherwise_whatever_the_browser_prefers() -> None:
    address = reverse("account_login")
    browser = Client(headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="pl"' in browser.get(address).content.decode()
    browser.cookies["django_language"] = "en"
    answer = browser.get(address)
    assert '<html lang="en"' in answer.content.decode()
    assert answer["Content-Language"] == "en"
    browser.cookies["django_language"] = "xx"
    assert '<html lang="pl"' in browser.get(address).content.decode()


@pytest.mark.django_db
def test_the_language_button_leads_back_and_never_elsewhere() -> None:
    browser = Client()
    answer = browser.post(reverse("set_language"), {"language": "en", "next": reverse("account_login")})
    assert answer["Location"] == reverse("account_login")
    assert '<html lang="en"' in browser.get(reverse("account_login")).content.decode()
    away = browser.post(reverse("set_language"), {"language": "pl", "next": "https://evil.test/"})
    assert "evil.test" not in away["Location"]


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "BREW"])
@pytest.mark.parametrize("address", ["/health/live/", "/account/login/", "/static/ui/css/base.css"])
def test_methods_that_mean_nothing_here_are_refused(method: str, address: str) -> None:
    answer = Client().generic(method, address, headers={"x-secret": "tajne"})
    assert answer.status_code == 405
    assert b"tajne" not in answer.content


@pytest.mark.django_db
def test_live_asks_no_server(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Client().get(reverse("kernel:live"))
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})
    assert "no-cache" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_both_servers_answer() -> None:
    answer = Client().get(reverse("kernel:ready"))
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.django_db
def test_not_ready_names_the_server_that_is_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = Client().get(reverse("kernel:ready"))
    assert (answer.status_code, answer.json()) == (503, {"status": "away", "away": ["redis"]})

    def refuse() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    monkeypatch.setattr(connection, "close", lambda: None)
    assert servers_away() == ["database", "redis"]
