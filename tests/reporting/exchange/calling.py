"""A provider's system in the tests: its token, and calls with it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.exchange.actions import create_token
from reporting.exchange.models import Scope, Token
from tests.reporting.delivery.diary_world import DiaryWorld

MANAGER = Actor(new_id(), "Maria Kierownik")
ALL = tuple(Scope.values)
NO_BODY = object()


@dataclass
class System:
    """A program that shows a token to one tenant."""

    slug: str
    token: Token
    secret: str

    def headers(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.secret}", "accept-language": "en", **more}

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return Client().get(f"/{self.slug}/api/v1/{path}", query, headers=self.headers(**(headers or {})))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("post", path, body, **headers)

    def send(self, method: str, path: str, body: Any = NO_BODY, **headers: str) -> Any:
        """A call that writes, with a body of JSON or without one."""
        ask = getattr(Client(), method)
        where, told = f"/{self.slug}/api/v1/{path}", self.headers(**headers)
        if body is NO_BODY:
            return ask(where, headers=told)
        return ask(where, body, content_type="application/json", headers=told)


def system_of(world: DiaryWorld, *scopes: str, days: int = 30) -> System:
    """A token of the organisation of the world with these scopes, or all."""
    with tenant_scope(world.tenant):
        token, secret = create_token(
            new_id(),
            world.organisation.pk,
            name="Kadry i Opieka",
            scopes=scopes or ALL,
            last_day=timezone.localdate() + timedelta(days=days),
            actor=MANAGER,
        )
    return System(world.tenant.slug, token, secret)


def row(
    world: DiaryWorld, day: str = "2024-10-07", start: str = "08:00", end: str = "10:00", **changed: Any
) -> dict[str, Any]:
    """A visit of Anna as a provider's system sends it."""
    return {
        "decision_number": world.decision.number,
        "date": day,
        "start": start,
        "end": end,
        "worker": world.anna.code,
        "activities": ["shopping"],
        **changed,
    }


def batch(world: DiaryWorld, *rows: Any) -> dict[str, Any]:
    """The body of a bulk call."""
    return {"contract": world.contract.number, "visits": list(rows) or [row(world)]}
