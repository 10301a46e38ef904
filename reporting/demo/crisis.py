"""Crisis intervention of the demo: cases, cards, sessions, shelter, duty and meetings of two centres."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from kernel.access import Actor
from kernel.crypto import encrypt
from kernel.ids import new_id
from kernel.periods import WARSAW, Month, is_working_day, local_date
from reporting.crisis.actions import write_document
from reporting.crisis.models import (
    CaseEntry,
    CaseWorker,
    ContactPoint,
    CrisisCase,
    Debriefing,
    DictionaryEntry,
    Duty,
    OpeningHours,
    Referral,
    Session,
    ShelterPlace,
    ShelterStay,
    TeamMeeting,
)
from reporting.demo.crisis_texts import ALIASES, CARDS, CATEGORIES, INSTITUTIONS, NAMES
from tenants.access import actor_of
from tenants.models import Tenant
from tenants.roles import Role

# Szczecin has people of every role to look at it with; the centre in Kraków has the 14 interventionists of the source.
_CASES = {"szczecin": 26, "krakow": 48}
_STAFF = {"szczecin": 6, "krakow": 14}
_MONTHS_BACK = 7
_LIMIT = 8

Person = tuple[UUID, str]


def add_crisis(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """A centre of the unit itself with its cases, where the sources or the walk through the demo need one."""
    if tenant.slug not in _CASES:
        return
    random = Random(f"siedem-kryzys-{tenant.slug}")  # noqa: S311 - a demo, not a secret
    staff = _staff(tenant.slug, members)
    cases = _add_cases(_CASES[tenant.slug], staff, today, random)
    _write_cards(cases, members)
    _add_shelter(cases, staff, today)
    _add_duty(staff, today, random)
    _add_meetings(staff, today)
    _add_points(today)


def _staff(slug: str, members: dict[str, Any]) -> list[Person]:
    """The unit's members who work as interventionists, and invented colleagues who do not sign in."""
    known = [actor_of(members[role]) for role in (Role.SOCIAL_WORKER, Role.COORDINATOR) if role in members]
    staff = [(one.user_id, one.label) for one in known if one.user_id is not None]
    return [*staff, *((new_id(), name) for name in NAMES)][: _STAFF[slug]]


def _dictionary(kind: str, names: tuple[str, ...], since: date) -> list[DictionaryEntry]:
    entries = [DictionaryEntry(kind=kind, name=name, valid_from=since) for name in names]
    DictionaryEntry.objects.bulk_create(entries)
    return entries


def _add_cases(count: int, staff: list[Person], today: date, random: Random) -> list[CrisisCase]:
    """Cases of the last months; the newest are open, one of them has gone beyond the limit without a reason."""
    since = date(today.year - 1, 1, 1)
    categories = _dictionary("category", CATEGORIES, since)
    institutions = _dictionary("institution", INSTITUTIONS, since)
    span = (today - _months_back(today)).days
    days = sorted(today - timedelta(days=random.randint(2, span)) for _each in range(count))
    numbers: Counter[int] = Counter()
    cases, entries, team, sessions, referrals, debriefings = [], [], [], [], [], []
    for place, day in enumerate(days):
        numbers[day.year] += 1
        case = _case(f"IK/{numbers[day.year]:03d}/{day.year}", day, place, random)
        if place == count - 1:
            # The newest one began in the field, so that a debriefing is owed.
            case.contact = CrisisCase.Contact.FIELD
        cases.append(case)
        who = staff[place % len(staff)]
        team.append(CaseWorker(case=case, user_id=who[0], name=who[1], part="leads", since=day))
        chosen = [*random.sample(categories, random.choice((1, 1, 2))), *random.sample(institutions, 1)]
        entries += [CaseEntry(case=case, entry=one, since=day) for one in chosen]
        sessions += _sessions(case, who, today, random, beyond=place == count - 6)
        if (random.random() < 0.3 or who == staff[1]) and place != count - 6:
            referrals.append(_referral(case, random.choice(institutions), day, today))
        if case.contact == CrisisCase.Contact.FIELD:
            debriefings.append(_debriefing(case, staff[0], day, today))
    last = {session.case_id: local_date(session.starts_at) for session in sessions}
    for case in cases[: count // 2]:
        case.state, case.outcome = CrisisCase.State.CLOSED, random.choice(("balance", "balance", "referred"))
        case.closed_on = last.get(case.pk, local_date(case.opened_at))
    CrisisCase.objects.bulk_create(cases)
    CaseWorker.objects.bulk_create(team)
    CaseEntry.objects.bulk_create(entries)
    Session.objects.bulk_create(sessions)
    Referral.objects.bulk_create(referrals)
    Debriefing.objects.bulk_create(debriefings)
    return cases


def _months_back(today: date) -> date:
    month = Month.of(today)
    for _each in range(_MONTHS_BACK):
        month = month.previous()
    return month.first


def _case(number: str, day: date, place: int, random: Random) -> CrisisCase:
    identity = ("alias", "anonymous")[random.random() < 0.25]
    return CrisisCase(
        number=number,
        opened_at=datetime.combine(day, time(random.randint(0, 23), random.choice((0, 15, 40))), WARSAW),
        contact=("place", "phone", "place", "field", "place")[place % 5],
        identity=identity,
        alias_encrypted=encrypt(ALIASES[place % len(ALIASES)]) if identity == "alias" else None,
    )


def _sessions(case: CrisisCase, who: Person, today: date, random: Random, *, beyond: bool) -> list[Session]:
    """A session about every four days; of the case `beyond` one more than the limit, without a reason."""
    count = _LIMIT + 1 if beyond else random.randint(1, 7)
    opened = local_date(case.opened_at)
    step = max(1, (today - opened).days // (count + 1)) if beyond else 4
    made = []
    for place in range(1, count + 1):
        day = opened + timedelta(days=step * place)
        if day >= today and not beyond:
            break
        state = "done" if beyond else random.choices(("done", "no_show", "cancelled"), (14, 3, 1))[0]
        made.append(
            Session(
                case=case,
                starts_at=datetime.combine(min(day, today - timedelta(days=1)), time(9 + place % 9), WARSAW),
                minutes=random.choice((50, 60, 60, 90)),
                state=state,
                place=random.choice(("office", "office", "office", "phone", "home")),
                worker_id=who[0],
                worker_name=who[1],
            )
        )
    return made


def _referral(case: CrisisCase, to: DictionaryEntry, day: date, today: date) -> Referral:
    made = min(day + timedelta(days=10), today)
    known = made + timedelta(days=14)
    if known >= today:
        return Referral(case=case, to=to, made_on=made)
    return Referral(case=case, to=to, made_on=made, outcome="taken_up", outcome_on=known)


def _debriefing(case: CrisisCase, owner: Person, day: date, today: date) -> Debriefing:
    """Held two days later, unless the intervention was lately."""
    held = day + timedelta(days=2) if day < today - timedelta(days=20) else None
    return Debriefing(
        case=case,
        intervention_on=day,
        owner_id=owner[0],
        owner_name=owner[1],
        due_on=day + timedelta(days=3),
        held_on=held,
    )


def _write_cards(cases: list[CrisisCase], members: dict[str, Any]) -> None:
    """Cards and plans of an open case of everybody who signs in, so that there is something to read."""
    for role in (Role.SOCIAL_WORKER, Role.COORDINATOR):
        if role not in members:
            continue
        actor: Actor = actor_of(members[role])
        own = CaseWorker.objects.filter(user_id=actor.user_id, case__in=cases, case__state="open")
        for worker in own.select_related("case").order_by("case__opened_at")[:1]:
            for kind, fields in CARDS:
                write_document(worker.case, kind, fields, actor=actor)


def _add_shelter(cases: list[CrisisCase], staff: list[Person], today: date) -> None:
    """Six places; of the stays one ends within two weeks, one was long ago."""
    places = ShelterPlace.objects.bulk_create(
        ShelterPlace(name=f"Hostel, miejsce {number}", valid_from=date(today.year - 1, 1, 1))
        for number in range(1, 7)
    )
    of_second = set(CaseWorker.objects.filter(user_id=staff[1][0]).values_list("case_id", flat=True))
    open_cases = sorted((case for case in cases if case.is_open), key=lambda case: case.pk not in of_second)
    spans = [(-60, 20), (-82, 8), (-12, 40), (-60, -20), (-100, -70)]
    stays: list[ShelterStay] = []
    for place, (since, until) in zip(places, spans, strict=False):
        case = open_cases[len(stays) % len(open_cases)] if until > 0 else cases[0]
        stays.append(
            ShelterStay(
                place=place,
                case=case,
                from_day=max(today + timedelta(days=since), local_date(case.opened_at)),
                to_day=today + timedelta(days=until),
                ended=until <= 0,
            )
        )
    ShelterStay.objects.bulk_create(stays)


def _add_duty(staff: list[Person], today: date, random: Random) -> None:
    """Two shifts a day with two or three people each, up to ten days from now; one night is short."""
    day, end = Month.of(today).previous().first, today + timedelta(days=10)
    duties, turn = [], 0
    while day <= end:
        for start, following, add in ((time(8), time(20), 0), (time(20), time(8), 1)):
            short = day == today + timedelta(days=4) and add == 1
            # The point asks for one more while it is open, the telephone for two around the clock.
            seats = 3 if add == 0 and is_working_day(day) else 2
            for _seat in range(1 if short else seats):
                who = staff[turn % len(staff)]
                turn += 1
                duties.append(
                    Duty(
                        user_id=who[0],
                        name=who[1],
                        starts_at=datetime.combine(day, start, WARSAW),
                        ends_at=datetime.combine(day + timedelta(days=add), following, WARSAW),
                    )
                )
        day += timedelta(days=1)
    Duty.objects.bulk_create(duties)


def _add_points(today: date) -> None:
    """A first contact with its signs, a hostel that one does not find; the telephone and the point with their hours."""
    since = date(today.year - 1, 1, 1)
    reception = ContactPoint.objects.create(
        name="Recepcja ośrodka",
        address="ul. Lipowa 12",
        way="Wejście od podwórza, parter, drzwi po lewej. Przystanek „Lipowa” naprzeciwko.",
        marking="Tablica przy bramie i strzałki w korytarzu.",
        is_first=True,
        access=["sign_outside", "sign_inside", "reception", "room", "step_free", "toilet", "transport"],
        valid_from=since,
    )
    ContactPoint.objects.create(
        name="Hostel", address="adres podaje interwent", access=["room", "lift"], valid_from=since
    )
    telephone = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "opens": 0, "closes": 1440, "people": 2}
    point = {"weekdays": [1, 2, 3, 4, 5], "opens": 480, "closes": 1200, "people": 1}
    reason = "Dwie osoby przy telefonie siedzą w tym samym budynku."
    OpeningHours.objects.create(on_holidays=True, valid_from=since, **telephone)
    OpeningHours.objects.create(point=reception, valid_from=since, reason=reason, **point)


def _add_meetings(staff: list[Person], today: date) -> None:
    """One meeting a week, except for one week."""
    meetings = []
    for weeks in range(14):
        day = today - timedelta(days=today.weekday() + 7 * weeks - 1)
        if weeks == 3 or day >= today:
            continue
        meetings.append(
            TeamMeeting(
                held_at=datetime.combine(day, time(8), WARSAW),
                minutes=60,
                cases=2 + weeks % 4,
                participants=[name for _key, name in staff[:5]],
            )
        )
    TeamMeeting.objects.bulk_create(meetings)
