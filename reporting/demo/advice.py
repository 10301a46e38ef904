"""Advice of the demo: the counts that the pilots reported, invented people, and a few days ahead to book."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any, NamedTuple

from contracting.contracts.models import Worker
from kernel.access import Actor
from kernel.periods import WARSAW, is_working_day
from reporting.advice.actions.booking import Booking, Client, book
from reporting.advice.actions.queue import Wish, request_advice
from reporting.advice.actions.slots import Hours, enter_availability
from reporting.advice.importing import NewAdvice, insert_advice
from reporting.advice.models import Appointment, Request, Slot, Topic
from reporting.statistics.batches.periods import Quarter
from tenants.models import Organisation, Tenant

_ACTOR = Actor.system("load_demo")
_FIRST_HOUR, _LAST_HOUR = 9, 18
# Share of no-shows by band of lead time, as the pilots told it: little at first, much from two weeks on.
_LEADS = ((1, 3, 0.03), (4, 7, 0.06), (8, 14, 0.14), (15, 28, 0.27))
_LEAD_WEIGHTS = list(accumulate((5, 4, 3, 2)))
_CANCELLED = 0.04
_PLACES = ("office", "office", "office", "mobile", "home", "remote")
_TOPICS = (
    ("debts", "Zadłużenie"),
    ("family-law", "Prawo rodzinne"),
    ("benefits", "Świadczenia i orzeczenia"),
    ("crisis", "Trudna sytuacja życiowa"),
    ("upbringing", "Wychowanie dzieci"),
)
_TOPICS_OF = {
    "legal": ("debts", "family-law", "benefits"),
    "psychological": ("crisis", "upbringing"),
    "family": ("family-law", "upbringing", "crisis"),
    "other": ("debts",),
}
_NAMES = (
    ("Leszczyna", "Anna"), ("Rokita", "Paweł"), ("Jarząb", "Maria"), ("Tarnina", "Joanna"), ("Cyprys", "Adam"),
    ("Jałowiec", "Ewa"), ("Dereń", "Karol"), ("Głóg", "Halina"), ("Trzmiel", "Iga"),
)  # fmt: skip


class Pilot(NamedTuple):
    """What one pilot reported: advice by type, of it in-depth, persons, and over how many months it is spread."""

    kinds: dict[str, int]
    in_depth: int
    persons: int
    months: int = 12
    advisers: int = 3


# Figures as printed: the pilots' reports (types) and the project for indebted persons in Warsaw (depth, persons).
PILOTS: dict[str, Pilot] = {
    "powiat-jaroslawski": Pilot({"legal": 202, "psychological": 435, "family": 264}, 0, 270),
    "powiat-koszalinski": Pilot({"legal": 503, "psychological": 508, "family": 415}, 0, 410, 13, 5),
    "powiat-tucholski": Pilot({"legal": 81, "psychological": 133, "family": 127}, 0, 120),
    "krakow": Pilot({"legal": 489, "psychological": 294, "family": 202}, 0, 300, 12, 4),
    "warszawa": Pilot({"other": 11_246}, 1_202, 3_232, 19, 9),
}
# Where people of every role can look around: a few weeks, without figures of a report.
_TO_LOOK_AT = {"barlinek": Pilot({"legal": 18, "psychological": 24, "family": 12}, 6, 20, 2)}
_WITH_BOOKING = frozenset({"krakow", "barlinek"})


def add_advice(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """The advice of the tenant, in the tenant; nothing where the pilot reported none. Nothing in it is encrypted."""
    del members
    pilot = (PILOTS | _TO_LOOK_AT).get(tenant.slug)
    if pilot is None:
        return
    random = Random(f"siedem-advice-{tenant.slug}")  # noqa: S311 - a demo, not a secret
    topics = {code: Topic(code=code, name=name) for code, name in _TOPICS}
    Topic.objects.bulk_create(topics.values())
    advisers = _advisers(tenant, pilot.advisers)
    # A report counts whole quarters; where people only look around, advice goes up to yesterday.
    end = today if tenant.slug in _TO_LOOK_AT else Quarter.of(today).first
    days = _working_days(end, pilot.months)
    rows = list(_rows(pilot, advisers, days, topics, random))
    insert_advice(rows, source=Appointment.Source.FILE, entered_by=None)
    if tenant.slug in _WITH_BOOKING:
        _days_ahead(advisers, today)


def _advisers(tenant: Tenant, count: int) -> list[Worker]:
    organisation = (
        Organisation.objects.filter(partnerships__tenant=tenant).order_by("partnerships__pk").first()
    )
    made = [
        Worker(code=f"WD{number}", surname=surname, given_name=given, organisation=organisation)
        for number, (surname, given) in enumerate(_NAMES[:count], start=1)
    ]
    Worker.objects.bulk_create(made)
    return made


def _working_days(today: date, months: int) -> list[date]:
    """Working days of so many months, up to the day before."""
    first = today - timedelta(days=round(months * 30.4))
    every = (first + timedelta(days=offset) for offset in range((today - first).days))
    return [day for day in every if is_working_day(day)]


def _rows(
    pilot: Pilot, advisers: Sequence[Worker], days: Sequence[date], topics: dict[str, Topic], random: Random
) -> Iterator[NewAdvice]:
    """Exactly the advice that was reported, and beside it appointments to which nobody came or that were called off."""
    kinds = [kind for kind, count in pilot.kinds.items() for _ in range(count)]
    random.shuffle(kinds)
    taken: dict[tuple[int, int], int] = {}
    for at, kind in enumerate(kinds):
        spot = at * len(days) // len(kinds)
        depth = (
            "in_depth"
            if at * pilot.in_depth // len(kinds) < (at + 1) * pilot.in_depth // len(kinds)
            else "general"
        )
        # Each person comes at least once, then again in turn.
        alias = f"K-{at % pilot.persons + 1:04d}"
        first, last, missed = _LEADS[bisect(_LEAD_WEIGHTS, random.random() * _LEAD_WEIGHTS[-1])]
        booked = days[spot] - timedelta(days=random.randint(first, last))
        common = (kind, alias, depth, topics[random.choice(_TOPICS_OF[kind])], booked, random.choice(_PLACES))
        yield _row(advisers, at, days[spot], spot, taken, "done", *common)
        if random.random() < missed / (1 - missed):
            yield _row(advisers, at, days[spot], spot, taken, "no_show", *common)
        elif random.random() < _CANCELLED:
            yield _row(advisers, at, days[spot], spot, taken, "cancelled", *common)


def _row(
    advisers: Sequence[Worker],
    at: int,
    day: date,
    spot: int,
    taken: dict[tuple[int, int], int],
    state: str,
    kind: str,
    alias: str,
    depth: str,
    topic: Topic,
    booked: date,
    place: str,
) -> NewAdvice:
    number = at % len(advisers)
    order = taken.get((spot, number), 0)
    taken[spot, number] = order + 1
    # An hour each from nine on; where a day holds more, they go on in the next round a little later.
    round_, hour = divmod(order, _LAST_HOUR - _FIRST_HOUR)
    starts_at = datetime.combine(day, time(_FIRST_HOUR + hour, 5 * round_), WARSAW)
    minutes = 60 if depth == "in_depth" else 45
    return NewAdvice(
        advisers[number].pk,
        starts_at,
        kind,
        None,
        alias,
        starts_at + timedelta(minutes=minutes),
        place,
        depth,
        state,
        topic.pk,
        "",
        None,
        booked,
    )


def _days_ahead(advisers: Sequence[Worker], today: date) -> None:
    """Hours of two advisers, also in the afternoon and at a mobile point; appointments ahead and people who wait."""
    for adviser, kind, weekday, start, place in (
        (advisers[0], "legal", 2, time(15), "office"),
        (advisers[1], "psychological", 4, time(9), "mobile"),
    ):
        enter_availability(
            Hours(adviser, kind, weekday, start, time(start.hour + 3), 60, place, "", False, today, None),
            actor=_ACTOR,
        )
    for slot, alias in zip(
        Slot.objects.select_related("adviser").order_by("starts_at")[:2], "AB", strict=False
    ):
        book(
            Booking(
                slot.adviser,
                slot.kind,
                slot.starts_at,
                60,
                slot.place,
                client=Client(alias=f"Klient {alias}"),
                presence="Rejestracja ośrodka" if slot.place == "office" else "",
            ),
            actor=_ACTOR,
        )
    for days, kind in ((16, "legal"), (9, "psychological"), (3, "legal")):
        wish = Wish(kind, today - timedelta(days=days), Client(alias=f"Z-{days:02d}"), "", days == 16, "none")
        request_advice(wish, actor=_ACTOR)
    _past_requests()


def _past_requests() -> None:
    """Requests of the past with their first appointment, so that the waiting time has something to count."""
    firsts: dict[str, Appointment] = {}
    for advice in Appointment.objects.filter(state="done").order_by("starts_at")[:400]:
        firsts.setdefault(advice.alias, advice)
    made = {
        alias: Request(
            kind=advice.kind,
            alias=alias,
            state=Request.State.BOOKED,
            requested_on=(advice.booked_on or advice.date) - timedelta(days=number % 9),
        )
        for number, (alias, advice) in enumerate(list(firsts.items())[:40])
    }
    Request.objects.bulk_create(made.values())
    for alias, request in made.items():
        firsts[alias].request = request
    Appointment.objects.bulk_update([firsts[alias] for alias in made], ["request"])
