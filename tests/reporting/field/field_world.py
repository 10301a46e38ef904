"""A carer with a phone on Wednesday, 9 October 2024, at noon in Warsaw, and what her phone sends."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.test import Client

from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from reporting.field.models import PhoneEntry
from tenants.models import Tenant
from tests.factories.care import visit
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary

NOW = datetime(2024, 10, 9, 10, 0, tzinfo=UTC)
NOON = int(NOW.timestamp() * 1000)
DAY = 86_400
WEDNESDAY, TUESDAY = date(2024, 10, 9), date(2024, 10, 8)


@dataclass
class FieldWorld:
    """The diary's world with Anna's account and the client of her phone."""

    diary: DiaryWorld
    carer: Client

    @property
    def decision(self) -> Any:
        return self.diary.decision

    def url(self, path: str = "") -> str:
        return f"/{self.diary.tenant.slug}/field/{path}"

    def entry(self, **changed: Any) -> dict[str, Any]:
        """A visit as the phone keeps it: today from 8 to 10, shopping."""
        made = {
            "kind": "visit",
            "id": str(new_id()),
            "decision": str(self.decision.pk),
            "number": self.decision.number,
            "date": WEDNESDAY.isoformat(),
            "start": "08:00",
            "end": "10:00",
            "state": "done",
            "activities": ["shopping"],
            "note": "",
            "seen": [],
            "offset_then": 0,
            "jumped": False,
            "clocked": True,
        }
        return made | changed

    def observation(self, **changed: Any) -> dict[str, Any]:
        made = {
            "kind": "observation",
            "id": str(new_id()),
            "decision": str(self.decision.pk),
            "visit": None,
            "priority": "normal",
            "text": "Pani Ćwik nie je obiadów od soboty.",
            "at": NOON - 60_000,
        }
        return made | changed

    def post(self, path: str, body: dict[str, Any], client: Client | None = None) -> Any:
        return (client or self.carer).post(
            self.url(path), body, content_type="application/json", headers={"accept": "application/json"}
        )

    def send(self, *entries: dict[str, Any], phone_now: int = NOON, client: Client | None = None) -> Any:
        """Send entries as the phone does."""
        user: Any = (client or self.carer).user  # type: ignore[union-attr]
        return self.post(
            "sync/", {"user": str(user.pk), "phone_now": phone_now, "entries": list(entries)}, client
        )

    def outcomes(self, *entries: dict[str, Any], **how: Any) -> list[dict[str, Any]]:
        answer = self.send(*entries, **how)
        assert answer.status_code == 200, answer.content
        return list(answer.json()["results"])

    def choose(self, pk: str, choice: str, **details: Any) -> Any:
        user: Any = self.carer.user  # type: ignore[attr-defined]
        return self.post(f"entries/{pk}/own/", {"user": str(user.pk), "choice": choice, **details})

    def shift(self) -> dict[str, Any]:
        answer = self.carer.get(self.url("shift/"), headers={"accept": "application/json"})
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def kept(self, pk: str) -> PhoneEntry:
        with tenant_scope(self.diary.tenant):
            found: PhoneEntry = PhoneEntry.objects.get(pk=pk)
            return found

    def stored(self, day: date = WEDNESDAY) -> list[tuple[str, str, str, str]]:
        """Start, end, state and source of the visits of a day under the decision."""
        with tenant_scope(self.diary.tenant):
            return [
                (f"{one.start:%H:%M}", f"{one.minutes}", one.state, one.source)
                for one in Visit.objects.filter(decision=self.decision, date=day)
            ]


def build_field(tenant: Tenant, persons: int = 2) -> FieldWorld:
    """Anna came to everybody on Tuesday, so that her round of Wednesday knows whom she serves."""
    diary = build_diary(tenant, persons)
    carer = diary.carer(diary.anna)
    with tenant_scope(tenant):
        for decision in diary.decisions:
            visit(decision, diary.anna, TUESDAY, "08:00", 120)
    return FieldWorld(diary, carer)
