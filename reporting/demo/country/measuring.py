"""What a simulated country costs beside its disk: pages of a region's desk, and the memory of the database."""

import time
from collections.abc import Iterable
from statistics import median

import psutil
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from accounts.models import User
from kernel.access import Actor
from kernel.tenancy import connection
from reporting.statistics.models import ReleasedCell
from tenants.actions import name_analyst
from tenants.models import RegionMembership

_ANALYST = "analityk@kraj.example"
_ROUNDS = 5


def page_times(actor: Actor) -> dict[str, float]:
    """Milliseconds of each page of the desk of the voivodeship with most tenants, medians of five after a first one.

    Whole requests through every middleware, in this process; empty where nothing is released.
    """
    largest = (
        ReleasedCell.objects.care()
        .filter(level=ReleasedCell.Level.TENANT)
        .values("voivodeship")
        .annotate(tenants=Count("place", distinct=True))
        .order_by("-tenants", "voivodeship")
        .first()
    )
    if largest is None:
        return {}
    code = largest["voivodeship"]
    client = _analyst_of(code, actor)
    tenant = (
        ReleasedCell.objects.care()
        .filter(level=ReleasedCell.Level.TENANT, voivodeship=code)
        .order_by("place")
        .values_list("place", flat=True)[0]
    )
    pages = {
        "overview": reverse("statistics:region", args=[code]),
        "figures of tenants": reverse("statistics:figures", args=[code]) + "?level=tenant",
        "figures through time": reverse("statistics:figures", args=[code]) + "?view=time",
        "one tenant": reverse("statistics:place", args=[code, tenant]),
        "completeness": reverse("region:timeliness", args=[code]),
    }
    return {f"{name} ({largest['tenants']} tenants)": _milliseconds(client, at) for name, at in pages.items()}


def _analyst_of(voivodeship: str, actor: Actor) -> Client:
    """A signed-in browser of an invented analyst without a password."""
    if not RegionMembership.objects.filter(user__email=_ANALYST, voivodeship_id=voivodeship).exists():
        name_analyst(
            email=_ANALYST,
            full_name="Analityk Kraju",
            voivodeship=voivodeship,
            actor=actor,
        )
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(email=_ANALYST))
    return client


def _milliseconds(client: Client, address: str) -> float:
    took = []
    for number in range(_ROUNDS + 1):
        begun = time.perf_counter()
        answer = client.get(address)
        if number:
            took.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return round(median(took) * 1000, 1)


def database_memory() -> int | None:
    """Bytes that the database's connections to our database hold for themselves, together, beside its shared buffers.

    None where its processes cannot be looked at: they are on another machine, or another user's.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return _private_bytes(number for (number,) in cursor.fetchall())


def _private_bytes(processes: Iterable[int]) -> int | None:
    found = 0
    for number in processes:
        try:
            process = psutil.Process(number)
            if not process.name().startswith("postgres"):
                return None
            found += process.memory_full_info().uss
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied:
            return None
    return found or None
