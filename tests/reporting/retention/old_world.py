"""A person of alfa whose matters were closed in 2019, with a mark in everything that tells of them, and ways to look."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import connection

from documents.actions import store_file
from kernel.access import Actor
from kernel.crypto import decrypt, encrypt
from kernel.ids import new_id
from kernel.periods import WARSAW
from reporting.advice.models import Appointment, Note, Referral, Request
from reporting.care.actions import PersonEntry, create_person
from reporting.care.contacts import Contact
from reporting.care.models import Decision, Person
from reporting.compliance.models import ContractMonth, Resolution
from reporting.compliance.snapshots import digest_of
from reporting.continuity.models import RadarCheck, ReachNote
from reporting.crisis.models import CrisisCase, CrisisDocument
from reporting.delivery.models import DiaryImport
from reporting.field.models import Observation, PhoneEntry
from reporting.retention.models import RetentionClass
from reporting.settlement.models import ConfirmedPayment, PaymentBasis, Settlement
from reporting.supervision.models import (
    DecisionAdvice,
    Dossier,
    DossierIssue,
    Finding,
    Inspection,
    Recommendation,
    SampledItem,
)
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit

MARK = "Mchowiecka"
PESEL = "40030112346"
ACTOR = Actor.system("tests")
MONTH = date(2019, 3, 1)
DAY = date(2019, 3, 12)
AT = datetime(2019, 3, 12, 10, tzinfo=WARSAW)


@dataclass
class Old:
    """What the world holds; all of it in 2019, but for files, which were brought that year too."""

    person: Person
    decision: Decision
    contract: Any
    worker: Any
    month: ContractMonth
    payment: ConfirmedPayment
    file_key: str


def classes(years: int = 5, **own: str) -> None:
    """The index of files: every kind for so many years, unless its category is given."""
    for kind in ("care", "payment", "advice", "crisis"):
        category = own.get(kind, "B")
        RetentionClass.objects.create(
            kind=kind,
            valid_from=date(2000, 1, 1),
            symbol=f"81{len(kind)}",
            category=category,
            years=None if category == "A" else years,
            source="Zarządzenie nr 3/2000",
        )


def old_person(organisation: Any, mark: str = MARK, *, number: str = "D/1/2019") -> Old:
    """Everything that the product keeps of a person in care, each with the mark; runs in the tenant."""
    contract = ContractFactory(
        number=f"U/{number}",
        organisation=organisation,
        signed_on=date(2019, 1, 2),
        valid_from=date(2019, 1, 1),
        valid_to=date(2019, 12, 31),
    )
    worker = WorkerFactory(organisation=organisation)
    person = create_person(
        PersonEntry(code=f"O{number}", surname=f"{mark}-Lis", given_name="Łucja", pesel=PESEL), actor=ACTOR
    )
    person.write_contact(Contact(phone="600100200", close_name=mark))
    person.save()
    decision = DecisionFactory(
        number=number,
        person=person,
        contract=contract,
        issued_on=date(2019, 3, 1),
        valid_from=date(2019, 3, 1),
        valid_to=date(2019, 3, 31),
    )
    visit(decision, worker, DAY, "10:00", 60, note=f"u {mark}")
    key = _file(contract, mark)
    month = _month(contract, decision, mark)
    payment = _payment(contract, decision, mark)
    _field(worker, decision, mark)
    held = _advice(worker, person, mark)
    _supervision(contract, decision, held, mark)
    _crisis(person, mark)
    return Old(person, decision, contract, worker, month, payment, key)


def _file(contract: Any, mark: str) -> str:
    stored = store_file(
        f"data;osoba\n12.03.2019;{mark}\n".encode(),
        name=f"dzienniczek {mark}.csv",
        content_type="text/csv",
        folder="diary",
        actor=ACTOR,
    )
    refusals = [{"value": mark}]
    DiaryImport.objects.create(
        contract=contract, file=stored, state="refused", refusals=refusals, created_at=AT
    )
    return stored.key


def _month(contract: Any, decision: Decision, mark: str) -> ContractMonth:
    Resolution.objects.create(
        contract=contract,
        decision=decision,
        month=MONTH,
        code="D1",
        subject="day:12",
        kind="justified",
        reason="other",
        note=f"syn {mark}",
    )
    snapshot = {
        "decisions": [{"number": decision.number, "delivered_minutes": 60}],
        "contracts": [],
        "identities": [
            {"number": decision.number, "decision": str(decision.pk), "person": str(decision.person_id)}
        ],
        "resolutions": [{"decision": decision.number, "note": f"syn {mark}", "refused_minutes": 0}],
    }
    row: ContractMonth = ContractMonth.objects.create(
        contract=contract,
        month=MONTH,
        state="settled",
        accepted_minutes=60,
        snapshot=snapshot,
        snapshot_sha256=digest_of(snapshot),
    )
    return row


def _payment(contract: Any, decision: Decision, mark: str) -> ConfirmedPayment:
    basis = PaymentBasis(decision=decision, valid_from=MONTH, household=2, source=f"wywiad {mark}")
    basis.income = Decimal("2345.67")
    basis.save()
    settled = Settlement.objects.create(
        contract=contract,
        month=MONTH,
        state="settled",
        figures={"due": "41.50"},
        sha256="0" * 64,
        minutes=60,
        part=Decimal("41.50"),
        due=Decimal("41.50"),
        offered_at=AT,
        confirmed_at=AT,
        settled_at=AT,
    )
    payment = ConfirmedPayment(
        settlement=settled,
        person=decision.person,
        service=decision.service,
        delivered=MONTH,
        decisions=[decision.pk],
        minutes=60,
        fee=Decimal("8.30"),
        made_at=AT,
    )
    part = {"decision": str(decision.pk), "first": "2019-03-01", "last": "2019-03-31", "minutes": 60}
    rate = {"price": "41.50", "percent": "20", "income_percent": "151.2", "rounding": "grosz"}
    told = {**part, "household": 2, "source": f"wywiad {mark}", "fee": "8.30", "rate": rate}
    payment.way = {"before": None, "least": None, "parts": [told]}
    payment.save()
    return payment


def _field(worker: Any, decision: Decision, mark: str) -> None:
    told = Observation(worker=worker, decision=decision, priority="normal", noticed_at=AT, read_at=AT)
    told.keep_text(f"{mark} kaszle")
    told.keep_answer(f"dzwonię do {mark}")
    told.answered_at = AT
    told.save()
    RadarCheck.objects.create(
        decision=decision,
        person=decision.person,
        service=decision.service,
        reason="other",
        note=f"u córki {mark}",
        made_on=DAY,
        quiet_until=DAY,
        by_provider=False,
    )
    ReachNote.objects.create(
        person=decision.person, outcome="needs_help", remark_encrypted=encrypt(f"{mark} prosi"), made_at=AT
    )
    PhoneEntry.objects.create(
        worker=worker,
        decision=decision,
        number=decision.number,
        day=DAY,
        start="10:00",
        end="11:00",
        visit_state="done",
        note=f"u {mark}",
        state="dismissed",
        said=f"sprawdzone z {mark}",
        settled_at=AT,
    )


def _supervision(contract: Any, decision: Decision, appointment: Any, mark: str) -> None:
    inspection = Inspection.objects.create(
        contract=contract,
        year=2019,
        number=Inspection.objects.count() + 1,
        kind="documents",
        subject="karty",
        planned_on=DAY,
        inspector_name="Jan Kontrolny",
        state="closed",
        held_on=DAY,
        sent_at=AT,
        answer_due_on=DAY,
        closed_at=AT,
        closing_note="bez uwag",
    )
    for place, subject in enumerate([{"decision": decision}, {"appointment": appointment}], start=1):
        item = SampledItem.objects.create(
            inspection=inspection, place=place, note=f"brak podpisu {mark}", **subject
        )
        finding = Finding.objects.create(
            inspection=inspection, number=place, severity="minor", text=f"u {mark} brak karty", item=item
        )
        Recommendation.objects.create(
            finding=finding, place=1, text=f"uzupełnić {mark}", owner="Ewa", due_on=DAY, state="open"
        )
    dossier = Dossier.objects.create(contract=contract, month=MONTH)
    DecisionAdvice.objects.create(
        dossier=dossier, decision=decision, verdict="keep", reason=f"{mark} czuje się lepiej"
    )
    content = {"lines": [{"decision": str(decision.pk), "advice": {"reason": f"{mark} czuje się lepiej"}}]}
    DossierIssue.objects.create(
        dossier=dossier, number=1, content=content, sha256=digest_of(content), issued_at=AT
    )


def _advice(worker: Any, person: Person, mark: str) -> Appointment:
    Request.objects.create(
        person=person, kind="legal", requested_on=DAY, state="booked", mail_encrypted=encrypt(mark)
    )
    held: Appointment = Appointment.objects.create(
        person=person,
        adviser=worker,
        kind="legal",
        state="done",
        starts_at=AT,
        ends_at=AT.replace(hour=11),
        entered_at=AT,
        place="home",
        where=f"u {mark}",
        companion=mark,
        presence=mark,
        topic_words=mark,
        first_home_visit=True,
        phone_encrypted=encrypt(mark),
    )
    Note.objects.create(
        appointment=held, author_id=new_id(), author_name="Ewa", content=encrypt(f"{mark} pije")
    )
    Referral.objects.create(appointment=held, referred_to=f"terapia {mark}", referred_on=DAY)
    return held


def _crisis(person: Person, mark: str) -> None:
    case = CrisisCase.objects.create(
        number=f"IK/{person.code}",
        opened_at=AT,
        contact="place",
        identity="person",
        person=person,
        state="closed",
        closed_on=DAY,
        outcome="balance",
    )
    CrisisDocument.objects.create(
        case=case,
        kind="first_contact",
        series=new_id(),
        version=1,
        sequence=1,
        body=encrypt(f'{{"salt": "s", "fields": {{"a": "{mark}"}}}}'),
        content_hash="0" * 64,
        previous_hash="0" * 64,
        hash="0" * 64,
        written_at=AT,
        author_name="Ewa",
    )


def where_told(words: list[str]) -> set[str]:
    """Tables and columns of the tenant at hand in which any of the words stands, also under the tenant's key."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = %s ORDER BY 1, 2",
            [connection.schema_name],
        )
        for table, column, kind in cursor.fetchall():
            cursor.execute(f'SELECT "{column}" FROM "{connection.schema_name}"."{table}"')
            told = [_opened(one[0]) if kind == "bytea" else str(one[0]) for one in cursor.fetchall()]
            if any(word in text for text in told for word in words):
                found.add(f"{table}.{column}")
    return found


def _opened(content: Any) -> str:
    if content is None:
        return ""
    try:
        return decrypt(bytes(content))
    except InvalidToken:
        return bytes(content).decode("latin-1")
