"""The description of the interface: valid OpenAPI, complete, and true: what is described is what is answered."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from reporting.exchange.models import Scope
from reporting.exchange.urls import V1
from tenants.models import Tenant
from tests.reporting.delivery.diary_world import build_diary
from tests.reporting.exchange.calling import System, batch, system_of

pytestmark = pytest.mark.django_db
# Enough to find a 500, an undescribed status or a body of another shape; the whole file stays within seconds.
EXAMPLES = 6
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


@pytest.fixture
def system(alfa: Tenant, settings: Any) -> System:
    settings.EXCHANGE_READS_PER_MINUTE = settings.EXCHANGE_WRITES_PER_MINUTE = 100_000
    settings.EXCHANGE_FEED_LAG_SECONDS = 0
    world = build_diary(alfa)
    system = system_of(world)
    assert system.post("visits/", batch(world)).status_code == 200
    return system


@pytest.fixture
def in_one_transaction() -> Iterator[None]:
    """Requests of a real server begin and end with connections; here they go on in the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.walk
def test_every_address_answers_as_it_is_described(system: System, in_one_transaction: None) -> None:
    schema = schemathesis.openapi.from_wsgi(f"/{system.slug}/api/schema/", get_wsgi_application())
    asked: set[str] = set()
    for operation in (found.ok() for found in schema.get_all_operations()):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {system.secret}"}, checks=CHECKS)
            asked.add(f"{case.method} {case.path}")

        ask()
    assert len(asked) == 16


def test_the_description_names_every_address_with_its_scope_and_refusals(alfa: Tenant) -> None:
    description = Client().get("/alfa/api/schema/", headers={"accept-language": "en"}).json()
    assert description["openapi"].startswith("3.")
    assert sorted(description["paths"]) == sorted(
        f"/{route.pattern}".replace("<uuid:pk>", "{id}") for route in V1
    )
    assert description["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["security"] == [{"token": []}], where
            assert {"200", "401", "403", "422", "429"} <= set(operation["responses"]), where
            if path != "/v1/token/":
                assert any(scope in operation["description"] for scope in Scope.values), where
    visits = description["components"]["schemas"]["BatchIn"]["properties"]["visits"]
    assert (visits["minItems"], visits["maxItems"]) == (1, 1000)


def test_a_suspended_tenant_describes_nothing(alfa: Tenant) -> None:
    Tenant.objects.filter(slug="alfa").update(state="suspended", suspension_reason="Umowa wygasła")
    for path in ("schema", "docs"):
        answer = Client().get(f"/alfa/api/{path}/")
        assert answer.status_code == 403
        assert "Umowa" not in answer.content.decode()
