"""What the demo shows of the unit's own work; the programme of Bielsko-Biała is that of the source."""

from datetime import date, datetime, timedelta
from typing import Any

from contracting.commissioning.law import limits_on
from contracting.commissioning.models import Service
from contracting.contracts.models import Contract
from kernel.periods import WARSAW, Month
from reporting.casework.models import (
    Caseload,
    GroupForm,
    IntakePlan,
    Programme,
    Result,
    StaffMeeting,
    Team,
    TeamMeeting,
    TimeEntry,
    Training,
)
from reporting.casework.rules import intake
from tenants.models import Tenant
from tenants.roles import Role

_LOADS = ((18, 0, ""), (21, 0, "Zastępstwo za chorą koleżankę do końca miesiąca"), (16, 2, ""))
_DAY = (("direct", 210), ("documentation", 120), ("travel", 60), ("meeting", 45), ("preparation", 45))


def add_casework(tenant: Tenant, members: dict[str, Any], today: date) -> None:
    """Loads, time cards and registers where every role signs in; the programme of the source where it was."""
    if tenant.slug == "bielsko-biala":
        _programme_of_the_source()
    if tenant.slug in {"barlinek", "szczecin"}:
        worker = members[Role.SOCIAL_WORKER]
        _loads(worker, today)
        _time(worker, today)
        _registers(today)
        _teams(today)
        _intake(today)


# Forms of the first edition with those who took part (S-090); hours are known of the courses only, their sizes are not.
_FORMS = (
    ("Klub Integracji Społecznej: readaptacja społeczna i zawodowa", "support", 40),
    ("Terapia psychologiczna, rodzinna lub psychospołeczna", "support", 46),
    ("Treningi kompetencji i umiejętności społecznych", "workshop", 48),
    ("Doradztwo psychologa i prawnika", "other", 100),
    ("Grupy samopomocowe", "self_help", 16),
    ("Zajęcia dzieci w świetlicach środowiskowych", "other", 38),
)
_COURSES, _COURSE_MINUTES = 22, 2650 * 60


def _programme_of_the_source() -> None:
    """313 started, 240 finished (163 women, 77 men), 58 dropped out, 15 go on; enrolment by form (S-085, S-090)."""
    programme = Programme.objects.create(
        title="Program aktywizacji społecznej i zawodowej, pierwsza edycja",
        valid_from=date(2008, 1, 1),
        valid_to=date(2008, 12, 31),
        started=313,
        finished=240,
        dropped=58,
        continuing=15,
        women=163,
        men=77,
    )
    GroupForm.objects.bulk_create(
        GroupForm(programme=programme, name=name, kind=kind, participants=participants)
        for name, kind, participants in _FORMS
    )
    GroupForm.objects.create(
        programme=programme,
        name="Szkolenia i kursy zawodowe",
        kind="course",
        meetings=_COURSES,
        minutes=_COURSE_MINUTES,
        participants=0,
    )


def _loads(worker: Any, today: date) -> None:
    limits, month = limits_on(today), Month.of(today).next()
    for environments, blue, reason in _LOADS:
        month = month.previous()
        code = "caseload_with_blue_card" if blue else "caseload_environments"
        Caseload.objects.create(
            worker_id=worker.pk,
            worker_name=worker.full_name,
            month=month.first,
            environments=environments,
            with_blue_card=blue,
            limit=limits[code].whole,
            reason=reason,
        )


def _time(worker: Any, today: date) -> None:
    TimeEntry.objects.bulk_create(
        TimeEntry(
            worker_id=worker.pk,
            worker_name=worker.full_name,
            day=today - timedelta(days=back),
            activity=activity,
            minutes=minutes,
        )
        for back in range(1, 8)
        if (today - timedelta(days=back)).isoweekday() <= 5
        for activity, minutes in _DAY
    )


def _teams(today: date) -> None:
    """One team that keeps to two meetings a month, and one that missed the last month."""
    since = Month.of(today)
    for _step in range(4):
        since = since.previous()
    families = Team.objects.create(
        name="Zespół pracy z rodziną", meetings=2, period=Team.Period.MONTH, valid_from=since.first
    )
    area = Team.objects.create(
        name="Zespół rejonu Śródmieście", meetings=2, period=Team.Period.MONTH, valid_from=since.first
    )
    month, last = since, Month.of(today).previous()
    meetings = []
    while month <= last:
        for day in (5, 19):
            held = datetime(month.year, month.month, day, 8, tzinfo=WARSAW)
            meetings.append(TeamMeeting(team=families, held_at=held, minutes=90, participants=7))
            if month < last or day == 5:
                later = held + timedelta(hours=3)
                meetings.append(TeamMeeting(team=area, held_at=later, minutes=60, participants=5))
        month = month.next()
    TeamMeeting.objects.bulk_create(meetings)


def _intake(today: date) -> None:
    """Families come in since three months ago, six a month, up to the forty of two workers."""
    month = Month.of(today)
    for _step in range(3):
        month = month.previous()
    IntakePlan.objects.bulk_create(
        IntakePlan(month=when.first, families=families) for when, families in intake(month, 14, 6, 40)
    )


def _registers(today: date) -> None:
    StaffMeeting.objects.create(held_on=today - timedelta(days=9), kind="group", minutes=120, participants=6)
    StaffMeeting.objects.create(held_on=today - timedelta(days=3), kind="peer", minutes=60, participants=4)
    contract = Contract.objects.order_by("valid_from").first()
    Training.objects.create(
        contract=contract,
        title="Rozmowa motywująca",
        starts_on=today - timedelta(days=40),
        ends_on=today - timedelta(days=39),
        minutes=16 * 60,
        staff=9,
    )
    Result.objects.create(
        kind="in_kind",
        contract=contract,
        title="Sala na spotkania grupy",
        happened_on=today - timedelta(days=20),
        partner="Biblioteka Miejska",
    )
    Result.objects.create(
        kind="event",
        service=Service.objects.filter(code="care").first(),
        title="Dzień Seniora",
        happened_on=today - timedelta(days=30),
        quantity=85,
    )
    programme = Programme.objects.create(
        title="Lokalnie razem",
        contract=contract,
        valid_from=date(today.year, 1, 1),
        valid_to=date(today.year, 12, 31),
        planned=40,
        started=34,
        finished=18,
        dropped=4,
        continuing=12,
        women=12,
        men=6,
    )
    GroupForm.objects.create(
        programme=programme,
        name="Grupa samopomocowa",
        kind="self_help",
        meetings=12,
        minutes=24 * 60,
        participants=16,
    )
    GroupForm.objects.create(
        programme=programme,
        name="Warsztat budżetu domowego",
        kind="workshop",
        meetings=6,
        minutes=18 * 60,
        participants=22,
    )
