"""The public interface: true to its description, cached by what it says, limited, and never more than released sums."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from reporting.statistics.actions.publishing import publish
from tests.factories.facts import care_told, small_tenant
from tests.reporting.statistics.desk_world import ACTOR, OCTOBER, SEPTEMBER, released_country

pytestmark = pytest.mark.django_db
FIGURES, INDICATORS = "/region/api/v1/figures/", "/region/api/v1/indicators/"
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


@pytest.fixture
def in_one_transaction() -> Iterator[None]:
    """Requests of a real server begin and end with connections; here they go on in the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.walk
def test_every_address_answers_as_it_is_described(in_one_transaction: None, settings: Any) -> None:
    settings.OPEN_READS_PER_MINUTE = 100_000
    released_country(OCTOBER)
    schema = schemathesis.openapi.from_wsgi("/region/api/openapi.json", get_wsgi_application())
    asked: set[str] = set()
    operations: Any = schema.get_all_operations()
    for found in operations:
        _ask_all(found.ok(), asked)
    assert asked == {"GET /v1/figures/", "GET /v1/indicators/"}


def _ask_all(operation: Any, asked: set[str]) -> None:
    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)
        asked.add(f"{case.method} {case.path}")

    ask()


def test_hidden_and_zero_are_told_apart_and_no_tenant_is_told(client: Client) -> None:
    tenants = released_country(
        SEPTEMBER, OCTOBER, few=3, places=("3210012", "3211012", "1201012", "1202012", "1202022")
    )
    for level in ("county", "voivodeship", "country"):
        answer = client.get(FIGURES, {"indicator": "care_persons", "level": level, "periods": 2}).json()
        for figure in answer["figures"]:
            assert (figure["value"] is None) == bool(figure["missing"])
        text = str(answer)
        assert not [one for one in tenants if str(one.pk) in text or one.name in text]
    counties = client.get(FIGURES, {"indicator": "care_persons", "level": "county", "within": "32"}).json()[
        "figures"
    ]
    assert {one["missing"] for one in counties} == {"persons"}
    calls = client.get(FIGURES, {"indicator": "annulled_calls", "level": "county", "within": "32"}).json()[
        "figures"
    ]
    assert sorted(one["value"] for one in calls) == ["0.00", "10.00"]
    assert client.get(FIGURES, {"indicator": "care_persons", "level": "tenant"}).status_code == 422


def test_what_is_known_already_is_not_sent_again(client: Client) -> None:
    released_country(SEPTEMBER)
    first = client.get(FIGURES, {"indicator": "care_persons"})
    assert first["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in first["Vary"] and "Accept-Language" in first["Vary"]
    again = client.get(FIGURES, {"indicator": "care_persons"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    cache.clear()
    _one_more_month()
    changed = client.get(FIGURES, {"indicator": "care_persons"}, HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def _one_more_month() -> None:
    """One more month, of two more tenants."""
    for number in range(90, 93):
        care_told(small_tenant(number, f"32140{number - 89}2"), OCTOBER, uslugi=40)
    publish("month", OCTOBER, actor=ACTOR)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"indicator": "nonsense"},
        {"indicator": "care_persons", "period": "2026-Q3"},
        {"indicator": "care_persons", "period": "26"},
        {"indicator": "care_persons", "periods": 25},
        {"indicator": "care_persons", "within": "x"},
        {"indicator": "care_persons", "part": "'; --"},
    ],
)
def test_what_cannot_be_answered_says_which_field(client: Client, question: dict[str, Any]) -> None:
    refused = client.get(FIGURES, question, HTTP_ACCEPT_LANGUAGE="en")
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["errors"][0]["field"] in {"indicator", "period", "periods", "within", "part"}
    assert refused["Content-Language"] == "en"


def test_an_address_may_call_so_often_in_a_minute(client: Client, settings: Any) -> None:
    settings.OPEN_READS_PER_MINUTE = 3
    cache.clear()
    answers = [client.get(INDICATORS, REMOTE_ADDR="203.0.113.7").status_code for _call in range(4)]
    assert answers == [200, 200, 200, 429]
    assert client.get(INDICATORS, REMOTE_ADDR="203.0.113.8").status_code == 200


def test_the_list_names_what_is_released(client: Client) -> None:
    released_country(SEPTEMBER, OCTOBER)
    told = {
        (one["indicator"], one["kind"]): one["periods"] for one in client.get(INDICATORS).json()["indicators"]
    }
    assert told["care_persons", "month"] == ["2026-10", "2026-09"]
    assert told["advice", "quarter"] == ["2026-Q3"]
    assert ("care_hours_granted", "year") not in told


def test_statements_of_the_interface_do_not_grow(client: Client, django_assert_max_num_queries: Any) -> None:
    released_country(SEPTEMBER, OCTOBER)
    questions: list[dict[str, Any]] = [
        {"indicator": "care_persons", "level": "county", "periods": 24},
        {"indicator": "advice"},
    ]
    for question in questions:
        with django_assert_max_num_queries(5):
            assert client.get(FIGURES, question).status_code == 200
    with django_assert_max_num_queries(2):
        client.get(INDICATORS)
