"""A crisis centre of the unit in the tenant at hand: people who sign in, a dictionary, cases."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from kernel.access import Actor
from reporting.crisis.actions import CaseOpening, SessionEntry, open_case, record_session
from reporting.crisis.models import CrisisCase, DictionaryEntry, Session

MARK = "Kalafonia"


def actor(client: Any) -> Actor:
    """The person of a signed-in client as actions know them."""
    return Actor(client.user.pk, client.user.full_name)


def entry(kind: str = "category", name: str = "Przemoc w rodzinie") -> DictionaryEntry:
    found: DictionaryEntry = DictionaryEntry.objects.get_or_create(
        kind=kind, name=name, defaults={"valid_from": timezone.localdate() - timedelta(days=900)}
    )[0]
    return found


def a_case(client: Any, *, days_ago: int = 60, **fields: Any) -> CrisisCase:
    """A case that the client's person opened so many days ago, under an alias that holds the mark unless said."""
    told = {"contact": "place", "identity": "alias", "alias": f"Pani {MARK}", **fields}
    opening = CaseOpening(opened_at=timezone.now() - timedelta(days=days_ago), **told)
    return open_case(opening, actor=actor(client))


def sessions(case: CrisisCase, client: Any, count: int, **fields: Any) -> list[Session]:
    """So many sessions, one a day after the case began, done unless said."""
    made = []
    for number in range(count):
        begins: datetime = case.opened_at + timedelta(days=1 + case.sessions.count(), minutes=number)
        told = {"minutes": 60, "state": "done", "place": "office", "worker_id": client.user.pk, **fields}
        made.append(record_session(case, SessionEntry(starts_at=begins, **told), actor=actor(client)))
    return made


def session_data(case: CrisisCase, client: Any, **fields: Any) -> dict[str, Any]:
    """What the form of a session sends; the day after the case began."""
    shown = timezone.localtime(case.opened_at + timedelta(days=1))
    return {
        "day": f"{shown:%d.%m.%Y}",
        "time": "10:00",
        "minutes": "60",
        "state": "done",
        "place": "office",
        "worker_id": str(client.user.pk),
        "beyond": "",
        **fields,
    }
