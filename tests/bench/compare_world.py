"""The world in which the monthly comparison is measured: made by SQL, so that a quarter million visits take seconds.

Each deviation occurs; about one visit in fifty deviates or stands beside one that does.
"""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from django.db import connection

from contracting.commissioning.models import Service
from contracting.contracts.models import Contract, NamedStaff, Worker, WorkerQualification
from kernel.ids import new_id
from reporting.care.models import Decision, Person, PlanSlot, Suspension

# Its weekdays give a plan of nine slots a week exactly forty visits (Thursday and Friday come five times).
MONTH = "2026-10"


@dataclass(frozen=True)
class Size:
    """So many decisions, each with forty visits in each of `months` months, October 2026 among them."""

    decisions: int = 500
    months: int = 12


# A worker serves three persons in the morning and the same in the afternoon. Every fiftieth person has a second
# decision, for another service, with one visit that repeats one of the first,
# or overlaps it and is made by somebody
# whose course has lapsed.
SCOPE = ["shopping", "hygiene", "meals", "cleaning", "company", "walks"]
_YEAR = {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 12, 31)}


def _build_papers(decisions: int) -> None:
    care = Service.objects.create(
        code="care", name="Care", required_qualifications=["carer_course", "first_aid"]
    )
    therapy = Service.objects.create(code="therapy", name="Therapy", required_qualifications=["carer_course"])
    contracts = [
        Contract.objects.create(
            number=f"U/{number:02d}",
            service=therapy if number == 11 else care,
            organisation_id=new_id(),
            signed_on=date(2026, 1, 2),
            price_per_hour=Decimal("41.50"),
            cap_minutes=decisions * 2200 if number <= 3 else None,
            **_YEAR,
        )
        for number in range(1, 12)
    ]
    workers = Worker.objects.bulk_create(
        Worker(
            code=f"W{number:05d}", surname=f"Surname {number}", given_name="Name", organisation_id=new_id()
        )
        for number in range(decisions // 3 + 2)
    )
    WorkerQualification.objects.bulk_create(
        WorkerQualification(
            worker=worker,
            code=code,
            valid_from=date(2020, 1, 1),
            valid_to=date(2026, 9, 30) if code == "carer_course" and worker is workers[-1] else None,
        )
        for worker in workers
        for code in ("carer_course", "first_aid", "driving")
    )
    NamedStaff.objects.bulk_create(
        (
            NamedStaff(contract=contracts[n % 10], worker=workers[n // 3])
            for n in range(decisions)
            if n % 10 < 3 and n % 480 != 1
        ),
        ignore_conflicts=True,
    )
    _build_decisions(decisions, contracts, therapy)


def _build_decisions(decisions: int, contracts: list[Contract], therapy: Service) -> None:
    persons = Person.objects.bulk_create(
        Person(code=f"P{n:05d}", surname=f"Surname {n}", given_name="Name", birth_year=1940)
        for n in range(decisions)
    )
    amounts = (("month", 2500), ("week", 560), ("plan", None))
    made = Decision.objects.bulk_create(
        Decision(
            number=f"D/{n:05d}",
            person=person,
            service_id=contracts[n % 10].service_id,
            contract=contracts[n % 10],
            issued_on=date(2026, 1, 2),
            revoked_from=date(2026, 10, 27) if n % 167 == 3 else None,
            amount_per=amounts[n % 3][0],
            minutes=amounts[n % 3][1],
            activities=[*SCOPE, "reading"] if n % 97 == 7 else SCOPE,
            two_workers=n % 101 == 9,
            **_YEAR,
        )
        for n, person in enumerate(persons)
    )
    Decision.objects.bulk_create(
        Decision(
            # Those of persons 25, 75, … are never visited.
            number=f"{'T' if n % 50 == 0 else 'Z'}/{n:05d}",
            person=persons[n],
            service=therapy,
            contract=contracts[10],
            issued_on=date(2026, 1, 2),
            amount_per="month",
            minutes=60,
            activities=["walks"],
            **_YEAR,
        )
        for n in range(0, decisions, 25)
    )
    Suspension.objects.bulk_create(
        Suspension(
            decision=made[n], first_day=date(2026, 10, 8), last_day=date(2026, 10, 10), reason="hospital"
        )
        for n in range(11, decisions, 50)
    )
    PlanSlot.objects.bulk_create(
        PlanSlot(
            decision=decision,
            weekday=weekday,
            start=time(7 + hours + n % 3 * 90 // 60, n % 3 * 90 % 60),
            minutes=60,
        )
        for n, decision in enumerate(made)
        if n % 10 != 4
        for weekday in range(1, 6)
        for hours in (0, 6)
        if not (weekday == 3 and hours)
    )


# The months before September are accepted, as they are where the work is up to date.
_ACCEPTED = """
INSERT INTO compliance_contractmonth (id, contract_id, month, state, submitted_by_name, return_reason, accepted_by_name,
                                      accepted_minutes, refused_minutes, snapshot_sha256)
SELECT uuidv7(), d.contract_id, date_trunc('month', v.date)::date, 'accepted', '', '', '', sum(v.minutes), 0, repeat('0', 64)
FROM delivery_visit v JOIN care_decision d ON d.id = v.decision_id
WHERE v.state = 'done' AND v.date < '2026-09-01' GROUP BY 2, 3"""

# `h` looks random, from 0 to 9999, and is the same every time: it decides what is wrong with a visit.
# In October visits follow the plan; in other months they fill the first twenty working days.
_VISITS = """
INSERT INTO delivery_visit (id, decision_id, worker_id, starts_at, ends_at, state, activities, note, source, entered_at,
                            changed_at, version)
SELECT uuidv7(), v.decision_id, v.worker_id, v.at, v.at + v.lasts,
       CASE WHEN h BETWEEN 100 AND 149 THEN 'no_show' ELSE 'done' END,
       CASE WHEN h BETWEEN 200 AND 214 THEN ARRAY['shopping', 'gardening']
            ELSE (ARRAY['shopping', 'hygiene', 'meals', 'cleaning', 'company', 'walks', 'shopping', 'meals'])[1 + h % 5 : 3 + h % 6] END,
       '', 'file', v.at + CASE WHEN h BETWEEN 300 AND 329 THEN interval '9 days' ELSE interval '5 hours' END, v.at, 1
FROM (
  SELECT d.id AS decision_id, w.id AS worker_id, h,
         (day + time '07:00' + (n % 3) * interval '90 minutes' + k * interval '6 hours'
          + CASE WHEN h < 30 THEN interval '45 minutes' WHEN h < 3000 THEN h % 5 * interval '5 minutes'
                 ELSE interval '0' END) AT TIME ZONE 'Europe/Warsaw' AS at,
         CASE WHEN h BETWEEN 400 AND 409 THEN interval '5 minutes' WHEN h BETWEEN 410 AND 411 THEN interval '13 hours'
              WHEN h BETWEEN 420 AND 439 THEN interval '100 minutes' ELSE interval '60 minutes' END AS lasts
  FROM (
    SELECT day, n, k,
           (hashint8((n::bigint * 1000003 + extract(doy FROM day)::int * 7919 + k * 104729)::bigint) & 2147483647) % 10000 AS h
    FROM (SELECT day::date AS day, row_number() OVER (ORDER BY day) AS nth
          FROM generate_series(date '{first}', date '{first}' + interval '1 month' - interval '1 day', interval '1 day') day
          WHERE extract(isodow FROM day) <= {weekdays}) days,
         generate_series(0, {decisions} - 1) n, generate_series(0, 1) k
    WHERE CASE WHEN '{first}' = '2026-10-01' THEN NOT (extract(isodow FROM day) = 3 AND k = 1) ELSE nth <= 20 END
    ORDER BY day, k, n
  ) planned
  JOIN care_decision d ON d.number = 'D/' || lpad(n::text, 5, '0')
  JOIN contracts_worker w ON w.code = 'W' || lpad((n / 3)::text, 5, '0')
) v;
INSERT INTO delivery_visit (id, decision_id, worker_id, starts_at, ends_at, state, activities, note, source, entered_at,
                            changed_at, version)
SELECT uuidv7(), t.id, CASE WHEN t.number LIKE '%50' THEN lapsed.id ELSE v.worker_id END, v.starts_at + shift, v.ends_at + shift, 'done', ARRAY['walks'], '', 'file', v.entered_at, v.changed_at, 1
FROM care_decision t
JOIN care_decision d ON d.person_id = t.person_id AND d.number LIKE 'D%'
JOIN delivery_visit v ON v.decision_id = d.id AND v.date = date '{first}' + 6
CROSS JOIN LATERAL (SELECT CASE WHEN t.number LIKE '%50' THEN interval '20 minutes' ELSE interval '0' END AS shift) moved
JOIN contracts_worker lapsed ON lapsed.code = 'W' || lpad(({decisions} / 3 + 1)::text, 5, '0')
WHERE t.number LIKE 'T%'
"""
_TABLES = """
delivery_visit, care_decision, care_planslot, care_suspension, care_person, contracts_worker, contracts_contract,
contracts_workerqualification, contracts_namedstaff, commissioning_service"""


def build(size: Size) -> None:
    """Fill the schema at hand, which must be empty, and let the planner see it."""
    _build_papers(size.decisions)
    with connection.cursor() as cursor:
        for month in range(
            11 - size.months if size.months < 10 else 1, 11 if size.months < 10 else size.months + 1
        ):
            for statement in _VISITS.split(";\n"):
                sql = statement.replace("{decisions}", str(size.decisions)).replace(
                    "{first}", f"2026-{month:02d}-01"
                )
                cursor.execute(sql.replace("{weekdays}", "7" if month == 2 else "5"))
        cursor.execute(_ACCEPTED)
        cursor.execute(f"VACUUM ANALYZE {_TABLES}")
