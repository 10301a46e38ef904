"""The demo world of one tenant, as an `import_care` document and a list of visits; the same for the same month."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from importlib import resources
from random import Random
from typing import Any

from kernel.periods import WARSAW, Month, is_public_holiday
from reporting.demo.timetable import WeeklyVisit, assign_visits

ACTIVITIES = (
    ("shopping", "Zakupy"),
    ("meals", "Przygotowanie posiłków"),
    ("hygiene", "Higiena osobista"),
    ("cleaning", "Utrzymanie czystości"),
    ("laundry", "Pranie i prasowanie"),
    ("medicines", "Realizacja recept i podawanie leków"),
    ("walks", "Spacery i kontakt z otoczeniem"),
    ("errands", "Sprawy urzędowe"),
)
QUALIFICATION = "carer_course"


@dataclass(frozen=True)
class DemoVisit:
    """A visit of the demo: keys of the document, local start, minutes, state, and the days until it was entered."""

    decision: str
    worker: str
    day: date
    start: time
    minutes: int
    activities: tuple[str, ...]
    state: str = "done"
    entered_after_days: int = 0
    note: str = ""

    @property
    def starts_at(self) -> datetime:
        return datetime.combine(self.day, self.start, WARSAW)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass
class DemoWorld:
    """One tenant's care: the document to import and the visits by month.

    Where a tenant has several, `series` stands in the codes of each.
    """

    document: dict[str, Any]
    series: str = ""
    visits: dict[Month, list[DemoVisit]] = field(default_factory=dict)
    weeks: dict[str, list[WeeklyVisit]] = field(default_factory=dict)


def _read(name: str) -> Any:
    return json.loads((resources.files("reporting.demo") / "data" / name).read_text("utf-8"))


def pilots() -> list[dict[str, Any]]:
    """The tenants of the pilots with their figures."""
    rows: list[dict[str, Any]] = _read("pilots.json")["tenants"]
    return rows


def _people(count: int, random: Random) -> list[tuple[str, str]]:
    names = _read("names.json")
    # Different as long as there are names enough.
    different = len(names["surnames"]) * min(len(names["women"]), len(names["men"])) // 4
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        women = random.random() < 0.72
        surname = random.choice(names["surnames"])
        if (women and surname.endswith(("cki", "ski"))) or (women and surname.endswith("sny")):
            surname = surname[:-1] + "a"
        pair = (surname, random.choice(names["women" if women else "men"]))
        if len(pairs) >= different or pair not in pairs:
            pairs.append(pair)
    return pairs


def _workers(count: int, organisation: str, series: str, random: Random) -> list[dict[str, Any]]:
    return [
        {
            "code": f"W{series}{number:02d}",
            "surname": surname,
            "given_name": given,
            "organisation": organisation,
            "qualifications": [{"code": QUALIFICATION, "valid_from": "2020-01-01", "valid_to": None}],
        }
        for number, (surname, given) in enumerate(_people(count, random), start=1)
    ]


def _planned_minutes(week: list[WeeklyVisit], month: Month) -> int:
    by_weekday = {visit.weekday: visit.minutes for visit in week}
    return sum(by_weekday.get(day.isoweekday(), 0) for day in month.days())


def _amount(week: list[WeeklyVisit], months: Sequence[Month], random: Random) -> dict[str, Any]:
    """What a decision grants for a weekly plan: whole hours a month, minutes a week, or the plan itself."""
    kind = random.choices(("month", "week", "plan"), (6, 2, 2))[0]
    if kind == "plan":
        return {"per": "plan", "minutes": None}
    if kind == "week":
        return {"per": "week", "minutes": sum(visit.minutes for visit in week) + 30}
    most = max(_planned_minutes(week, month) for month in months)
    return {"per": "month", "minutes": -(-most // 60) * 60}


def build_world(
    pilot: dict[str, Any],
    months: Sequence[Month],
    *,
    series: str = "",
    weeks: list[list[WeeklyVisit]] | None = None,
) -> DemoWorld:
    """The world of one pilot tenant with care: persons, workers, contract, decisions and their weekly plans.

    `months` are those with diaries, oldest first; contract and decisions hold to the end of the last one's year.
    `weeks` are the plans of the persons where they are given.
    """
    care = pilot["care"]
    random = Random(f"siedem-{pilot['slug']}{series}")  # noqa: S311 - a demo, not a secret
    newest = months[-1]
    year = months[0].year
    organisation = pilot["partners"][0]
    workers = _workers(care["workers"], organisation, series, random)
    weeks = weeks or assign_visits(care["persons"], care["workers"], random)
    number = f"U/{series or 1}/{year}"
    # No month before the first diary: it would wait to be handed in.
    begins = months[0].first.isoformat()
    persons, decisions = [], []
    world_weeks: dict[str, list[WeeklyVisit]] = {}
    oldest, youngest = year - care["age"][1], year - care["age"][0]
    for position, ((surname, given), week) in enumerate(
        zip(_people(care["persons"], random), weeks, strict=True), start=1
    ):
        code, decision = f"P{series}{position:03d}", f"D/{series}{position:03d}/{year}"
        persons.append(
            {
                "code": code,
                "surname": surname,
                "given_name": given,
                "pesel": None,
                "birth_year": random.randint(oldest, youngest),
            }
        )
        scope = [activity for activity, _name in ACTIVITIES if random.random() < 0.55] or [
            "shopping",
            "meals",
        ]
        decisions.append(
            {
                "number": decision,
                "person": code,
                "contract": number,
                "issued": f"{year}-01-02",
                "valid_from": begins,
                "valid_to": f"{newest.year}-12-31",
                "revoked_from": None,
                "amends": None,
                "amount": _amount(week, months, random),
                "plan": [
                    {
                        "weekday": visit.weekday,
                        "start": visit.start.strftime("%H:%M"),
                        "minutes": visit.minutes,
                        "on_holidays": False,
                    }
                    for visit in week
                ],
                "activities": scope,
                "two_workers": False,
                "suspensions": [],
            }
        )
        world_weeks[decision] = week
    document = {
        "service": {
            "code": "care",
            "name": "Usługi opiekuńcze",
            "required_qualifications": [QUALIFICATION],
            "activities": [{"code": code, "name": name} for code, name in ACTIVITIES],
        },
        "organisations": [{"krs": None, "name": organisation}],
        "contracts": [
            {
                "number": number,
                "organisation": organisation,
                "signed": f"{year}-01-02",
                "valid_from": begins,
                "valid_to": f"{newest.year}-12-31",
                "price_per_hour": "41.50",
                "cap_minutes": None,
                "named_staff": [],
            }
        ],
        "workers": workers,
        "persons": persons,
        "decisions": decisions,
    }
    return DemoWorld(document=document, series=series, weeks=world_weeks)


def add_diary(world: DemoWorld, month: Month, until: date, slug: str) -> None:
    """The month's visits as a careful organisation logs them, up to and including `until`."""
    random = Random(f"siedem-{slug}{world.series}-{month}")  # noqa: S311
    scopes = {row["number"]: row["activities"] for row in world.document["decisions"]}
    visits: list[DemoVisit] = []
    for number, week in world.weeks.items():
        for planned in week:
            for day in month.days():
                if day.isoweekday() != planned.weekday or day > until or is_public_holiday(day):
                    continue
                visits.append(_visit(number, planned, day, scopes[number], world.series, random))
    world.visits[month] = [visit for visit in visits if visit is not None]


def _visit(
    number: str, planned: WeeklyVisit, day: date, scope: list[str], series: str, random: Random
) -> DemoVisit:
    chance = random.random()
    done = tuple(activity for activity in scope if random.random() < 0.8) or (scope[0],)
    visit = DemoVisit(number, f"W{series}{planned.carer + 1:02d}", day, planned.start, planned.minutes, done)
    if chance < 0.01:
        return replace(visit, state="no_show", activities=())
    if chance < 0.05:
        # A few minutes late or early, still the planned visit.
        moved = datetime.combine(day, planned.start) + timedelta(minutes=random.choice((-10, -5, 5, 10)))
        return replace(visit, start=moved.time())
    return replace(visit, entered_after_days=random.choice((0, 0, 0, 1, 2)))
